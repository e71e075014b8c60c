//! The defects of the replaced system that this crate prevents, numbered as in `docs/contract/feeds.md`, part 3.

use std::time::Duration;

use chrono::{DateTime, Utc};
use here_to_help::{Class, Error, Kind, note_texts, texts_of};
use serde_json::{Value, json};
use wire::{HelpRequest, Note, ShieldingRequest};

use crate::api::{Answer, Api, CORRELATION, in_seconds};
use crate::personal_data::nothing_of_the_answer_is_printed;

fn note_added() -> Answer {
    Answer::json(201, json!({ "Id": 9, "ResidentId": 45, "HelpRequestId": 123, "CaseNote": "…", "HelpNeeded": null }))
}

async fn add_note(api: &Api, text: &str) -> Result<(), Error> {
    let note = Note { author: "Data Ingestion: Test".into(), note: text.into() };
    api.invocation().for_row(CORRELATION).add_note(45, 123, &note, DateTime::<Utc>::UNIX_EPOCH).await
}

/// The text that the API stores for a note of this text.
async fn stored(text: &str) -> String {
    let api = Api::start([note_added()]).await;
    add_note(&api, text).await.expect("added");
    let body = api.the_request().json();
    body["CaseNote"].as_str().expect("a string").to_owned()
}

#[tokio::test]
async fn defect_01_quotes_line_breaks_tabs_and_backslashes_survive_in_a_note() {
    for text in
        ["She said \"no\".", "one\ntwo\r\nthree", "a\tb", "C:\\temp", "\"", "\\", "\\\"", "{\"note\":1}", "\u{1}"]
    {
        let inner: Value = serde_json::from_str(&stored(text).await).expect("the stored note is JSON by itself");
        assert_eq!(inner["note"], text);
    }
}

#[tokio::test]
async fn defect_02_a_note_that_was_not_taken_is_an_error() {
    let table = [
        (Answer::json(400, json!({ "title": "Bad Request", "status": 400 })), Class::Reject),
        (Answer::json(502, json!({ "message": "Internal server error" })), Class::Retry),
        (Answer::text(500, ""), Class::Retry),
        (Answer::json(403, json!({ "message": "Forbidden" })), Class::Stop),
        (Answer::text(200, "<html>"), Class::Retry),
        (Answer::lost(), Class::Retry),
    ];
    for (answer, class) in table {
        let api = Api::start([answer.clone()]).await;
        let error = add_note(&api, "text").await.expect_err("not added");
        assert_eq!(error.class(), class, "{answer:?}");
    }
}

#[tokio::test]
async fn defect_03_curly_quotes_accents_and_emoji_are_sent_as_utf_8() {
    for text in ["don’t", "“yes”", "Zoë, café", "👍🏽 done", "Łódź", "名前"] {
        let api = Api::start([note_added()]).await;
        add_note(&api, text).await.expect("added");
        let asked = api.the_request();
        assert_eq!(asked.headers["content-type"], "application/json");
        // The test API refuses a body that is not UTF-8.
        let inner = asked.json()["CaseNote"].as_str().map(texts_of).expect("a string");
        assert_eq!(inner, [text]);
    }
}

