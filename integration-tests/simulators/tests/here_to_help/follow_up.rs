//! A.5 and A.6: a resident's requests.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Caller, Got, ann, with};

const REQUESTS: &str = "v4/residents/1/help-requests";

#[tokio::test]
async fn a_follow_up_answers_with_a_bare_integer_and_is_never_the_same_twice() {
    let caller = Caller::start().await;
    caller.create(ann()).await;
    for id in [1_000_002, 1_000_003] {
        let got = caller.post(REQUESTS, json!({"CallbackRequired": false, "HelpNeeded": "Shielding"})).await;
        assert_eq!(got, Got::new(StatusCode::CREATED, json!(id)));
    }
    assert_eq!(caller.read(1_000_002).await["CallbackRequired"], false);
}

#[tokio::test]
async fn a_follow_up_fills_in_ignores_and_mixes_up() {
    let caller = Caller::start().await;
    caller.create(ann()).await;
    let got = caller
        .post(
            REQUESTS,
            json!({"Id": 5, "CaseNotes": "ignored", "AssignedTo": "ignored", "Metadata": {"nsss_id": "ignored"},
                "FirstName": "ignored", "HelpWithAccessingFood": true, "HelpWithAccessingInternet": false,
                "UrgentEssentials": "bread", "UrgentEssentialsAnythingElse": "milk"}),
        )
        .await;
    let shown = caller.read(got.body.as_i64().expect("an id")).await;
    for (name, value) in [
        ("CallbackRequired", json!(true)),
        ("CaseNotes", json!("[]")),
        ("AssignedTo", Value::Null),
        ("Metadata", Value::Null),
        ("FirstName", json!("Ann")),
        ("HelpWithAccessingInternet", json!(true)),
        ("UrgentEssentialsAnythingElse", json!("bread")),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    assert!(shown["DateTimeRecorded"].is_string());
}

#[tokio::test]
async fn a_follow_up_for_nobody_is_an_empty_500() {
    let caller = Caller::start().await;
    let got = caller.post("v4/residents/99/help-requests", json!({"HelpNeeded": "Shielding"})).await;
    assert_eq!(got, Got::new(StatusCode::INTERNAL_SERVER_ERROR, Value::Null));
    assert!(caller.post("v4/residents/x/help-requests", json!({})).await.is_problem_details());
}

#[tokio::test]
async fn the_list_shows_the_requests_without_the_resident() {
    let caller = Caller::start().await;
    let sent = json!({"CaseNotes": "x", "Metadata": {"spl_id": "1"}, "HelpWithAccessingFood": true, "NhsNumber": "9434765919"});
    let id = caller.create(with(&ann(), sent)).await;
    let got = caller.get(REQUESTS).await;
    let shown = got.body[0].as_object().expect("an object");
    // 37 of the request, and Id, ResidentId, AssignedTo, CaseNotes, Metadata, HelpRequestCalls.
    assert_eq!((got.body.as_array().map(Vec::len), shown.len()), (Some(1), 43));
    for (name, value) in [
        ("Id", json!(id)),
        ("ResidentId", json!(1)),
        ("HelpNeeded", json!("Shielding")),
        ("CaseNotes", json!("[x]")),
        ("Metadata", json!(r#"{"spl_id": "1"}"#)),
        ("AssignedTo", Value::Null),
        ("HelpRequestCalls", json!([])),
        ("HelpWithAccessingInternet", json!(true)),
    ] {
        assert_eq!(shown.get(name), Some(&value), "{name}");
    }
    for absent in ["FirstName", "NhsNumber", "Postcode", "AddressFirstLine"] {
        assert_eq!(shown.get(absent), None);
    }
    assert_eq!(caller.read(id).await["HelpWithAccessingInternet"], Value::Null, "v3 shows it as it is");
}

#[tokio::test]
async fn the_list_hides_euss_unless_asked_and_is_empty_for_nobody() {
    let caller = Caller::start().await;
    let open = caller.create(ann()).await;
    let hidden = caller.create(with(&ann(), json!({"HelpNeeded": "EUSS"}))).await;
    let ids = |got: Got| -> Vec<Value> {
        got.body.as_array().expect("an array").iter().map(|request| request["Id"].clone()).collect()
    };
    assert_eq!(ids(caller.get(REQUESTS).await), [open]);
    assert_eq!(ids(caller.get(&format!("{REQUESTS}?includeType=EUSS")).await), [open, hidden]);
    assert_eq!(ids(caller.get(&format!("{REQUESTS}?includeType=Other")).await), [open]);
    assert_eq!(caller.get("v4/residents/0/help-requests").await, Got::new(StatusCode::OK, json!([])));
    assert!(caller.get("v4/residents/x/help-requests").await.is_problem_details());
}
