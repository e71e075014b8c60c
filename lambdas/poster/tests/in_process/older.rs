//! An older row never overwrites a newer one: in one sheet, across sheets, after a late redrive.

use aws_sdk_dynamodb::types::AttributeValue;
use feeds::Outcome;
use ledger::Run;
use serde_json::json;
use simulators::here_to_help::Call;

use crate::lost_answers::killed_at;
use crate::stage::{RECEIVES, Sheet, Stage};

/// A row of the same person, by the NHS number; everything else is another each time.
fn moved(sheet: Sheet, first_name: &str, address: &str, phone: &str) -> Sheet {
    sheet.row(&[
        ("Traced_NHSNUMBER", "9434765919"),
        ("PatientFirstName", first_name),
        ("PatientSurname", "Lee"),
        ("DateOfBirth", "04/07/1948"),
        ("PatientAddress_Line1", address),
        ("PatientAddress_PostCode", "E8 1AB"),
        ("mobile", phone),
        ("category", first_name),
    ])
}

/// First name, address and phone as the API holds them.
fn held(stage: &Stage) -> [String; 3] {
    let state = stage.api.state();
    assert_eq!(state.residents.len(), 1);
    let of = |name: &str| state.residents[0].text(name).unwrap_or_default().to_owned();
    [of("FirstName"), of("AddressFirstLine"), of("ContactMobileNumber")]
}

const NEW: [&str; 3] = ["Anne", "2 New Road", "07700900002"];
/// After both rows, in whichever order: phones are joined.
const BOTH: [&str; 3] = ["Anne", "2 New Road", "07700900001 / 07700900002"];

#[tokio::test]
async fn in_one_sheet_the_last_row_counts_whichever_is_posted_first() {
    let stage = Stage::new().await;
    let sheet = moved(Sheet::of("spl"), "Ann", "1 Old Road", "07700900001");
    let run = stage.run("one sheet", &moved(sheet, NEW[0], NEW[1], NEW[2])).await;
    assert_eq!(stage.deliver_until_done(&run, 3).await, 1);
    assert_eq!(held(&stage), NEW);
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(held(&stage), BOTH, "the older row changes nothing but the phones");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1), (Outcome::AlreadyKnown, 1)].into());
    // What is not of the resident but of the row is there of both.
    assert_eq!(stage.api.state().case_notes.len(), 2);
}

#[tokio::test]
async fn across_sheets_the_later_sheet_counts() {
    let stage = Stage::new().await;
    let week_1 = stage.run("week 1", &moved(Sheet::of("spl"), "Ann", "1 Old Road", "07700900001")).await;
    stage.pass(chrono::TimeDelta::minutes(5));
    let week_2 = stage.run("week 2", &moved(Sheet::of("spl"), NEW[0], NEW[1], NEW[2])).await;
    assert_eq!(stage.deliver_until_done(&week_2, 2).await, 1);
    assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1);
    assert_eq!(held(&stage), BOTH);
}

#[tokio::test]
async fn a_late_redrive_overwrites_nothing() {
    let stage = Stage::new().await;
    let week_1 = stage.run("week 1", &moved(Sheet::of("spl"), "Ann", "1 Old Road", "07700900001")).await;
    stage.faults(json!([{"answer": "500", "calls": ["create"]}]));
    assert_eq!(stage.deliver_row(&week_1, 2, RECEIVES).await, [0]);
    stage.faults(json!([]));
    let dead = stage.outcomes(&week_1).await;
    assert_eq!(dead.get(&Outcome::Created), None);

    stage.pass(chrono::TimeDelta::days(7));
    let week_2 = stage.run("week 2", &moved(Sheet::of("spl"), NEW[0], NEW[1], NEW[2])).await;
    assert_eq!(stage.deliver_until_done(&week_2, 2).await, 1);
    assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1);
    assert_eq!(held(&stage), BOTH);
    assert_eq!(stage.outcomes(&week_1).await.get(&Outcome::AlreadyKnown), Some(&1));
}

/// Another feed's row of the same person.
fn isolating(first_name: &str, id: &str) -> Sheet {
    and_isolating(Sheet::of("self-isolation"), first_name, id)
}

