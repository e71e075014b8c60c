//! A.3, A.4, A.2's `CaseNotes` and A.8 step 4.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Caller, Got, ann, with};

fn notes(resident: i64, request: i64) -> String {
    format!("v4/residents/{resident}/help-requests/{request}/case-notes")
}

#[tokio::test]
async fn a_note_is_stored_as_it_is_and_every_call_appends() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    for (place, note) in
        [r#"{"author":"a","noteDate":"d","note":"it’s \"so\""}"#, "plain", "plain", ""].into_iter().enumerate()
    {
        let got = caller.post(&notes(1, id), json!({"casenote": note, "Other": 1})).await;
        let note_id = 2_000_001 + i64::try_from(place).expect("small");
        let expected =
            json!({"Id": note_id, "ResidentId": 1, "HelpRequestId": id, "CaseNote": note, "HelpNeeded": "Shielding"});
        assert_eq!(got, Got::new(StatusCode::CREATED, expected));
    }
    let got = caller.get(&notes(1, id)).await;
    let raw: Vec<&Value> = got.body.as_array().expect("an array").iter().map(|note| &note["CaseNote"]).collect();
    assert_eq!(raw, [r#"{"author":"a","noteDate":"d","note":"it’s \"so\""}"#, "plain", "plain", ""]);
    assert_eq!(got.body[0], json!({"Id": 2_000_001, "ResidentId": 1, "HelpRequestId": id, "CaseNote": raw[0]}));
}

#[tokio::test]
async fn an_empty_object_stores_null_and_no_body_is_refused() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    assert_eq!(caller.post(&notes(1, id), json!({})).await.body["CaseNote"], Value::Null);
    assert_eq!(caller.read(id).await["CaseNotes"], "[]");
    let no_body = caller.request(Method::POST, &notes(1, id)).header("content-type", "application/json");
    assert!(Got::of(no_body).await.is_problem_details());
}

#[tokio::test]
async fn unknown_ids_break_the_foreign_key_and_whose_request_it_is_does_not_matter() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    caller.create(json!({"FirstName": "Bob"})).await;
    let empty_500 = Got::new(StatusCode::INTERNAL_SERVER_ERROR, Value::Null);
    assert_eq!(caller.post(&notes(99, id), json!({"CaseNote": "x"})).await, empty_500);
    assert_eq!(caller.post(&notes(1, 99), json!({"CaseNote": "x"})).await, empty_500);
    assert_eq!(caller.post(&notes(2, id), json!({"CaseNote": "x"})).await.status, 201, "Bob's note on Ann's request");
    assert!(caller.post("v4/residents/x/help-requests/1/case-notes", json!({})).await.is_problem_details());
    assert_eq!(caller.state().case_notes.len(), 1);
}

#[tokio::test]
async fn the_gets_case_notes_are_the_raw_notes_joined() {
    for (stored, shown) in [
        (vec![], "[]"),
        (vec!["Got covid"], "[Got covid]"),
        (vec!["", ""], "[, ]"),
        (vec![r#"{"note":"a"}"#, r#"{"note":"b"}"#], r#"[{"note":"a"}, {"note":"b"}]"#),
        (vec![r#"[{"note":"a"}]"#], r#"[[{"note":"a"}]]"#),
    ] {
        let caller = Caller::start().await;
        let id = caller.create(ann()).await;
        for note in stored {
            caller.post(&notes(1, id), json!({"CaseNote": note})).await;
        }
        assert_eq!(caller.read(id).await["CaseNotes"], shown);
    }
}

#[tokio::test]
async fn a_post_with_case_notes_appends_at_every_repeat() {
    let caller = Caller::start().await;
    let body = with(&ann(), json!({"NhsCtasId": "c", "CaseNotes": "Got covid"}));
    let id = caller.create(body.clone()).await;
    assert_eq!(caller.create(body.clone()).await, id);
    assert_eq!(caller.create(with(&body, json!({"CaseNotes": ""}))).await, id);
    assert_eq!(caller.create(with(&body, json!({"CaseNotes": null}))).await, id);
    assert_eq!(caller.read(id).await["CaseNotes"], "[Got covid, Got covid, ]");
}

#[tokio::test]
async fn the_note_of_a_post_lands_on_somebody_elses_request() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"NhsCtasId": "c"}))).await;
    caller
        .create(json!({"FirstName": "Bob", "NhsCtasId": "c", "HelpNeeded": "Shielding", "CaseNotes": "about Bob"}))
        .await;
    assert_eq!(caller.read(id).await["CaseNotes"], "[about Bob]");
    assert_eq!(caller.get(&notes(1, id)).await.body[0]["ResidentId"], 2);
}

#[tokio::test]
async fn a_requests_notes_are_looked_up_by_the_request_alone() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"CaseNotes": "x", "HelpNeeded": "EUSS"}))).await;
    assert_eq!(caller.get(&notes(99, id)).await.body[0]["CaseNote"], "x", "another resident, and EUSS is not hidden");
    assert_eq!(caller.get(&notes(1, 99)).await, Got::new(StatusCode::OK, json!([])));
}

#[tokio::test]
async fn a_residents_notes_hide_euss() {
    let caller = Caller::start().await;
    caller.create(with(&ann(), json!({"CaseNotes": "open"}))).await;
    caller.create(with(&ann(), json!({"CaseNotes": "hidden", "HelpNeeded": "EUSS"}))).await;
    let texts = |got: Got| -> Vec<Value> {
        got.body.as_array().expect("an array").iter().map(|note| note["CaseNote"].clone()).collect()
    };
    assert_eq!(texts(caller.get("v4/residents/1/case-notes").await), ["open"]);
    assert_eq!(texts(caller.get("v4/residents/1/case-notes?includeType=EUSS").await), ["open", "hidden"]);
    assert_eq!(texts(caller.get("v4/residents/99/case-notes").await), Vec::<Value>::new());
}
