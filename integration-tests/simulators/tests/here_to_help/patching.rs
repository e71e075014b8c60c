//! A.8 step 2b and A.6c: what a POST or PATCH changes in a resident who is there.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};
use simulators::here_to_help::{Options, OverwrittenNote, Ways};

use crate::support::{Caller, Got, ann, with};

/// The content of a field after two POSTs.
async fn after_post(caller: &Caller, stored: &Value, sent: &Value, field: &str) -> Value {
    caller.simulator.reset();
    let id = caller.create(with(&ann(), stored.clone())).await;
    caller.create(with(&ann(), sent.clone())).await;
    caller.read(id).await[field].clone()
}

/// The content of a field after a POST and a PATCH.
async fn after_patch(caller: &Caller, stored: &Value, sent: &Value, field: &str) -> Value {
    caller.simulator.reset();
    let id = caller.create(with(&ann(), stored.clone())).await;
    let got = caller.patch(&format!("v3/help-requests/{id}"), sent.clone()).await;
    assert_eq!(got, Got::new(StatusCode::OK, json!({"success": "true"})));
    caller.read(id).await[field].clone()
}

/// The content of a field either way.
async fn after(caller: &Caller, stored: &Value, sent: &Value, field: &str) -> Value {
    let by_post = after_post(caller, stored, sent, field).await;
    let by_patch = after_patch(caller, stored, sent, field).await;
    assert_eq!(by_post, by_patch, "{field} of {sent} after {stored}");
    by_post
}

#[tokio::test]
async fn plain_fields_are_kept_when_left_out_and_overwritten_by_anything_else() {
    let caller = Caller::start().await;
    for field in ["EmailAddress", "NhsNumber", "GpSurgeryDetails", "NumberOfChildrenUnder18"] {
        let stored = json!({field: "old"});
        assert_eq!(after(&caller, &stored, &json!({}), field).await, "old", "left out");
        assert_eq!(after(&caller, &stored, &json!({field: null}), field).await, "old", "null");
        assert_eq!(after(&caller, &stored, &json!({field: ""}), field).await, "", "erased");
        assert_eq!(after(&caller, &stored, &json!({field: "new"}), field).await, "new");
    }
    let field = "ConsentToShare";
    assert_eq!(after(&caller, &json!({field: true}), &json!({}), field).await, true);
    assert_eq!(after(&caller, &json!({field: true}), &json!({field: false}), field).await, false);
    assert_eq!(after(&caller, &json!({}), &json!({"RecordStatus": "DUPLICATE"}), "RecordStatus").await, "DUPLICATE");
}

#[tokio::test]
async fn the_pharmacy_is_overwritten_by_a_post_and_unknown_to_a_patch() {
    let caller = Caller::start().await;
    for (field, old, new) in [
        ("NameAddressPharmacist", json!("old"), json!("new")),
        ("IsPharmacistAbleToDeliver", json!(true), json!(false)),
    ] {
        let (stored, sent) = (json!({field: old}), json!({field: new}));
        assert_eq!(after_post(&caller, &stored, &sent, field).await, new);
        assert_eq!(after_patch(&caller, &stored, &sent, field).await, old);
    }
}

#[tokio::test]
async fn names_and_dates_of_birth_are_overwritten_too() {
    let caller = Caller::start().await;
    caller.create(with(&ann(), json!({"Uprn": "1"}))).await;
    caller.create(json!({"FirstName": "ANN", "LastName": "able", "Uprn": "1", "DobDay": "", "DobMonth": "3"})).await;
    let state = caller.state();
    let resident = &state.residents[0];
    let now = ["FirstName", "LastName", "DobDay", "DobMonth", "DobYear"].map(|name| resident.text(name));
    assert_eq!(now, [Some("ANN"), Some("able"), Some(""), Some("3"), Some("1980")]);
}

#[tokio::test]
async fn the_address_is_one_block_that_needs_first_line_and_postcode() {
    let caller = Caller::start().await;
    let stored = json!({"AddressFirstLine": "1 High Street", "AddressSecondLine": "Flat 2", "AddressThirdLine": "London",
        "Postcode": "E8 1AA", "Uprn": "100", "Ward": "Hoxton"});
    let kept = ["1 High Street", "Flat 2", "London", "E8 1AA", "100", "Hoxton"].map(Value::from);
    for (sent, expected) in [
        (json!({}), kept.clone()),
        (json!({"AddressFirstLine": "9 Low Road"}), kept.clone()),
        (json!({"Postcode": "N1 1AA", "Uprn": "200", "Ward": "Dalston"}), kept.clone()),
        (json!({"AddressFirstLine": null, "Postcode": "N1 1AA"}), kept),
        (
            json!({"AddressFirstLine": "9 Low Road", "Postcode": "N1 1AA"}),
            [json!("9 Low Road"), Value::Null, Value::Null, json!("N1 1AA"), Value::Null, Value::Null],
        ),
        (
            json!({"AddressFirstLine": "", "Postcode": "", "Ward": "Dalston"}),
            [json!(""), Value::Null, Value::Null, json!(""), Value::Null, json!("Dalston")],
        ),
    ] {
        let fields = ["AddressFirstLine", "AddressSecondLine", "AddressThirdLine", "Postcode", "Uprn", "Ward"];
        for (field, expected) in fields.into_iter().zip(expected) {
            assert_eq!(after(&caller, &stored, &sent, field).await, expected, "{field} after {sent}");
        }
    }
}