fn and_isolating(sheet: Sheet, first_name: &str, id: &str) -> Sheet {
    sheet.row(&[
        ("ID", id),
        ("NHS Number", "9434765919"),
        ("Forename", first_name),
        ("Surname", "Lee"),
        ("LA Support Required", "yes"),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ])
}

/// An older row leaves the names as they are, so its request stands under the newer row's names: it is looked for there.
#[tokio::test]
async fn an_older_row_whose_answer_was_lost_is_found_under_the_newer_names() {
    let stage = Stage::new().await;
    let week_1 = stage.run("week 1", &isolating("Ann", "si-1")).await;
    stage.pass(chrono::TimeDelta::minutes(5));
    let week_2 = stage.run("week 2", &isolating("Anne", "si-2")).await;
    assert_eq!(stage.deliver_until_done(&week_2, 2).await, 1);
    stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_until_done(&week_1, 2).await, 2);
    assert_eq!(stage.outcomes(&week_1).await, [(Outcome::Created, 1)].into());
    let state = stage.api.state();
    assert_eq!(state.calls.by_call[&Call::Create], 2, "not posted again");
    assert_eq!(state.residents[0].text("FirstName"), Some("Anne"));
}

/// It shares the number with the others, and its names with one of them only: what the names remember is old by then.
#[tokio::test]
async fn an_older_row_that_says_the_same_does_not_make_it_somebody_elses() {
    let stage = Stage::new().await;
    let mut runs = vec![stage.run("week 0", &moved(Sheet::of("spl"), "Anne", "2 New Road", "07700900002")).await];
    for (week, first_name) in [("week 1", "Ann"), ("week 2", "Anne"), ("week 3", "Ann")] {
        stage.pass(chrono::TimeDelta::minutes(5));
        runs.push(stage.run(week, &isolating(first_name, week)).await);
    }
    for week in [1, 2, 0, 3] {
        assert_eq!(stage.deliver_until_done(&runs[week], 2).await, 1);
    }
    assert_eq!(held(&stage)[0], "Ann", "as the newest row says");
    let newest = stage.ledger.row(&runs[3], 2).await.expect("an answer").expect("a row");
    assert!(newest.warnings.is_empty(), "{:?}", newest.warnings);
}

/// The newer one is in doubt, so the older one leaves the name to it; and it says what the older one said.
#[tokio::test]
async fn what_an_older_row_of_the_sheet_left_to_a_newer_one_that_one_writes() {
    let stage = Stage::new().await;
    let first = stage.run("week 0", &moved(Sheet::of("spl"), "Ann", "1 Old Road", "07700900001")).await;
    stage.pass(chrono::TimeDelta::minutes(5));
    let twice = stage.run("week 1", &and_isolating(isolating("Anne", "si-1"), "Anne", "si-1")).await;
    assert_eq!(stage.deliver_until_done(&first, 2).await, 1);
    stage.faults(json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]));
    assert_eq!(stage.deliver_row(&twice, 3, 1).await, [0], "its answer is lost");
    stage.pass(chrono::TimeDelta::minutes(1));
    assert_eq!(stage.deliver_until_done(&twice, 2).await, 1);
    assert_eq!(held(&stage)[0], "Ann", "left to the newer row");
    assert_eq!(stage.deliver_until_done(&twice, 3).await, 1);
    assert_eq!(held(&stage)[0], "Anne");
}

/// The two weeks' rows, the older one first.
async fn two_weeks(stage: &Stage) -> (Run, Run) {
    let week_1 = stage.run("week 1", &moved(Sheet::of("spl"), "Ann", "1 Old Road", "07700900001")).await;
    stage.pass(chrono::TimeDelta::minutes(5));
    let week_2 = stage.run("week 2", &moved(Sheet::of("spl"), NEW[0], NEW[1], NEW[2])).await;
    (week_1, week_2)
}

