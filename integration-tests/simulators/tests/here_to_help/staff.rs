//! What staff do by hand: through the door of the simulator, and a database put back.

use serde_json::{Value, json};
use simulators::here_to_help::{CaseNote, Fields, Touched};

use crate::support::{Caller, ann, with};

#[tokio::test]
async fn staff_write_what_they_are_given() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"Uprn": "100", "ContactMobileNumber": "077"}))).await;
    let edited = caller.staff(json!({"edit_resident": {"Id": 1, "Ward": "Hoxton", "uprn": null, "LastName": "Ablett", "ContactMobileNumber": "078"}})).await;
    assert_eq!(edited, Ok(1));
    let shown = caller.read(id).await;
    assert_eq!(
        [&shown["Ward"], &shown["Uprn"], &shown["LastName"], &shown["ContactMobileNumber"]],
        [&json!("Hoxton"), &Value::Null, &json!("Ablett"), &json!("078")]
    );
    assert_eq!(
        caller.create(with(&ann(), json!({"LastName": "Ablett", "Metadata": {"nsss_id": "7"}}))).await,
        id + 1,
        "found by the new name"
    );
    assert_eq!(caller.state().residents.len(), 1);

    let resident =
        caller.staff(json!({"add_resident": {"FirstName": "Bob", "LastName": "Baker"}})).await.expect("added");
    let request = caller.staff(json!({"add_help_request": {"ResidentId": resident, "HelpNeeded": "Shielding", "Metadata": {"spl_id": "9"}}})).await.expect("added");
    caller
        .staff(json!({"add_note": {"ResidentId": resident, "HelpRequestId": request, "CaseNote": "rang"}}))
        .await
        .expect("added");
    let shown = caller.read(request).await;
    assert_eq!([&shown["FirstName"], &shown["CaseNotes"], &shown["Metadata"]], ["Bob", "[rang]", r#"{"spl_id": "9"}"#]);
    assert_eq!(shown["CallbackRequired"], Value::Null, "nothing is filled in");
}

#[tokio::test]
async fn mistakes_of_staff_are_told() {
    let caller = Caller::start().await;
    for (order, says) in [
        (json!({"edit_resident": {"Id": 9, "Ward": "x"}}), "no such resident"),
        (json!({"edit_resident": {"Ward": "x"}}), "`Id` is missing"),
        (json!({"edit_resident": {"Id": 9, "Wrad": "x"}}), "unknown field `Wrad`"),
        (json!({"add_resident": {"DobDay": 1}}), "could not be converted"),
        (json!({"add_help_request": {"ResidentId": 9}}), "no such resident"),
        (json!({"edit_help_request": {"Id": 9, "CallbackRequired": false}}), "no such resident, help request or note"),
        (json!({"edit_help_request": {"Id": 9, "Metadata": {}}}), "unknown field `Metadata`"),
        (json!({"edit_note": {"Id": 9, "CaseNote": "x"}}), "no such resident, help request or note"),
        (json!({"delete_help_request": {"Id": 9}}), "no such resident, help request or note"),
        (json!({"merge_residents": {"Id": 9, "Into": 8}}), "no such resident, help request or note"),
        (json!({"merge_residents": {"Id": 9}}), "`Into` is missing"),
        (json!({"merge_residents": {"Id": 9, "Into": 9}}), "one with itself"),
        (json!({"delete_resident": {"Id": 1}}), "unknown variant"),
    ] {
        let problem = caller.staff(order.clone()).await.expect_err("a mistake");
        assert!(problem.contains(says), "{order}: {problem}");
    }
}

#[tokio::test]
async fn staff_close_a_callback_and_rewrite_one_note_of_several() {
    let caller = Caller::start().await;
    let noted = |note: &str| with(&ann(), json!({"NhsCtasId": "c", "CaseNotes": note}));
    let id = caller.create(noted("one")).await;
    caller.create(noted("two")).await;
    let closed = json!({"edit_help_request": {"Id": id, "CallbackRequired": false, "InitialCallbackCompleted": true}});
    assert_eq!(caller.staff(closed).await, Ok(id));
    let second = caller.state().case_notes[1].id;
    assert_eq!(caller.staff(json!({"edit_note": {"Id": second, "CaseNote": "two, corrected"}})).await, Ok(second));
    let shown = caller.read(id).await;
    assert_eq!([&shown["CallbackRequired"], &shown["InitialCallbackCompleted"]], [false, true]);
    assert_eq!(shown["CaseNotes"], "[one, two, corrected]");
    assert_eq!(caller.create(noted("three")).await, id, "a POST finds it and opens no callback anew");
    assert_eq!(caller.read(id).await["CallbackRequired"], false);
}

#[tokio::test]
async fn a_deleted_request_takes_its_notes_along_and_its_id_never_comes_again() {
    let caller = Caller::start().await;
    let other = caller.create(with(&ann(), json!({"NhsCtasId": "other", "CaseNotes": "stays"}))).await;
    let id =
        caller.create(with(&ann(), json!({"NhsCtasId": "c", "CaseNotes": "goes", "Metadata": {"spl_id": "7"}}))).await;
    assert_eq!(caller.staff(json!({"delete_help_request": {"Id": id}})).await, Ok(id));
    assert_eq!(caller.get(&format!("v3/help-requests/{id}")).await.status, 404);
    assert_eq!(caller.patch(&format!("v3/help-requests/{id}"), json!({"FirstName": "Anna"})).await.status, 400);
    assert_eq!(caller.get(&format!("v4/residents/1/help-requests/{id}/case-notes")).await.body, json!([]));
    assert_eq!(texts(&caller.state().case_notes), ["stays"]);
    let requests = caller.get("v4/residents/1/help-requests").await.body;
    assert_eq!(requests.as_array().map(Vec::len), Some(1), "the resident stays, and the other request: {requests}");
    for key in [json!({"NhsCtasId": "c"}), json!({"Metadata": {"spl_id": "7"}})] {
        let again = caller.create(with(&ann(), key.clone())).await;
        assert!(again > id && again != other, "{key} is found no more: {again}");
    }
}

#[tokio::test]
async fn merged_residents_are_one_with_the_requests_and_notes_of_both() {
    let caller = Caller::start().await;
    let kept = caller
        .create(with(&ann(), json!({"CaseNotes": "of the kept", "Metadata": {"generic_ingestion_id": "EUSS"}})))
        .await;
    let anna = json!({"FirstName": "Anna", "LastName": "Able", "NhsNumber": "943 476 5919", "HelpNeeded": "Shielding"});
    let moved = caller
        .create(with(&anna, json!({"CaseNotes": "of the gone", "Metadata": {"generic_ingestion_id": "LinkWork"}})))
        .await;
    assert_eq!(caller.staff(json!({"merge_residents": {"Id": 2, "Into": 1}})).await, Ok(1));
    let state = caller.state();
    assert_eq!(state.residents.iter().map(|resident| resident.id).collect::<Vec<_>>(), [1]);
    let shown = caller.read(moved).await;
    assert_eq!([&shown["ResidentId"], &shown["FirstName"]], [&json!(1), &json!("Ann")], "the fields of the kept stay");
    assert_eq!(caller.get("v4/residents/1/case-notes").await.body.as_array().map(Vec::len), Some(2));
    assert_eq!(caller.get("v4/residents/2/help-requests").await.body, json!([]));
    assert_eq!(texts(&state.case_notes), ["of the kept", "of the gone"]);

    let again = caller.create(with(&ann(), json!({"Metadata": {"generic_ingestion_id": "LinkWork"}}))).await;
    assert_eq!(again, moved, "found among the requests of the kept");
    assert_ne!(caller.create(anna).await, kept);
    let residents: Vec<i64> = caller.state().residents.iter().map(|resident| resident.id).collect();
    assert_eq!(residents, [1, 3], "by what the gone was known nobody is, and its id does not come again");
}

#[tokio::test]
async fn a_database_put_back_gives_the_ids_again() {
    let caller = Caller::start().await;
    let yesterday = caller.create(with(&ann(), json!({"NhsCtasId": "c", "EmailAddress": "old@example.org"}))).await;
    let backup = caller.simulator.backup();
    let bob = json!({"FirstName": "Bob", "LastName": "Baker", "HelpNeeded": "Shielding", "CaseNotes": "x"});
    let lost = caller.create(bob.clone()).await;
    caller.staff(json!({"edit_resident": {"Id": 1, "EmailAddress": "new@example.org"}})).await.expect("edited");
    caller.staff(json!({"delete_help_request": {"Id": yesterday}})).await.expect("deleted");

    caller.simulator.restore(&backup);
    assert_eq!(caller.read(yesterday).await["EmailAddress"], "old@example.org");
    assert_eq!(caller.get(&format!("v3/help-requests/{lost}")).await.status, 404);
    assert!(caller.state().case_notes.is_empty());
    let carol = json!({"FirstName": "Carol", "LastName": "Cole", "HelpNeeded": "Shielding", "CaseNotes": "y"});
    assert_eq!(caller.create(carol).await, lost, "the id is somebody else's now");
    let state = caller.state();
    assert_eq!((state.residents[1].id, state.case_notes[0].id), (2, 2_000_001));
    assert_eq!(state.calls.by_call.values().sum::<u64>(), 5, "the calls were made");
    caller.simulator.restore(&backup);
    assert_eq!(caller.create(bob).await, lost, "it can be put back again");
}

#[tokio::test]
async fn who_saw_a_resident_and_who_wrote_what_is_noted_but_not_staff() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"EmailAddress": "a@example.org"}))).await;
    caller.create(with(&ann(), json!({"EmailAddress": "a@example.org"}))).await;
    assert_eq!(caller.simulator.touches(), [], "nobody was shown, and nothing is another");
    caller.read(id).await;
    caller.staff(json!({"edit_resident": {"Id": 1, "EmailAddress": "b@example.org"}})).await.expect("edited");
    caller.create(with(&ann(), json!({"EmailAddress": "c@example.org"}))).await;
    caller.get("v3/help-requests?FirstName=Ann").await;
    caller.patch(&format!("v3/help-requests/{id}"), json!({"EmailAddress": "d@example.org", "DobDay": "1"})).await;
    let touches = caller.simulator.touches();
    assert!(touches.iter().all(|touch| touch.resident == 1) && touches.is_sorted_by_key(|touch| touch.at));
    let email = |to: &str| Touched::Written(Fields::from([("EmailAddress".to_owned(), json!(to))]));
    let shown = || Touched::Shown;
    let what: Vec<Touched> = touches.into_iter().map(|touch| touch.what).collect();
    let three_requests = [shown(), shown(), shown()];
    let expected = [&[shown(), email("c@example.org")][..], &three_requests, &[email("d@example.org")]].concat();
    assert_eq!(what, expected);
}

fn texts(notes: &[CaseNote]) -> Vec<&str> {
    notes.iter().filter_map(|note| note.case_note.as_deref()).collect()
}