#[tokio::test]
async fn a_new_resident_is_stored_with_any_part_of_an_address() {
    let caller = Caller::start().await;
    let id =
        caller.create(with(&ann(), json!({"Postcode": "E8 1AA", "Uprn": "100", "AddressThirdLine": "London"}))).await;
    let shown = caller.read(id).await;
    assert_eq!(shown["AddressFirstLine"], Value::Null);
    assert_eq!([&shown["Postcode"], &shown["Uprn"], &shown["AddressThirdLine"]], ["E8 1AA", "100", "London"]);
}

#[tokio::test]
async fn phones_grow_by_a_post_and_are_overwritten_by_a_patch() {
    let caller = Caller::start().await;
    for field in ["ContactTelephoneNumber", "ContactMobileNumber"] {
        for (stored, sent, by_post, by_patch) in [
            (json!("077"), json!(null), json!("077"), json!("077")),
            (json!("077"), json!(""), json!("077"), json!("")),
            (json!("077"), json!("077"), json!("077"), json!("077")),
            (json!("077123"), json!("77"), json!("077123"), json!("77")),
            (json!("077"), json!("078"), json!("077 / 078"), json!("078")),
            (json!("077 / 078"), json!("078"), json!("077 / 078"), json!("078")),
            (json!("077 / 078"), json!("079"), json!("077 / 078 / 079"), json!("079")),
            (json!(""), json!("078"), json!("078"), json!("078")),
            (json!(null), json!("078"), json!("078"), json!("078")),
            (json!(null), json!(""), json!(""), json!("")),
            (json!(" "), json!("078"), json!("  / 078"), json!("078")),
            (json!("077"), json!(" "), json!("077 /  "), json!(" ")),
        ] {
            let (stored, sent) = (json!({field: stored}), json!({field: sent}));
            assert_eq!(after_post(&caller, &stored, &sent, field).await, by_post, "{sent} after {stored}");
            assert_eq!(after_patch(&caller, &stored, &sent, field).await, by_patch, "{sent} after {stored}");
        }
    }
}

#[tokio::test]
async fn a_patch_changes_the_request_too_and_leaves_what_is_null_or_unknown_to_it() {
    let caller = Caller::start().await;
    let id = caller
        .create(with(&ann(), json!({"AdviceNotes": "old", "CallbackRequired": true, "Metadata": {"a": 1}})))
        .await;
    let path = format!("v3/help-requests/{id}");
    let sent = json!({"CallbackRequired": false, "AdviceNotes": null, "HelpNeededSubtype": 7, "Metadata": {"a": 2},
        "IsOnBehalf": true, "HelpWithHousing": true, "HelpWithHealth": true, "AssignedTo": "Nobody"});
    assert_eq!(caller.patch(&path, sent).await.status, 200);
    let shown = caller.read(id).await;
    for (field, expected) in [
        ("CallbackRequired", json!(false)),
        ("AdviceNotes", json!("old")),
        ("HelpNeededSubtype", Value::Null),
        ("Metadata", json!(r#"{"a": 1}"#)),
        ("IsOnBehalf", Value::Null),
        ("HelpWithHousing", Value::Null),
        ("HelpWithHealth", json!(true)),
        ("AssignedTo", Value::Null),
    ] {
        assert_eq!(shown[field], expected, "{field}");
    }
}

#[tokio::test]
async fn a_patch_makes_the_note_of_a_request_without_any_under_its_own_resident() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    let both = json!({"CaseNotes": "made", "AddressFirstLine": "1 High Street", "Postcode": "E8 1AA"});
    assert_eq!(caller.patch(&format!("v3/help-requests/{id}"), both).await.status, 200);
    let shown = caller.read(id).await;
    assert_eq!([&shown["CaseNotes"], &shown["AddressFirstLine"]], ["[made]", "1 High Street"]);
    assert_eq!(caller.state().case_notes[0].resident_id, 1);
}

#[tokio::test]
async fn a_patch_overwrites_the_first_note_where_the_heap_is_in_order() {
    let ways = Ways { overwritten_note: OverwrittenNote::First, ..Ways::default() };
    let caller = Caller::with(Options { ways, ..Options::default() }).await;
    assert_eq!(overwritten(&caller).await, "[changed, two, three]");
}

#[tokio::test]
async fn a_patch_overwrites_any_note_where_it_is_not() {
    let caller = Caller::start().await;
    let mut seen = BTreeSet::new();
    // By lot: that one of three never comes in a thousand trials is as good as impossible.
    for _ in 0..1000 {
        if seen.len() < 3 {
            seen.insert(overwritten(&caller).await);
        }
    }
    assert_eq!(Vec::from_iter(seen), ["[changed, two, three]", "[one, changed, three]", "[one, two, changed]"]);
}

async fn overwritten(caller: &Caller) -> String {
    caller.simulator.reset();
    let mut id = 0;
    for note in ["one", "two", "three"] {
        id = caller.create(with(&ann(), json!({"CaseNotes": note, "NhsCtasId": "c"}))).await;
    }
    caller.patch(&format!("v3/help-requests/{id}"), json!({"CaseNotes": "changed"})).await;
    caller.read(id).await["CaseNotes"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn a_patch_that_throws_says_record_not_updated() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    let path = format!("v3/help-requests/{id}");
    for (path, body) in [
        ("v3/help-requests/999".to_owned(), json!({"LastName": "Canary"})),
        (path.clone(), json!({"LastName": "Canary", "GpSurgeryDetails": "\0"})),
        (path, json!({"LastName": "Canary", "AdviceNotes": "\0"})),
    ] {
        let got = caller.patch(&path, body).await;
        assert!(got.is_text("Record not updated. "), "{path}: {got:?}");
        assert!(got.body.as_str().expect("a text").contains("Canary"), "the row is repeated");
    }
    assert!(caller.patch("v3/help-requests/x", json!({})).await.is_problem_details());
}
