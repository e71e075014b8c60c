//! A.1 and A.2: what a POST stores, and how a GET shows it.

use chrono::{NaiveDateTime, Utc};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Caller, ann, with};

#[tokio::test]
async fn a_post_answers_with_the_requests_id_the_same_for_a_new_and_a_known_one() {
    let caller = Caller::start().await;
    let body = with(&ann(), json!({"Metadata": {"nsss_id": "7"}}));
    for _ in 0..2 {
        let response = caller.request(Method::POST, "v3/help-requests").json(&body).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()["location"], "api/v3/help-requests/1000001");
        assert_eq!(response.text().await.expect("a body"), r#"{"Id":1000001}"#);
    }
}

#[tokio::test]
async fn the_get_shows_every_field_and_writes_nulls_out() {
    let caller = Caller::start().await;
    let id = caller.create(json!({"FirstName": "Ann"})).await;
    let shown = caller.read(id).await;
    let shown = shown.as_object().expect("an object");
    // 21 of the resident, 37 of the request, and Id, ResidentId, AssignedTo, CaseNotes, Metadata, HelpRequestCalls.
    assert_eq!(shown.len(), 64);
    for (name, value) in [
        ("Id", json!(id)),
        ("ResidentId", json!(1)),
        ("FirstName", json!("Ann")),
        ("LastName", Value::Null),
        ("Uprn", Value::Null),
        ("InitialCallbackCompleted", Value::Null),
        ("AssignedTo", Value::Null),
        ("Metadata", Value::Null),
        ("CaseNotes", json!("[]")),
        ("HelpRequestCalls", json!([])),
        ("CallbackRequired", json!(true)),
    ] {
        assert_eq!(shown.get(name), Some(&value), "{name}");
    }
}

#[tokio::test]
async fn what_is_sent_comes_back() {
    let caller = Caller::start().await;
    let of_the_resident = json!({
        "FirstName": "Ann", "LastName": "Able", "DobDay": "1", "DobMonth": "2", "DobYear": "1980", "Postcode": "E8 1AA",
        "Uprn": "100023010102", "Ward": "Hoxton", "AddressFirstLine": "1 High Street", "AddressSecondLine": "",
        "AddressThirdLine": "London", "ContactTelephoneNumber": "020 7946 0000", "ContactMobileNumber": "07700900123",
        "EmailAddress": "ann@example.org", "NhsNumber": "943 476 5919", "NameAddressPharmacist": "a",
        "GpSurgeryDetails": "b", "NumberOfChildrenUnder18": "2", "IsPharmacistAbleToDeliver": true, "ConsentToShare": true,
    });
    let of_the_request = json!({
        "IsOnBehalf": true, "ConsentToCompleteOnBehalf": false, "OnBehalfFirstName": "a", "OnBehalfLastName": "b",
        "OnBehalfEmailAddress": "c", "OnBehalfContactNumber": "d", "RelationshipWithResident": "e",
        "GettingInTouchReason": "f", "WhenIsMedicinesDelivered": "g", "UrgentEssentials": "h",
        "UrgentEssentialsAnythingElse": "i", "CurrentSupport": "j", "CurrentSupportFeedback": "k", "AdviceNotes": "l",
        "HelpNeeded": "Shielding", "HelpNeededSubtype": "m", "NhsCtasId": "ctas-1", "MedicineDeliveryHelpNeeded": true,
        "InitialCallbackCompleted": false, "CallbackRequired": false,
    });
    let needs = json!({
        "HelpWithAccessingFood": true, "HelpWithAccessingSupermarketFood": true, "HelpWithCompletingNssForm": true,
        "HelpWithShieldingGuidance": true, "HelpWithNoNeedsIdentified": true, "HelpWithAccessingMedicine": true,
        "HelpWithAccessingOtherEssentials": true, "HelpWithDebtAndMoney": true, "HelpWithHealth": true,
        "HelpWithMentalHealth": true, "HelpWithAccessingInternet": false, "HelpWithHousing": true,
        "HelpWithJobsOrTraining": true, "HelpWithChildrenAndSchools": true, "HelpWithDisabilities": true,
        "HelpWithSomethingElse": true,
    });
    let sent = with(&with(&of_the_resident, of_the_request), needs);
    let id = caller.create(sent.clone()).await;
    let shown = caller.read(id).await;
    for (name, value) in sent.as_object().expect("an object") {
        assert_eq!(shown.get(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn record_status_is_not_stored_on_create() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"RecordStatus": "ACTIVE"}))).await;
    assert_eq!(caller.read(id).await["RecordStatus"], Value::Null);
}

#[tokio::test]
async fn metadata_goes_in_as_an_object_and_comes_out_as_its_text() {
    for (sent, shown) in [
        (json!({"nsss_id": "0012"}), json!(r#"{"nsss_id": "0012"}"#)),
        (json!({"ingestion_row": "r/1", "b": 1}), json!(r#"{"b": 1, "ingestion_row": "r/1"}"#)),
        // A text is stored as a text: it is serialised twice then, and no id is found in it.
        (json!(r#"{"nsss_id":"0012"}"#), json!(r#""{\"nsss_id\":\"0012\"}""#)),
        (Value::Null, Value::Null),
    ] {
        let caller = Caller::start().await;
        let id = caller.create(json!({"Metadata": sent})).await;
        assert_eq!(caller.read(id).await["Metadata"], shown, "{sent}");
    }
}

#[tokio::test]
async fn the_time_recorded_is_now_or_what_was_sent_in_utc_without_a_zone() {
    let caller = Caller::start().await;
    let before = Utc::now().naive_utc();
    let id = caller.create(ann()).await;
    let recorded: NaiveDateTime =
        caller.read(id).await["DateTimeRecorded"].as_str().expect("a text").parse().expect("a time without a zone");
    assert!(before <= recorded && recorded <= Utc::now().naive_utc());
    for (sent, shown) in [
        ("2021-03-08T10:00:00", "2021-03-08T10:00:00"),
        ("2021-03-08T10:00:00.5Z", "2021-03-08T10:00:00.5"),
        ("2021-03-08T10:00:00.123456789", "2021-03-08T10:00:00.123456"),
        ("2021-07-08T10:00:00+01:00", "2021-07-08T09:00:00"),
        ("2021-03-08T10:00", "2021-03-08T10:00:00"),
        ("2021-03-08", "2021-03-08T00:00:00"),
    ] {
        let id = caller.create(json!({"DateTimeRecorded": sent})).await;
        assert_eq!(caller.read(id).await["DateTimeRecorded"], shown);
    }
}

#[tokio::test]
async fn a_request_that_is_not_there_is_404_and_an_id_that_is_no_integer_400() {
    let caller = Caller::start().await;
    let missing = caller.get("v3/help-requests/999").await;
    assert_eq!((missing.status, &missing.body["status"]), (404, &json!(404)));
    for id in ["abc", "1.0", "99999999999"] {
        assert!(caller.get(&format!("v3/help-requests/{id}")).await.is_problem_details(), "{id}");
    }
}

#[tokio::test]
async fn an_euss_request_is_not_hidden_in_v3() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"HelpNeeded": "EUSS"}))).await;
    assert_eq!(caller.read(id).await["HelpNeeded"], "EUSS");
}
