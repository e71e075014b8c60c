//! A.8 step 2b and A.6c: what a POST or PATCH changes in a resident who is there.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Caller, Got, ann, with};

/// What a field holds after two POSTs, and after a POST and a PATCH: the rules are the same.
async fn after(caller: &Caller, stored: &Value, sent: &Value, field: &str) -> Value {
    caller.simulator.reset();
    let id = caller.create(with(&ann(), stored.clone())).await;
    caller.create(with(&ann(), sent.clone())).await;
    let by_post = caller.read(id).await[field].clone();

    caller.simulator.reset();
    let id = caller.create(with(&ann(), stored.clone())).await;
    let got = caller.patch(&format!("v3/help-requests/{id}"), sent.clone()).await;
    assert_eq!(got, Got::new(StatusCode::OK, json!({"success": "true"})));
    let by_patch = caller.read(id).await[field].clone();
    assert_eq!(by_post, by_patch, "{field} of {sent} after {stored}");
    by_post
}

#[tokio::test]
async fn plain_fields_are_kept_when_left_out_and_overwritten_by_anything_else() {
    let caller = Caller::start().await;
    for field in ["EmailAddress", "NhsNumber", "GpSurgeryDetails", "NumberOfChildrenUnder18", "NameAddressPharmacist"] {
        let stored = json!({field: "old"});
        assert_eq!(after(&caller, &stored, &json!({}), field).await, "old", "left out");
        assert_eq!(after(&caller, &stored, &json!({field: null}), field).await, "old", "null");
        assert_eq!(after(&caller, &stored, &json!({field: ""}), field).await, "", "erased");
        assert_eq!(after(&caller, &stored, &json!({field: "new"}), field).await, "new");
    }
    for field in ["ConsentToShare", "IsPharmacistAbleToDeliver"] {
        assert_eq!(after(&caller, &json!({field: true}), &json!({}), field).await, true);
        assert_eq!(after(&caller, &json!({field: true}), &json!({field: false}), field).await, false);
    }
    assert_eq!(after(&caller, &json!({}), &json!({"RecordStatus": "DUPLICATE"}), "RecordStatus").await, "DUPLICATE");
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
async fn phones_grow() {
    let caller = Caller::start().await;
    for field in ["ContactTelephoneNumber", "ContactMobileNumber"] {
        for (stored, sent, expected) in [
            (json!("077"), json!(null), json!("077")),
            (json!("077"), json!(""), json!("077")),
            (json!("077"), json!("077"), json!("077")),
            (json!("077123"), json!("77"), json!("077123")),
            (json!("077"), json!("078"), json!("077 / 078")),
            (json!("077 / 078"), json!("078"), json!("077 / 078")),
            (json!("077 / 078"), json!("079"), json!("077 / 078 / 079")),
            (json!(""), json!("078"), json!("078")),
            (json!(null), json!("078"), json!("078")),
        ] {
            let shown = after(&caller, &json!({field: stored}), &json!({field: sent}), field).await;
            assert_eq!(shown, expected, "{sent} after {stored}");
        }
    }
}

#[tokio::test]
async fn a_patch_changes_the_request_too_and_leaves_what_is_null() {
    let caller = Caller::start().await;
    let id = caller
        .create(with(&ann(), json!({"AdviceNotes": "old", "CallbackRequired": true, "Metadata": {"a": 1}})))
        .await;
    let path = format!("v3/help-requests/{id}");
    caller.patch(&path, json!({"CallbackRequired": false, "AdviceNotes": null, "HelpNeededSubtype": "Repairs"})).await;
    let shown = caller.read(id).await;
    assert_eq!(
        [&shown["CallbackRequired"], &shown["AdviceNotes"], &shown["HelpNeededSubtype"]],
        [&json!(false), &json!("old"), &json!("Repairs")]
    );
    assert_eq!(shown["Metadata"], r#"{"a": 1}"#);
}

#[tokio::test]
async fn a_patch_overwrites_the_first_note() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"CaseNotes": "one", "NhsCtasId": "c"}))).await;
    caller.create(with(&ann(), json!({"CaseNotes": "two", "NhsCtasId": "c"}))).await;
    caller.patch(&format!("v3/help-requests/{id}"), json!({"CaseNotes": "changed"})).await;
    assert_eq!(caller.read(id).await["CaseNotes"], "[changed, two]");
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