/// Nobody remembers the newer row yet: its mark in the leases is all that tells of it.
#[tokio::test]
async fn a_newer_row_that_failed_half_way_is_not_overwritten() {
    let lost = json!([
        {"answer": "closed", "after": "everything", "calls": ["create"], "next": 1},
        {"answer": "403", "calls": ["search"]},
    ]);
    let unread = json!([{"answer": "403", "calls": ["read"]}]);
    for (faults, receives, outcome) in [
        (&lost, 1, None),
        (&lost, RECEIVES, Some(Outcome::Uncertain)),
        (&unread, 1, None),
        (&unread, RECEIVES, Some(Outcome::DeadLettered)),
    ] {
        let stage = Stage::new().await;
        let (week_1, week_2) = two_weeks(&stage).await;
        stage.faults(faults.clone());
        assert_eq!(stage.deliver_row(&week_2, 2, receives).await, [0], "{faults}");
        assert_eq!(stage.outcomes(&week_2).await.into_keys().next(), outcome, "{faults}");
        stage.faults(json!([]));
        stage.pass(chrono::TimeDelta::seconds(40));
        assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1);
        assert_eq!(held(&stage)[0], NEW[0], "{faults}");
        assert_eq!(held(&stage)[2], BOTH[2], "{faults}");
        assert_eq!(stage.deliver_until_done(&week_2, 2).await, 1);
        assert_eq!(held(&stage), BOTH, "{faults}");
        assert_eq!(stage.api.state().help_requests.len(), 1);
    }
}

#[tokio::test]
async fn a_newer_row_whose_poster_was_killed_is_not_overwritten() {
    for call in ["create", "read", "patch"] {
        let stage = Stage::new().await;
        let (week_1, week_2) = two_weeks(&stage).await;
        killed_at(&stage, &week_2, 2, call).await;
        assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1);
        let [name, _, phone] = held(&stage);
        assert_eq!([name.as_str(), phone.as_str()], [BOTH[0], BOTH[2]], "killed at {call}");
        assert_eq!(stage.deliver_until_done(&week_2, 2).await, 1);
        assert_eq!(held(&stage), BOTH, "killed at {call}");
        assert_eq!(stage.outcomes(&week_1).await, [(Outcome::AlreadyKnown, 1)].into());
    }
}

/// A row that surely did nothing leaves no mark, and one that left a mark but is not there holds nothing back.
#[tokio::test]
async fn a_newer_row_that_did_nothing_holds_up_nobody() {
    let refused = json!([{"answer": "403", "calls": ["create"]}]);
    let vanished = json!([{"answer": "closed", "calls": ["create"], "next": 1}]);
    for (faults, searches) in [(refused, None), (vanished, Some(&1))] {
        let stage = Stage::new().await;
        let (week_1, week_2) = two_weeks(&stage).await;
        stage.faults(faults.clone());
        assert_eq!(stage.deliver_row(&week_2, 2, 1).await, [0]);
        stage.faults(json!([]));
        stage.pass(chrono::TimeDelta::seconds(40));
        assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1);
        assert_eq!(held(&stage)[..2], ["Ann", "1 Old Road"], "{faults}");
        assert_eq!(stage.api.state().calls.by_call.get(&Call::Search), searches, "{faults}");
        assert_eq!(stage.deliver_until_done(&week_2, 2).await, 1);
        assert_eq!(held(&stage)[..2], NEW[..2], "{faults}");
    }
}

/// Faults of the newer row, and what cannot be read of it, are not held against the older one.
#[tokio::test]
async fn a_newer_row_that_cannot_be_looked_for_holds_up_nobody() {
    let lost = json!([{"answer": "closed", "after": "everything", "calls": ["create"], "next": 1}]);
    for fault in ["object-400", "403", "newer version"] {
        let stage = Stage::new().await;
        let (week_1, week_2) = two_weeks(&stage).await;
        stage.faults(lost.clone());
        assert_eq!(stage.deliver_row(&week_2, 2, 1).await, [0]);
        stage.pass(chrono::TimeDelta::seconds(40));
        if fault == "newer version" {
            let newer = AttributeValue::N("2".to_owned());
            stage.dynamodb.set(&format!("RUN#{}#2", week_2.id), "ROW#000000002", "v", newer).await;
        } else {
            stage.faults(json!([{"answer": fault, "calls": ["search"], "next": 1}]));
        }
        assert_eq!(stage.deliver_until_done(&week_1, 2).await, 1, "{fault}");
        assert_eq!(stage.outcomes(&week_1).await, [(Outcome::AlreadyKnown, 1)].into(), "{fault}");
    }
}
