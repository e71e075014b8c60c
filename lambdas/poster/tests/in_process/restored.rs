//! Yesterday's database, or yesterday's ledger, put back: nobody gets what is somebody else's, and nothing is there twice.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::Call;
use testkit::dynamodb::{Item, TABLE};

use crate::stage::{Sheet, Stage};

/// An NSSS row of a person who is known by names and phone.
fn person(sheet: Sheet, id: &str, name: &str, email: &str) -> Sheet {
    let phone = format!("020 7946 00{id}");
    sheet.row(&[
        ("ID", id),
        ("first_name", name),
        ("last_name", "Lee"),
        ("contact_number_calls", &phone),
        ("contact_email", email),
        ("address_line1", "1 Mare Street"),
        ("address_postcode", "E8 1AB"),
        ("submission_datetime", &format!("by {name}")),
    ])
}

fn of(id: &str, name: &str, email: &str) -> Sheet {
    person(Sheet::of("nsss"), id, name, email)
}

/// Each resident: name, e-mail, phone and what their requests' notes say of whose they are.
fn held(stage: &Stage) -> Vec<[String; 5]> {
    let state = stage.api.state();
    let mut held: Vec<_> = state
        .residents
        .iter()
        .map(|one| {
            let text = |name: &str| one.text(name).unwrap_or_default().to_owned();
            let theirs = state.help_requests.iter().filter(|request| request.resident_id == one.id);
            let notes: Vec<_> = theirs.flat_map(|request| state.notes_of(request.id)).collect();
            let says =
                |note: &str| note.split_once("by ").and_then(|(_, rest)| Some(rest.split_once('.')?.0.to_owned()));
            let said: Vec<_> = notes.iter().filter_map(|note| says(&note.says()?)).collect();
            [
                text("FirstName"),
                text("EmailAddress"),
                text("ContactTelephoneNumber"),
                text("AddressFirstLine"),
                said.join(", "),
            ]
        })
        .collect();
    held.sort();
    held
}

fn all_of(id: &str, name: &str, email: &str) -> [String; 5] {
    [name, email, &format!("020 7946 00{id}"), "1 Mare Street", name].map(ToOwned::to_owned)
}

async fn outcome(stage: &Stage, run: &Run) -> Outcome {
    stage.outcomes(run).await.into_keys().next().expect("settled")
}

#[tokio::test]
async fn after_the_database_was_restored_nobody_is_taken_for_who_has_their_ids_now() {
    let (ann, bob, eve) =
        (of("10", "Ann", "ann@example.org"), of("11", "Bob", "bob@example.org"), of("12", "Eve", "eve@example.org"));
    let stage = Stage::new().await;
    stage.upload("ann", &ann).await;
    let yesterday = stage.api.backup();
    stage.upload("bob", &bob).await;
    let bobs = stage.api.state().help_requests[1].clone();

    stage.api.restore(&yesterday);
    let new = stage.upload("eve", &eve).await;
    assert_eq!(outcome(&stage, &new).await, Outcome::Created);
    let eves = stage.api.state().help_requests[1].clone();
    assert_eq!((eves.id, eves.resident_id), (bobs.id, bobs.resident_id), "the ids come again");

    let again = stage.upload("bob again", &bob).await;
    assert_eq!(outcome(&stage, &again).await, Outcome::Created);
    let everybody = vec![
        all_of("10", "Ann", "ann@example.org"),
        all_of("11", "Bob", "bob@example.org"),
        all_of("12", "Eve", "eve@example.org"),
    ];
    assert_eq!(held(&stage), everybody, "whole, with their notes, each their own");

    // All are known now, and what changes arrives.
    for (file, sheet) in [("ann 3", &ann), ("bob 3", &bob), ("eve 3", &eve)] {
        let known = stage.upload(file, sheet).await;
        assert_eq!(outcome(&stage, &known).await, Outcome::AlreadyKnown, "{file}");
        assert_eq!(stage.warnings(&known, 2).await, [""; 0], "{file}");
    }
    assert_eq!(held(&stage), everybody);
    stage.upload("bob 4", &of("11", "Bob", "new@example.org")).await;
    assert_eq!(held(&stage)[1], all_of("11", "Bob", "new@example.org"));
}

/// The ids that come again are of two requests of one person.
#[tokio::test]
async fn after_the_database_was_restored_each_request_of_a_person_is_the_row_s_own() {
    let stage = Stage::new().await;
    let (first, second, third) = (
        of("10", "Ann", "ann@example.org"),
        // The same phone, so the same person.
        Sheet::of("nsss").row(&[
            ("ID", "11"),
            ("first_name", "Ann"),
            ("last_name", "Lee"),
            ("contact_number_calls", "020 7946 0010"),
            ("submission_datetime", "by the second"),
        ]),
        Sheet::of("nsss").row(&[
            ("ID", "12"),
            ("first_name", "Ann"),
            ("last_name", "Lee"),
            ("contact_number_calls", "020 7946 0010"),
            ("submission_datetime", "by the third"),
        ]),
    );
    stage.upload("first", &first).await;
    let yesterday = stage.api.backup();
    stage.upload("second", &second).await;
    stage.api.restore(&yesterday);
    stage.upload("third", &third).await;
    let again = stage.upload("second again", &second).await;
    assert_eq!(outcome(&stage, &again).await, Outcome::Created);
    let state = stage.api.state();
    let ids: Vec<_> = state.help_requests.iter().filter_map(|request| request.metadata("nsss_id")).collect();
    assert_eq!((state.residents.len(), ids), (1, ["10", "12", "11"].map(ToOwned::to_owned).to_vec()));
    assert_eq!(held(&stage)[0][4], "Ann, the third, the second", "each with its own note");
}

