//! Lost, late, broken and foreign answers: what is repeated, what is not, and what is known afterwards.

use std::time::Duration;

use chrono::{DateTime, Utc};
use here_to_help::{Class, Error, Kind};
use serde_json::json;
use testkit::server::nobody;
use tokio::time::Instant;
use wire::{HelpRequest, Note, ResidentPatch, ShieldingRequest};

use crate::api::{Answer, Api, CORRELATION, KEY, client_for, in_seconds};

fn created() -> Answer {
    Answer::json(201, json!({ "Id": 123 }))
}

fn found() -> Answer {
    Answer::json(200, json!({ "Id": 123, "ResidentId": 45 }))
}

async fn create(api: &Api) -> Result<i64, Error> {
    api.invocation().for_row(CORRELATION).create(&HelpRequest::default()).await
}

/// The failure of a create, which was sent once and no more.
async fn create_fails(answer: Answer) -> Error {
    let api = Api::start([answer]).await;
    let error = create(&api).await.expect_err("no success");
    assert_eq!(api.asked().len(), 1, "not repeated");
    error
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_not_repeated() {
    let record = "\"Record not created. Npgsql.PostgresException (0x80004005)…\"";
    let answers = [
        (Answer::lost(), Kind::ConnectionLost, None),
        (created().broken_off(), Kind::ConnectionLost, Some(201)),
        (Answer::json(502, json!({ "message": "Internal server error" })), Kind::ServerError, Some(502)),
        (Answer::json(504, json!({ "message": "Endpoint request timed out" })), Kind::ServerError, Some(504)),
        (Answer::text(500, ""), Kind::ServerError, Some(500)),
        (Answer::text(400, record), Kind::NotRecorded, Some(400)),
        (Answer::text(201, "<html>"), Kind::Unreadable, Some(201)),
    ];
    for (answer, kind, status) in answers {
        let error = create_fails(answer.clone()).await;
        assert_eq!((error.kind(), error.status()), (kind, status), "{answer:?}");
        assert_eq!((error.class(), error.may_have_been_applied()), (Class::Retry, true), "{answer:?}");
        assert!(error.to_string().starts_with("create the help request: "), "{error}");
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_bug_after_something_was_done() {
    let error = create_fails(Answer::json(201, json!({ "HelpRequestId": 123 }))).await;
    assert_eq!((error.class(), error.may_have_been_applied()), (Class::Bug, true));
}

#[tokio::test]
async fn notes_and_follow_ups_whose_answer_was_lost_are_not_repeated() {
    let api = Api::start([Answer::lost(), Answer::lost()]).await;
    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    let note = Note { author: "a".into(), note: "n".into() };
    let follow_up = ShieldingRequest { callback_required: false, help_needed: "Shielding".into() };
    let errors = [
        row.add_note(45, 123, &note, DateTime::<Utc>::UNIX_EPOCH).await.expect_err("lost"),
        row.follow_up(45, &follow_up).await.expect_err("lost"),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.may_have_been_applied()), (Kind::ConnectionLost, true));
    }
    assert_eq!(api.asked().len(), 2);
}

#[tokio::test]
async fn a_read_is_repeated_after_a_lost_answer() {
    let api = Api::start([Answer::lost(), Answer::text(500, ""), found()]).await;
    let reply = api.invocation().for_row(CORRELATION).help_request(123).await.expect("the third time");
    assert_eq!((reply.id, api.asked().len()), (123, 3));
}

/// What stands there is written over, phones too, and a note may be staff's by then: who changes it looks first, each time.
#[tokio::test]
async fn a_patch_is_not_repeated_by_itself() {
    let not_updated = Answer::text(400, "\"Record not updated. System.TimeoutException…\"");
    for (answer, kind) in [
        (Answer::text(500, ""), Kind::ServerError),
        (not_updated, Kind::NotRecorded),
        (Answer::lost(), Kind::ConnectionLost),
    ] {
        let api = Api::start([answer]).await;
        let error =
            api.invocation().for_row(CORRELATION).patch(123, &ResidentPatch::default()).await.expect_err("not done");
        assert_eq!((error.kind(), error.may_have_been_applied()), (kind, true));
        assert_eq!(api.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_create_that_was_surely_not_applied_is_repeated() {
    let busy = Answer::json(429, json!({ "message": "Too Many Requests" }));
    let api = Api::start([busy.clone(), busy, created()]).await;
    assert_eq!(create(&api).await.expect("the third time"), 123);
    assert_eq!(api.asked().len(), 3);
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let api = Api::start([Answer::text(429, "").header("retry-after", "1"), created()]).await;
    let begin = Instant::now();
    create(&api).await.expect("the second time");
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_retry_after_beyond_the_deadline_is_handed_on() {
    let api = Api::start([Answer::text(429, "").header("retry-after", "900")]).await;
    let invocation = api.client(Duration::from_secs(20)).invocation(in_seconds(60));
    let error = invocation.for_row(CORRELATION).create(&HelpRequest::default()).await.expect_err("busy");
    assert_eq!((error.kind(), error.retry_after()), (Kind::Busy, Some(Duration::from_secs(900))));
    assert!(!error.may_have_been_applied());

    // The next row of the same process does not ask either.
    let error = invocation.for_row("0a1b2c/18").help_request(1).await.expect_err("held");
    assert_eq!((error.kind(), error.class()), (Kind::NoTime, Class::Retry));
    assert!(error.retry_after().is_some_and(|wait| wait > Duration::from_secs(60)));
    assert_eq!(api.asked().len(), 1);
}

#[tokio::test]
async fn no_call_starts_that_could_not_end_before_the_deadline() {
    let api = Api::start([]).await;
    // A probe takes up to 10 seconds, whatever the others may take.
    let invocation = api.client(Duration::from_secs(30)).invocation(in_seconds(9));
    let row = invocation.for_row(CORRELATION);
    let errors = [
        row.create(&HelpRequest::default()).await.expect_err("no time"),
        row.help_request(123).await.expect_err("no time"),
        invocation.probe().await.expect_err("no time"),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.class()), (Kind::NoTime, Class::Retry));
        assert!(!error.may_have_been_applied());
    }
    assert!(api.asked().is_empty());
}

#[tokio::test]
async fn what_cannot_be_reached_was_not_applied() {
    let invocation = client_for(nobody().await, Duration::from_secs(20)).invocation(in_seconds(21));
    let error = invocation.for_row(CORRELATION).create(&HelpRequest::default()).await.expect_err("nobody listens");
    assert_eq!((error.kind(), error.class()), (Kind::Unreachable, Class::Retry));
    assert!(!error.may_have_been_applied());
    insta::assert_snapshot!(error, @"create the help request: no connection to the API; it is tried again. If it lasts: is the API up, and HERE_TO_HELP_BASE_URL right?");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Api::start([created()]).await;
    let location = elsewhere.url("v3/help-requests");
    for status in [301, 302, 307, 308] {
        let error = create_fails(Answer::text(status, "").header("location", location.clone())).await;
        assert_eq!((error.kind(), error.class()), (Kind::Elsewhere, Class::Stop));
        assert!(!error.may_have_been_applied());
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let error = create_fails(Answer::text(201, format!("{{\"Id\":123}}{}", " ".repeat(12_000_000)))).await;
    assert_eq!((error.kind(), error.class()), (Kind::Unreadable, Class::Retry));
}

#[tokio::test]
async fn the_data_is_refused_with_problem_details_only() {
    let problem = json!({ "title": "One or more validation errors occurred.", "status": 400, "errors": {} });
    let error = create_fails(Answer::json(400, problem)).await;
    assert_eq!((error.kind(), error.class()), (Kind::Refused, Class::Reject));
    assert!(!error.may_have_been_applied());
    insta::assert_snapshot!(error, @"create the help request: status 400: the API does not take this row's data; correct the row");
}

#[tokio::test]
async fn a_request_that_is_not_there_is_its_own_class() {
    let api = Api::start([Answer::json(404, json!({ "title": "Not Found", "status": 404 }))]).await;
    let error = api.invocation().for_row(CORRELATION).help_request(123).await.expect_err("not there");
    assert_eq!((error.class(), api.asked().len()), (Class::NotFound, 1));
}

#[tokio::test]
async fn a_probe_says_what_is_wrong_or_that_nothing_is() {
    let table = [
        (Answer::json(403, json!({ "message": "Forbidden" })), Kind::Forbidden),
        (Answer::json(404, json!({ "message": "Not Found" })), Kind::Elsewhere),
        (Answer::json(200, json!({ "success": true })), Kind::UnexpectedShape),
    ];
    for (answer, kind) in table {
        let api = Api::start([answer]).await;
        assert_eq!(api.invocation().probe().await.expect_err("not well").kind(), kind);
    }
}

#[tokio::test]
async fn a_probe_is_repeated_a_few_times_whatever_the_rows_have_used_up() {
    let down = || Answer::json(503, json!({ "message": "Service Unavailable" }));
    let api = Api::start([down(), Answer::lost(), down(), Answer::json(200, json!([]))]).await;
    let invocation = api.client(Duration::from_secs(20)).invocation(in_seconds(600));
    invocation.probe().await.expect("well at last");
    assert_eq!(api.asked().len(), 4);

    let api = Api::start((0..9).map(|_| down())).await;
    assert_eq!(api.invocation().probe().await.expect_err("down").kind(), Kind::ServerError);
    assert_eq!(api.asked().len(), 4, "an API that is down is not called for long");
}

#[tokio::test]
async fn another_key_is_used_from_the_next_call_on() {
    let api = Api::start((0..3).map(|_| Answer::json(200, json!([])))).await;
    let client = api.client(Duration::from_secs(20));
    let invocation = client.invocation(in_seconds(600));
    invocation.probe().await.expect("well");
    assert!(!client.renew_key(&KEY.into()).expect("a key"), "it is the same");
    invocation.probe().await.expect("well");
    assert!(client.clone().renew_key(&"another".into()).expect("a key"));
    invocation.probe().await.expect("well");
    let sent: Vec<_> = api.asked().iter().map(|asked| asked.headers["x-api-key"].clone()).collect();
    assert_eq!(sent, [KEY, KEY, "another"]);
    assert!(client.renew_key(&"a\nb".into()).is_err());
}
