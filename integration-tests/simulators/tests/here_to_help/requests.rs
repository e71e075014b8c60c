//! A.8 step 3: which help request a POST takes for the same.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Got, ann, with};

/// Somebody else.
fn bob(more: Value) -> Value {
    with(&json!({"FirstName": "Bob", "LastName": "Baker", "Uprn": "2", "HelpNeeded": "Shielding"}), more)
}

fn ann_with(more: Value) -> Value {
    with(&ann(), more)
}

async fn check(table: &[(&str, Value, Value, bool)]) {
    let caller = Caller::start().await;
    for (rule, first, second, expected) in table {
        caller.simulator.reset();
        let one = caller.create(first.clone()).await;
        let two = caller.create(second.clone()).await;
        assert_eq!(one == two, *expected, "{rule}: {second} after {first}");
    }
}

#[tokio::test]
async fn ctas_id_and_kind_of_help_over_all_residents() {
    let first = ann_with(json!({"NhsCtasId": "ctas-1"}));
    check(&[
        ("the same person", first.clone(), first.clone(), true),
        ("another person", first.clone(), bob(json!({"NhsCtasId": "ctas-1"})), true),
        (
            "kind of help in any case",
            first.clone(),
            bob(json!({"NhsCtasId": "ctas-1", "HelpNeeded": "SHIELDING"})),
            true,
        ),
        (
            "another kind of help",
            first.clone(),
            ann_with(json!({"NhsCtasId": "ctas-1", "HelpNeeded": "Welfare Call"})),
            false,
        ),
        ("case matters", first.clone(), ann_with(json!({"NhsCtasId": "CTAS-1"})), false),
        ("blanks matter", first.clone(), ann_with(json!({"NhsCtasId": "ctas-1 "})), false),
        ("null skips", first, ann(), false),
        ("blank does not", ann_with(json!({"NhsCtasId": ""})), bob(json!({"NhsCtasId": ""})), true),
        ("none at all", ann(), ann(), false),
    ])
    .await;
}

#[tokio::test]
async fn a_ctas_id_without_a_kind_of_help_throws_once_the_resident_is_there() {
    let caller = Caller::start().await;
    let got = caller.post("v3/help-requests", json!({"FirstName": "Ann", "NhsCtasId": "1"})).await;
    assert!(got.is_text("Record not created. "), "{got:?}");
    let state = caller.state();
    assert_eq!((state.residents.len(), state.help_requests.len()), (1, 0));
}

#[tokio::test]
async fn ids_in_the_metadata_are_patterns_over_all_residents_and_kinds_of_help() {
    for key in ["nsss_id", "spl_id"] {
        let id = |id: Value| json!({"Metadata": {key: id}});
        let other_kind = |more: Value| with(&bob(json!({"HelpNeeded": "Welfare Call"})), more);
        check(&[
            ("the same", ann_with(id(json!("12"))), ann_with(id(json!("12"))), true),
            ("another person, another kind of help", ann_with(id(json!("12"))), other_kind(id(json!("12"))), true),
            ("number and text", ann_with(id(json!(12))), bob(id(json!("12"))), true),
            ("text and number", ann_with(id(json!("12"))), bob(id(json!(12))), true),
            ("leading zeros matter", ann_with(id(json!("012"))), bob(id(json!(12))), false),
            ("% is any text", ann_with(id(json!("12345"))), bob(id(json!("12%"))), true),
            ("_ is any character", ann_with(id(json!("123"))), bob(id(json!("1_3"))), true),
            ("only in what is posted", ann_with(id(json!("12%"))), bob(id(json!("12345"))), false),
            ("a backslash takes it as it is", ann_with(id(json!("123"))), bob(id(json!(r"1\_3"))), false),
            ("case matters", ann_with(id(json!("a1"))), bob(id(json!("A1"))), false),
            ("blank is blank", ann_with(id(json!(""))), bob(id(json!(""))), true),
            ("null is kept as null", ann_with(id(json!(null))), bob(id(json!(null))), false),
            ("null is looked for as blank", ann_with(id(json!(""))), bob(id(json!(null))), true),
        ])
        .await;
    }
    check(&[(
        "of another key",
        ann_with(json!({"Metadata": {"nsss_id": "1"}})),
        ann_with(json!({"Metadata": {"spl_id": "1"}})),
        false,
    )])
    .await;
}

