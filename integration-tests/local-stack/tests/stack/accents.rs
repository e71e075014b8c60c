//! People whose names have letters beyond ASCII, before an API whose database (C locale), or whose .NET (without ICU), folds none
//! of them, and which fails and loses answers at that: nothing is lost, nothing is there twice but whom the API itself does not
//! find by name, and that is said.

use std::path::Path;
use std::time::Duration;

use local_stack::summaries::{self, Line};
use local_stack::{HereToHelp, Options, Stack, nhs_number};
use serde_json::json;
use simulators::here_to_help::{Letters, Ways};

use crate::common;
use crate::people::{Row, drop_sheet, row};

/// People of each kind.
const PEOPLE: u32 = 20;
/// Of those known by names, how many stand in a second feed too.
const IN_TWO_FEEDS: u32 = 5;

/// Two Turkish letters among them, which even a database with a locale does not fold as .NET does.
fn last_name(person: u32) -> String {
    let letter = char::from_u32(u32::from('a') + person).expect("a letter");
    format!("Ünlüyıldız{letter}")
}

fn by_name_in_generic(person: u32) -> Row {
    row([
        ("First name", "Zoë"),
        ("Surname", &last_name(person)),
        ("d.o.b", "19 Jan 1960"),
        ("Help Request Type", "Link Work"),
        ("Case Note 1", &format!("rang Zoë {person}")),
    ])
}

fn by_name_in_nsss(person: u32) -> Row {
    row([
        ("ID", &format!("nss-{person}")),
        ("first_name", "zoë"),
        ("last_name", &last_name(person)),
        ("date_of_birth", "19/01/1960"),
        ("submission_datetime", "2021-03-01 10:22:00"),
    ])
}

fn by_number_in_spl(person: u32) -> Row {
    row([
        ("Traced_NHSNUMBER", &nhs_number(person)),
        ("PatientFirstName", "Siân"),
        ("PatientSurname", &last_name(person)),
        ("DateOfBirth", "03/04/1951"),
        ("PatientAddress_Line1", "1 Mare Street"),
        ("PatientAddress_PostCode", "E8 1AB"),
        ("category", "GP"),
    ])
}

fn by_number_in_nsss(person: u32) -> Row {
    row([
        ("ID", &format!("nss-n{person}")),
        ("nhs_number", &nhs_number(person)),
        ("first_name", "SIÂN"),
        ("last_name", &last_name(person)),
        ("date_of_birth", "1951-04-03"),
        ("submission_datetime", "2021-03-01 10:21:00"),
    ])
}

fn options(drive: &Path, letters: Letters) -> Options {
    let mut options = Options::new(drive);
    options.here_to_help =
        HereToHelp::Simulated { race_window: Duration::from_millis(100), latency: Duration::from_millis(2) };
    options.ways = Ways { letters, ..Ways::default() };
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    options
}

async fn nothing_is_lost_or_doubled(letters: Letters) {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = folder.path();
    let stack = Stack::start(options(drive, letters)).await.expect("the stack starts");
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    let faults = json!({ "seed": 1, "rules": [
        {"answer": "closed", "after": "everything", "probability": 0.1},
        {"answer": "500", "probability": 0.1},
        {"answer": "429", "retry_after": 1, "probability": 0.1},
    ]});
    api.set_faults(serde_json::from_value(faults).expect("faults as the simulator takes them"));
    let nsss = (0..PEOPLE).map(by_number_in_nsss).chain((0..IN_TWO_FEEDS).map(by_name_in_nsss));
    drop_sheet(drive, "generic", "generic.csv", &(0..PEOPLE).map(by_name_in_generic).collect::<Vec<_>>());
    drop_sheet(drive, "spl", "spl.csv", &(0..PEOPLE).map(by_number_in_spl).collect::<Vec<_>>());
    drop_sheet(drive, "nsss", "nsss.csv", &nsss.collect::<Vec<_>>());

    let runs = common::reported(&stack, 3).await;
    let state = api.state();
    assert!(state.faults.struck.iter().all(|struck| *struck > 0), "{:?}", state.faults.struck);
    let lines: Vec<Line> = runs
        .iter()
        .flat_map(|(run, _)| summaries::of(&stack, &run.id).expect("the summary")["processed"].lines("hackney_cases"))
        .collect();
    let people = PEOPLE as usize;
    let twice = IN_TWO_FEEDS as usize;
    assert_eq!(lines.len(), 3 * people + twice);
    assert!(lines.iter().all(|line| line["status"] == "created"), "{lines:?}");
    assert_eq!((state.help_requests.len(), state.case_notes.len()), (3 * people + twice, 3 * people + twice));
    assert!(state.doubles.help_requests.is_empty() && state.doubles.case_notes.is_empty(), "{:?}", state.doubles);

    // Whom the API made twice: of those in two feeds each, and nobody else. One of their rows says so.
    let doubled: Vec<i64> = state.doubles.residents.iter().flat_map(|double| double.ids.clone()).collect();
    assert_eq!((state.doubles.residents.len(), doubled.len()), (twice, 2 * twice), "{:?}", state.doubles.residents);
    for double in &state.doubles.residents {
        let is_theirs = |line: &&Line| double.ids.iter().any(|id| line["resident_id"] == id.to_string());
        let warned = lines.iter().filter(is_theirs).filter(|line| line["warnings"].contains("made them twice")).count();
        assert!(warned > 0, "{double:?}");
    }
    stack.stop().await.expect("the stack stops");
}

#[tokio::test]
async fn before_a_database_that_folds_no_such_letters() {
    nothing_is_lost_or_doubled(Letters::AsciiStored).await;
}

#[tokio::test]
async fn before_a_dotnet_that_folds_no_such_letters() {
    nothing_is_lost_or_doubled(Letters::AsciiSent).await;
}
