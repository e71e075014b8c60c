//! What staff deleted or merged: nothing of theirs is undone, nobody is there twice, and who has no request gets one.

use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::Call;

use crate::stage::{Sheet, Stage};

const EMAIL: &str = "ann@example.org";
const BY_STAFF: &str = "corrected@example.org";

fn spl(email: &str) -> Sheet {
    Sheet::of("spl").row(&[
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", "Ann"),
        ("PatientSurname", "Lee"),
        ("DateOfBirth", "04/07/1948"),
        ("PatientEmailAddress", email),
        ("PatientAddress_Line1", "1 Mare Street"),
        ("PatientAddress_PostCode", "E8 1AB"),
    ])
}

/// Of the same person, under a number or by names and birthday alone.
fn nsss(number: &str, first_name: &str, phone: &str) -> Sheet {
    Sheet::of("nsss").row(&[
        ("ID", "17"),
        ("nhs_number", number),
        ("first_name", first_name),
        ("last_name", "Lee"),
        ("date_of_birth", "04/07/1948"),
        ("contact_number_calls", phone),
        ("submission_datetime", "01/03/2021 10:21"),
    ])
}

/// What a resident has of this field.
fn of_resident(stage: &Stage, resident: i64, field: &str) -> String {
    let state = stage.api.state();
    state.resident(resident).and_then(|one| one.text(field)).unwrap_or_default().to_owned()
}

/// Residents, requests, and the notes of each request.
fn held(stage: &Stage) -> (usize, usize, Vec<usize>) {
    let state = stage.api.state();
    let notes = state.help_requests.iter().map(|request| state.notes_of(request.id).count()).collect();
    (state.residents.len(), state.help_requests.len(), notes)
}

async fn outcome(stage: &Stage, run: &Run) -> Outcome {
    stage.outcomes(run).await.into_keys().next().expect("settled")
}

/// The request of that row's id.
fn request(stage: &Stage, key: &str) -> i64 {
    let state = stage.api.state();
    state.help_requests.iter().find(|request| request.metadata(key).is_some()).expect("a request").id
}

#[tokio::test]
async fn a_deleted_request_of_a_person_with_another_one_is_made_anew_at_the_same_person() {
    for number in ["9434765919", ""] {
        let stage = Stage::new().await;
        stage.upload("spl", &spl(EMAIL)).await;
        let sheet = nsss(number, "Ann", "020 7946 0000");
        stage.upload("nsss", &sheet).await;
        assert_eq!(held(&stage), (1, 2, vec![1, 1]));
        let deleted = request(&stage, "nsss_id");
        stage.staff(json!({"delete_help_request": {"Id": deleted}}));
        stage.staff(json!({"edit_resident": {
            "Id": 1, "FirstName": "Anna", "DobDay": "5", "EmailAddress": BY_STAFF, "ContactTelephoneNumber": "020 7946 0001"
        }}));

        let again = stage.upload("nsss again", &sheet).await;
        assert_eq!(outcome(&stage, &again).await, Outcome::Created, "{number}");
        assert_eq!(held(&stage), (1, 2, vec![1, 1]), "{number}: with its note");
        assert_ne!(request(&stage, "nsss_id"), deleted);
        for (field, theirs) in [
            ("FirstName", "Anna"),
            ("DobDay", "5"),
            ("EmailAddress", BY_STAFF),
            ("ContactTelephoneNumber", "020 7946 0001"),
            ("AddressFirstLine", "1 Mare Street"),
        ] {
            assert_eq!(of_resident(&stage, 1, field), theirs, "{number}");
        }
        // The new one is the known one now.
        let creates = stage.api.state().calls.by_call[&Call::Create];
        let third = stage.upload("nsss, a third time", &sheet).await;
        assert_eq!(outcome(&stage, &third).await, Outcome::AlreadyKnown);
        assert_eq!((held(&stage).1, stage.api.state().calls.by_call[&Call::Create]), (2, creates));
    }
}