/// The number was noted, and the request not seen: what was sent to the ones that had its and the resident's number before is not
/// taken for theirs.
#[tokio::test]
async fn after_the_database_was_restored_a_request_of_the_same_number_gets_its_address_and_notes() {
    let stage = Stage::new().await;
    let bob = of("11", "Bob", "bob@example.org");
    let empty = stage.api.backup();
    stage.upload("bob", &bob).await;
    stage.api.restore(&empty);
    stage.pass(TimeDelta::days(1));
    let run = stage.run("bob again", &bob).await;
    // The first GET is of the request that is remembered, the second one of the new one.
    stage.faults(json!([{"latency_ms": 300, "calls": ["create"]}]));
    let once_posted = async {
        while stage.api.state().calls.by_call[&Call::Create] < 2 {
            tokio::task::yield_now().await;
        }
        stage.faults(json!([{"answer": "403", "calls": ["read"]}]));
    };
    let (kept, ()) = tokio::join!(stage.deliver_row(&run, 2, 1), once_posted);
    assert_eq!((kept, stage.struck()), (vec![0], vec![1]));
    stage.faults(json!([]));
    stage.pass(TimeDelta::seconds(100));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(held(&stage), [all_of("11", "Bob", "bob@example.org")], "whole, with a note");
}

/// The leases' items as they are.
async fn leases(stage: &Stage) -> Vec<Item> {
    let all = stage.dynamodb.client.scan().table_name(TABLE).send().await.expect("an answer").items.unwrap_or_default();
    let is_lease = |item: &Item| item["pk"].as_s().is_ok_and(|pk| pk.starts_with("LEASE#"));
    all.into_iter().filter(is_lease).collect()
}

/// Puts the leases back as they were; those that came since are gone.
async fn put_back(stage: &Stage, yesterday: Vec<Item>) {
    for item in leases(stage).await {
        let key = |name: &str| item[name].as_s().expect("a text").clone();
        stage.dynamodb.delete(&key("pk"), &key("sk")).await;
    }
    for item in yesterday {
        stage.dynamodb.client.put_item().table_name(TABLE).set_item(Some(item)).send().await.expect("put back");
    }
}

#[tokio::test]
async fn after_the_ledger_was_restored_nothing_is_there_twice_and_staff_s_is_not_undone() {
    let stage = Stage::new().await;
    stage.upload("ann", &of("10", "Ann", "ann@example.org")).await;
    let yesterday = leases(&stage).await;
    assert!(!yesterday.is_empty());
    // What is forgotten: a changed value, a new person, a new note.
    stage.upload("ann 2", &of("10", "Ann", "new@example.org")).await;
    stage.upload("bob", &of("11", "Bob", "bob@example.org")).await;
    stage.staff(json!({"edit_resident": {"Id": 1, "ContactTelephoneNumber": "020 7946 0099"}}));
    put_back(&stage, yesterday).await;

    let (ann, bob) = (of("10", "Ann", "new@example.org"), of("11", "Bob", "bob@example.org"));
    for (file, sheet) in [("ann 3", &ann), ("bob 3", &bob), ("ann 4", &ann), ("bob 4", &bob)] {
        let known = stage.upload(file, sheet).await;
        assert_eq!(outcome(&stage, &known).await, Outcome::AlreadyKnown, "{file}");
        assert_eq!(stage.warnings(&known, 2).await, [""; 0], "{file}");
    }
    let mut as_corrected = all_of("10", "Ann", "new@example.org");
    as_corrected[2] = "020 7946 0099".to_owned();
    assert_eq!(held(&stage), [as_corrected.clone(), all_of("11", "Bob", "bob@example.org")]);
    assert_eq!((stage.api.state().help_requests.len(), stage.api.state().case_notes.len()), (2, 2));

    // And goes on from there.
    stage.upload("ann 5", &of("10", "Ann", "newest@example.org")).await;
    as_corrected[1] = "newest@example.org".to_owned();
    assert_eq!(held(&stage)[0], as_corrected);
}

/// A value that was written and forgotten looks like one of staff's: it is kept, and the summary says so.
#[tokio::test]
async fn after_the_ledger_was_restored_a_value_that_is_not_written_is_named() {
    let stage = Stage::new().await;
    stage.upload("ann", &of("10", "Ann", "ann@example.org")).await;
    let yesterday = leases(&stage).await;
    stage.upload("ann 2", &of("10", "Ann", "new@example.org")).await;
    put_back(&stage, yesterday).await;
    let third = stage.upload("ann 3", &of("10", "Ann", "newest@example.org")).await;
    assert_eq!(held(&stage), [all_of("10", "Ann", "new@example.org")]);
    assert_eq!(stage.warnings(&third, 2).await, ["e-mail kept: changed in Here to Help"]);
    // Once.
    let fourth = stage.upload("ann 4", &of("10", "Ann", "newest@example.org")).await;
    assert_eq!(stage.warnings(&fourth, 2).await, [""; 0]);
}