#[tokio::test]
async fn defect_04_what_is_stored_can_be_read_again() {
    let texts = [r"C:\new", r#"\""#, r"\u00", "two\nlines", "👍"];
    let mut notes = Vec::new();
    for text in texts {
        notes.push(stored(text).await);
    }
    let case_notes = format!("[{}]", notes.join(", "));
    assert_eq!(note_texts(&case_notes), Some(texts.map(str::to_owned).to_vec()), "one note spoils no other");
}

#[tokio::test]
async fn defect_35_a_get_that_fails_fails_one_row() {
    let table = [
        (Answer::json(404, json!({ "title": "Not Found" })), Class::NotFound),
        (Answer::json(403, json!({ "message": "Forbidden" })), Class::Stop),
        (Answer::json(429, json!({ "message": "Too Many Requests" })).header("retry-after", "900"), Class::Retry),
        (Answer::text(500, ""), Class::Retry),
        (Answer::json(502, json!({ "message": "Internal server error" })), Class::Retry),
        (Answer::json(200, json!({ "message": "no request" })), Class::Bug),
    ];
    for (answer, class) in table {
        // Nothing is left for a second attempt, so that the failure itself comes back.
        let api = Api::start(vec![answer.clone(); 4]).await;
        let invocation = api.client(Duration::from_secs(20)).invocation(in_seconds(20) + Duration::from_millis(500));
        let error = invocation.for_row(CORRELATION).help_request(123).await.expect_err("not read");
        assert_eq!(error.class(), class, "{answer:?}");
    }
}

#[tokio::test]
async fn defect_36_a_failure_around_the_follow_up_is_an_error_too() {
    let follow_up = ShieldingRequest { callback_required: false, help_needed: "Shielding".into() };
    let forbidden = Answer::json(403, json!({ "message": "Forbidden" }));
    let api = Api::start([forbidden.clone(), forbidden, Answer::json(201, json!({ "Id": 77 }))]).await;
    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    let looked = row.resident_requests(45, "Shielding").await.expect_err("not read");
    let made = row.follow_up(45, &follow_up).await.expect_err("not made");
    assert_eq!((looked.class(), made.class()), (Class::Stop, Class::Stop));
    let odd = row.follow_up(45, &follow_up).await.expect_err("made, but which?");
    assert_eq!((odd.class(), odd.may_have_been_applied()), (Class::Bug, true));
}

#[tokio::test]
async fn defect_37_a_stored_note_that_is_a_list_or_plain_text_can_be_read() {
    let stored = ["Got covid", r#"[{"note":"one"}, {"note":"two"}]"#, "", "7", "null", r#"{"note":"three"}"#, "{oops"];
    let answer: Vec<Value> = stored.iter().map(|note| json!({ "Id": 1, "CaseNote": note })).collect();
    let api = Api::start([Answer::json(200, Value::from(answer))]).await;
    let case_notes = format!("[{}]", stored.join(", "));
    let texts = api.invocation().for_row(CORRELATION).notes_of(45, 123, Some(&case_notes)).await.expect("read");
    assert_eq!(texts, ["Got covid", "one", "two", "", "7", "null", "three", "{oops"]);
}

#[tokio::test]
async fn defect_42_a_hung_connection_ends_at_the_timeout() {
    let api = Api::start([Answer::never()]).await;
    let invocation = api.client(Duration::from_millis(200)).invocation(in_seconds(600));
    let error = invocation.for_row(CORRELATION).create(&HelpRequest::default()).await.expect_err("no answer");
    assert_eq!((error.kind(), error.class()), (Kind::TimedOut, Class::Retry));
    assert!(error.may_have_been_applied());
    assert_eq!(api.asked().len(), 1, "not repeated blindly");
}

#[tokio::test]
async fn defect_43_one_429_or_502_loses_no_row() {
    let busy = Answer::json(429, json!({ "message": "Too Many Requests" }));
    let api = Api::start([busy.clone(), Answer::json(201, json!({ "Id": 123 }))]).await;
    let id = api.invocation().for_row(CORRELATION).create(&HelpRequest::default()).await.expect("repeated");
    assert_eq!(id, 123);

    let failed = Answer::json(502, json!({ "message": "Internal server error" }));
    let api = Api::start([failed.clone(), busy, Answer::json(200, json!([]))]).await;
    api.invocation().for_row(CORRELATION).case_notes(45, 123).await.expect("repeated");

    // A POST after a 502 may be a double: the caller is told to look, and that the row is not lost.
    let api = Api::start([failed]).await;
    let error = api.invocation().for_row(CORRELATION).create(&HelpRequest::default()).await.expect_err("unknown");
    assert_eq!((error.class(), error.may_have_been_applied()), (Class::Retry, true));
}

#[tokio::test]
async fn defect_45_the_apis_stack_traces_are_not_copied() {
    let stack = "Npgsql.PostgresException: insert … CANARY\\n   at cv19ResSupportV3.CANARY";
    for text in [format!("\"Record not created. {stack}\""), format!("\"Record not updated. {stack}\"")] {
        nothing_of_the_answer_is_printed(Answer::text(400, text)).await;
    }
    nothing_of_the_answer_is_printed(Answer::text(500, stack)).await;
}

#[tokio::test]
async fn defect_46_an_answer_is_data_and_null_in_it_is_no_failure() {
    let nulls = json!({ "Id": 123, "ResidentId": 45, "Metadata": null, "CaseNotes": null, "FirstName": null });
    let code = "__import__('os').system('true')";
    let api = Api::start([note_added(), Answer::json(200, nulls), Answer::text(201, code)]).await;
    add_note(&api, "text").await.expect("`HelpNeeded: null` is a valid reply");
    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    let reply = row.help_request(123).await.expect("nulls are valid");
    assert!(reply.held.first_name.is_none() && reply.case_notes.is_none());
    let error = row.create(&HelpRequest::default()).await.expect_err("not JSON");
    assert_eq!(error.kind(), Kind::Unreadable);
}

#[tokio::test]
async fn defect_47_a_refused_key_says_so_and_stops() {
    for status in [401, 403] {
        let api = Api::start([Answer::json(status, json!({ "message": "Forbidden" }))]).await;
        let error = api.invocation().for_row(CORRELATION).create(&HelpRequest::default()).await.expect_err("refused");
        assert_eq!((error.class(), error.may_have_been_applied()), (Class::Stop, false));
        assert_eq!(api.asked().len(), 1, "not repeated");
        let expected = format!(
            "create the help request: status {status}: the API refuses the key; \
             check the parameter that HERE_TO_HELP_API_KEY_PARAMETER names"
        );
        assert_eq!(error.to_string(), expected);
    }
}
