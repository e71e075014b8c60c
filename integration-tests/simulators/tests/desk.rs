//! Staff at their desk: what they correct, and how it is seen that a correction was undone.

use serde_json::{Value, json};
use simulators::{
    desk::{Correction, Desk},
    here_to_help::{Options, Simulator, Staff},
};

/// A simulator with one resident who has everything.
async fn simulator() -> Simulator {
    let api = Simulator::start(Options::default()).await.expect("it starts");
    let ann = json!({"FirstName": "Ann", "LastName": "Able", "DobDay": "1", "DobMonth": "2", "DobYear": "1980",
        "NhsNumber": "9434765919", "EmailAddress": "ann@example.org", "ContactTelephoneNumber": "020 7946 0001",
        "AddressFirstLine": "1 Mare Street", "Postcode": "E8 1AB", "Uprn": "100", "Ward": "Dalston"});
    order(&api, json!({"add_resident": ann}));
    order(&api, json!({"add_help_request": {"ResidentId": 1, "HelpNeeded": "Shielding", "CallbackRequired": true}}));
    let note = json!({"author": "x", "noteDate": "today", "note": "old words"}).to_string();
    order(&api, json!({"add_note": {"ResidentId": 1, "HelpRequestId": 1_000_001, "CaseNote": note}}));
    api
}

fn order(api: &Simulator, order: Value) {
    let order: Staff = serde_json::from_value(order).expect("an order");
    api.staff(order).expect("it is taken");
}

fn undone(desk: &Desk, api: &Simulator) -> Vec<Correction> {
    desk.undone(&api.state()).iter().map(|(edit, _)| edit.correction).collect()
}

#[tokio::test]
async fn every_correction_changes_something_and_is_undone_by_what_stood_there() {
    for correction in Correction::ALL {
        let api = simulator().await;
        let (before, mut desk) = (api.backup(), Desk::default());
        let was = api.state();
        assert_eq!(desk.correct(&api, 1, correction), Ok(true), "{correction:?}");
        let is = api.state();
        assert!(
            (&was.residents, &was.help_requests, &was.case_notes) != (&is.residents, &is.help_requests, &is.case_notes),
            "{correction:?}"
        );
        assert_eq!(undone(&desk, &api), [], "{correction:?}");
        api.restore(&before);
        assert!(!undone(&desk, &api).is_empty(), "{correction:?}");
        assert!(undone(&desk, &api).iter().all(|other| *other == correction));
    }
}

#[tokio::test]
async fn of_a_phone_the_new_number_must_stay_and_the_old_one_stay_away() {
    let api = simulator().await;
    let mut desk = Desk::default();
    desk.correct(&api, 1, Correction::Phone).expect("taken");
    let ours = api.state().residents[0].text("ContactTelephoneNumber").expect("a number").to_owned();
    for (now, is_undone) in [
        (format!("{ours} / 07700 900123"), false),
        (ours.replace(' ', ""), false),
        (format!("{ours} / 020 7946 0001"), true),
        (format!("{ours} / 020 7946 00011"), false),
        ("07700 900123".to_owned(), true),
        (String::new(), true),
    ] {
        order(&api, json!({"edit_resident": {"Id": 1, "ContactTelephoneNumber": now}}));
        assert_eq!(undone(&desk, &api) == [Correction::Phone], is_undone, "{now}");
    }
}

#[tokio::test]
async fn what_was_cleared_may_be_blank_in_any_way() {
    let api = simulator().await;
    let mut desk = Desk::default();
    desk.correct(&api, 1, Correction::Cleared).expect("taken");
    assert_eq!(api.state().residents[0].text("EmailAddress"), Some(""));
    order(&api, json!({"edit_resident": {"Id": 1, "EmailAddress": null}}));
    assert_eq!(undone(&desk, &api), []);
    assert_eq!(desk.correct(&api, 1, Correction::Cleared), Ok(false), "there is no more to clear");
    order(&api, json!({"edit_resident": {"Id": 1, "EmailAddress": "ann@example.org"}}));
    assert_eq!(undone(&desk, &api), [Correction::Cleared]);
}

#[tokio::test]
async fn a_note_is_undone_too_where_the_old_words_come_beside_the_new_ones() {
    let api = simulator().await;
    let mut desk = Desk::default();
    desk.correct(&api, 1, Correction::Note).expect("taken");
    assert_eq!(api.state().case_notes[0].says().as_deref(), Some("rang and spoke to them, call 0"));
    let add = |words: &str| {
        order(&api, json!({"add_note": {"ResidentId": 1, "HelpRequestId": 1_000_001, "CaseNote": words}}))
    };
    add("others");
    assert_eq!(undone(&desk, &api), []);
    add("old words");
    assert_eq!(undone(&desk, &api), [Correction::Note]);
}

#[tokio::test]
async fn what_staff_wrote_over_themselves_is_not_undone() {
    let api = simulator().await;
    let mut desk = Desk::default();
    for correction in [Correction::Email, Correction::Email, Correction::NhsNumber, Correction::NhsNumberAndName] {
        desk.correct(&api, 1, correction).expect("taken");
    }
    assert_eq!(undone(&desk, &api), []);
    assert_eq!(desk.in_force().count(), 4, "one e-mail, and a number and two names");
    order(&api, json!({"edit_resident": {"Id": 1, "EmailAddress": "staff-0@example.org"}}));
    assert_eq!(undone(&desk, &api), [Correction::Email]);
}

#[tokio::test]
async fn corrections_are_taken_back_one_upon_the_other_and_only_where_they_stand() {
    let api = simulator().await;
    let was = api.state();
    let mut desk = Desk::default();
    for correction in Correction::ALL.into_iter().chain([Correction::LastName, Correction::Phone, Correction::Note]) {
        desk.correct(&api, 1, correction).expect("taken");
    }
    let back = desk.taken_back(&api.state());
    assert_eq!((&back.residents, &back.case_notes), (&was.residents, &was.case_notes));
    assert_eq!(back.help_requests, was.help_requests);
    order(&api, json!({"edit_resident": {"Id": 1, "LastName": "Other"}}));
    assert_eq!(desk.taken_back(&api.state()).residents[0].text("LastName"), Some("Other"));
}

#[tokio::test]
async fn a_resident_who_is_gone_is_undone_and_of_nobody_nothing_is_corrected() {
    let api = simulator().await;
    let mut desk = Desk::default();
    desk.correct(&api, 1, Correction::Ward).expect("taken");
    for correction in Correction::ALL {
        assert_eq!(desk.correct(&api, 9, correction), Ok(false));
    }
    api.reset();
    assert_eq!(undone(&desk, &api), [Correction::Ward]);
}