#[tokio::test]
async fn the_generic_id_counts_for_the_same_resident_only() {
    let id = json!({"Metadata": {"generic_ingestion_id": "EUSS"}});
    let pattern = json!({"Metadata": {"generic_ingestion_id": "E%"}});
    check(&[
        ("the same person", ann_with(id.clone()), ann_with(id.clone()), true),
        ("the same person, a pattern", ann_with(id.clone()), ann_with(pattern.clone()), true),
        ("another person", ann_with(id.clone()), bob(id.clone()), false),
        ("another person, a pattern", ann_with(id), bob(pattern), false),
    ])
    .await;
}

#[tokio::test]
async fn a_pattern_that_ends_in_a_backslash_throws_where_a_row_comes_that_far() {
    let caller = Caller::start().await;
    for key in ["nsss_id", "spl_id", "generic_ingestion_id"] {
        caller.simulator.reset();
        let post = |id: &str| caller.post("v3/help-requests", ann_with(json!({"Metadata": {key: id}})));
        assert_eq!(post(r"12\").await.status, 201, "nothing is there");
        let got = post(r"12\").await;
        assert!(got.is_text("Record not created. "), "{got:?}");
        let state = caller.state();
        assert_eq!((state.residents.len(), state.help_requests.len()), (1, 1));
    }
}

#[tokio::test]
async fn ids_in_the_metadata_are_compared_as_they_are_written() {
    let caller = Caller::start().await;
    for (value, finds_itself) in [
        ("1.50", true),
        ("12345678901234567890123", true),
        (r#"["a"]"#, true),
        ("1e2", false),
        ("true", false),
        (r#"{"a":1}"#, false),
    ] {
        caller.simulator.reset();
        let body = format!(r#"{{"FirstName": "Ann", "Metadata": {{"nsss_id": {value}}}}}"#);
        let mut ids = Vec::new();
        for _ in 0..2 {
            let request = caller.request(Method::POST, "v3/help-requests").header("content-type", "application/json");
            ids.push(Got::of(request.body(body.clone())).await.body["Id"].clone());
        }
        assert_eq!(ids[0] == ids[1], finds_itself, "{value}");
    }
}

#[tokio::test]
async fn the_ctas_id_goes_before_the_metadata() {
    let caller = Caller::start().await;
    caller.create(ann_with(json!({"Metadata": {"nsss_id": "1"}}))).await;
    let by_ctas_id = caller.create(bob(json!({"NhsCtasId": "c"}))).await;
    let both = caller.create(ann_with(json!({"NhsCtasId": "c", "Metadata": {"nsss_id": "1"}}))).await;
    assert_eq!(both, by_ctas_id);
}

#[tokio::test]
async fn a_request_that_is_found_is_left_as_it_is() {
    let caller = Caller::start().await;
    let first = ann_with(json!({"Metadata": {"nsss_id": "1", "ingestion_row": "a/1"}, "CallbackRequired": true}));
    let id = caller.create(first).await;
    let before = caller.read(id).await;
    let again =
        json!({"Metadata": {"nsss_id": "1", "ingestion_row": "b/2"}, "CallbackRequired": false, "HelpNeeded": "Other"});
    assert_eq!(caller.create(ann_with(again)).await, id);
    assert_eq!(caller.read(id).await, before);
}

#[tokio::test]
async fn somebody_elses_request_comes_back_and_the_resident_is_made_all_the_same() {
    let caller = Caller::start().await;
    let anns = caller.create(ann_with(json!({"NhsCtasId": "shared"}))).await;
    let bobs = caller.create(bob(json!({"NhsCtasId": "shared"}))).await;
    assert_eq!(bobs, anns);
    assert_eq!(caller.read(bobs).await["FirstName"], "Ann");
    assert_eq!(caller.state().residents.len(), 2);
}