#[tokio::test]
async fn a_deleted_request_of_a_person_with_this_one_only_is_made_anew_at_the_same_person() {
    for number in ["9434765919", ""] {
        let stage = Stage::new().await;
        let sheet = nsss(number, "Ann", "020 7946 0000");
        stage.upload("nsss", &sheet).await;
        let deleted = request(&stage, "nsss_id");
        stage.staff(json!({"delete_help_request": {"Id": deleted}}));
        // Not what the API finds the resident by: where nothing of them can be seen, nobody can tell.
        stage.staff(json!({"edit_resident": {
            "Id": 1, "EmailAddress": BY_STAFF, "ContactTelephoneNumber": "020 7946 0001", "AddressFirstLine": "5 By Staff"
        }}));

        let again = stage.upload("nsss again", &sheet).await;
        assert_eq!(outcome(&stage, &again).await, Outcome::Created, "{number}");
        assert_eq!(held(&stage), (1, 1, vec![1]), "{number}: with its note");
        assert_ne!(request(&stage, "nsss_id"), deleted);
        for (field, theirs) in [
            ("EmailAddress", BY_STAFF),
            ("ContactTelephoneNumber", "020 7946 0001"),
            ("AddressFirstLine", "5 By Staff"),
        ] {
            assert_eq!(of_resident(&stage, 1, field), theirs, "{number}");
        }
    }
}

/// By the number we wrote the resident is found whatever staff made of the names.
#[tokio::test]
async fn a_deleted_request_of_a_renamed_person_makes_no_second_resident() {
    let stage = Stage::new().await;
    stage.upload("spl", &spl(EMAIL)).await;
    stage.staff(json!({"delete_help_request": {"Id": request(&stage, "spl_id")}}));
    stage.staff(json!({"edit_resident": {"Id": 1, "FirstName": "Anna", "LastName": "Grey", "DobYear": "1947"}}));
    let again = stage.upload("again", &spl(EMAIL)).await;
    assert_eq!((outcome(&stage, &again).await, held(&stage)), (Outcome::Created, (1, 1, vec![1])));
    let names = ["FirstName", "LastName", "DobYear"].map(|field| of_resident(&stage, 1, field));
    assert_eq!(names, ["Anna", "Grey", "1947"]);
    assert_eq!(stage.warnings(&again, 2).await, [""; 0]);
}

/// Two residents of one person, which staff find out: both rows go on with the one that is left.
#[tokio::test]
async fn merged_residents_stay_one_and_each_row_goes_on_with_its_own_request() {
    for (gone, kept) in [(2, 1), (1, 2)] {
        let stage = Stage::new().await;
        stage.upload("spl", &spl(EMAIL)).await;
        stage.upload("nsss", &nsss("", "Annie", "020 7946 0000")).await;
        assert_eq!(held(&stage), (2, 2, vec![1, 1]), "the API does not know them for one");
        stage.staff(json!({"merge_residents": {"Id": gone, "Into": kept}}));
        stage.staff(json!({"edit_resident": {
            "Id": kept, "EmailAddress": BY_STAFF, "ContactTelephoneNumber": "020 7946 0001", "AddressFirstLine": "5 By Staff"
        }}));
        let as_merged = stage.api.state();

        let spl_again = stage.upload("spl again", &spl(EMAIL)).await;
        let nsss_again = stage.upload("nsss again", &nsss("", "Annie", "020 7946 0000")).await;
        for run in [&spl_again, &nsss_again] {
            assert_eq!(outcome(&stage, run).await, Outcome::AlreadyKnown, "merged into {kept}");
        }
        let state = stage.api.state();
        assert_eq!(state.residents, as_merged.residents, "merged into {kept}: nothing of it is undone");
        assert_eq!(state.help_requests, as_merged.help_requests);
        assert_eq!(state.case_notes, as_merged.case_notes);

        // A changed cell arrives, or is named.
        let changed = stage.upload("spl changed", &spl("new@example.org")).await;
        assert_eq!(of_resident(&stage, kept, "EmailAddress"), BY_STAFF);
        let kept_by_staff = ["e-mail kept: changed in Here to Help"];
        assert_eq!(stage.warnings(&changed, 2).await, kept_by_staff, "merged into {kept}");
        let said_before = ["address kept: changed in Here to Help"];
        assert_eq!(stage.warnings(&spl_again, 2).await, said_before, "merged into {kept}: once");
        let changed = stage.upload("nsss changed", &nsss("", "Annie", "020 7946 0009")).await;
        let phone = of_resident(&stage, kept, "ContactTelephoneNumber");
        let warnings = stage.warnings(&changed, 2).await;
        assert_eq!(phone, "020 7946 0001");
        assert_eq!(warnings, ["telephone kept: changed in Here to Help"], "merged into {kept}");
        assert_eq!(held(&stage), (1, 2, vec![1, 1]));
    }
}
