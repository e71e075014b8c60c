//! One summary for each run, whatever Google and people do.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::time::{Duration, SystemTime};

use chrono::TimeDelta;
use drive::Form;
use feeds::{Feed, Outcome, Settlement};
use ledger::Run;
use simulators::google::{Call, Direction, Fault, Faults, Folder};

use crate::late::tab;
use crate::support::{Fixture, PATIENCE, properties};

/// A run of three dead rows, with its summary.
async fn reported(fixture: &Fixture) -> Run {
    let run = fixture.posting("file", 2..=4).await;
    for row in 2..=4 {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    assert!(fixture.report(&run).await);
    run
}

/// A phone that is typed into `to_fix` keeps its first 0. 49 is the number of the format text.
#[tokio::test]
async fn every_tab_of_rows_is_formatted_as_text() {
    let fixture = Fixture::new().await;
    reported(&fixture).await;
    let file = File::open(&fixture.summaries()[0].path).expect("the summary");
    let mut parts = zip::ZipArchive::new(file).expect("a zip archive");
    let mut part = |name: &str| io::read_to_string(parts.by_name(name).expect("the part")).expect("text");
    assert!(part("xl/styles.xml").contains("numFmtId=\"49\""));
    // hackney_cases, summary, to_fix.
    let formatted = [1, 2, 3].map(|tab| part(&format!("xl/worksheets/sheet{tab}.xml")).contains(" style=\""));
    assert_eq!(formatted, [true, false, true]);
}

#[tokio::test]
async fn a_redrive_is_written_over_the_summary_unless_somebody_edited_or_removed_it() {
    let fixture = Fixture::new().await;
    let run = reported(&fixture).await;
    let first = fixture.summaries().remove(0);

    fixture.settle(&run, 2, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let second = fixture.summaries();
    assert_eq!((second.len(), &second[0].id), (1, &first.id), "in place");
    assert!(second[0].version > first.version, "and filled anew");

    // Somebody saves it; a moment later, so that the time of it is another.
    let edited = File::options().append(true).open(&second[0].path).expect("the summary");
    edited.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("a time");
    let before = fs::read(&second[0].path).expect("the summary");
    fixture.settle(&run, 3, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let mut beside = fixture.summaries();
    assert_eq!(beside.len(), 2, "{beside:?}");
    assert!(fs::read(&second[0].path).expect("the summary") == before, "the edited one is left alone");
    beside.retain(|file| file.id != first.id);
    assert!(beside[0].name.ends_with("(version 3)"), "{}", beside[0].name);

    // Somebody throws the new one away.
    fs::remove_file(&beside[0].path).expect("the summary");
    fixture.settle(&run, 4, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(4));
    let left = fixture.summaries();
    assert_eq!(left.len(), 2, "a new one in place of what is gone: {left:?}");
    assert!(left.iter().any(|file| file.name.ends_with("(version 4)")), "{left:?}");
    assert!(fs::read(&second[0].path).expect("the summary") == before, "and the edited one is still left alone");
    assert!(fixture.report(&run).await, "nothing moved since");
    assert_eq!(fixture.summaries().len(), 2);
}

/// A Google Sheet's time and version move once more after it was converted, in our own name: nobody has edited it.
#[tokio::test]
async fn what_google_does_after_a_conversion_is_nobodys_edit() {
    let fixture = Fixture::new().await;
    fixture.google.set_faults(Faults { conversion_goes_on: true, ..Faults::default() });
    let run = reported(&fixture).await;
    let first = fixture.summaries().remove(0);
    for (row, version) in [(2, 2), (3, 3)] {
        fixture.settle(&run, row, Outcome::Created).await;
        assert!(fixture.report(&run).await);
        let there = fixture.summaries();
        assert_eq!((there.len(), &there[0].id), (1, &first.id), "version {version} in place: {there:?}");
    }
    let edited = File::options().append(true).open(&first.path).expect("the summary");
    edited.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("a time");
    fixture.settle(&run, 4, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    assert_eq!(fixture.summaries().len(), 2, "and what a person does is one");
}

#[tokio::test]
async fn there_is_one_summary_although_google_fails_at_every_turn() {
    let fixture = Fixture::new().await;
    let all = [
        Fault::RateLimitExceeded,
        Fault::UserRateLimitExceeded,
        Fault::TooManyRequests,
        Fault::InternalError,
        Fault::Unavailable,
        Fault::ExpiredToken,
        Fault::AnswerLost,
        Fault::IncompleteSearch,
        Fault::UploadCut,
    ];
    let share: BTreeMap<_, _> = all.into_iter().map(|fault| (fault, 0.03)).collect();
    let next = all.into_iter().map(|fault| (fault, 1)).collect();
    fixture.google.set_faults(Faults { seed: 7, share, next, ..Faults::default() });
    let run = reported(&fixture).await;
    let state = fixture.google.state().expect("the folders");
    assert!(all.iter().all(|fault| state.faults.get(fault).is_some_and(|count| *count > 0)), "{:?}", state.faults);
    assert_eq!(fixture.summaries().len(), 1);
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(1));
}

/// A failure that does not pass by itself: the message comes back, the claim is free, and the next try fills the file
/// that the first one made.
#[tokio::test]
async fn a_summary_that_google_refused_is_tried_again_into_the_same_file() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=2).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    let calls = [Call::UploadStart].into();
    let next = BTreeMap::from([(Fault::InsufficientFilePermissions, 1)]);
    fixture.google.set_faults(Faults { calls, next, ..Faults::default() });
    assert!(!fixture.report(&run).await, "it comes back");
    let made = fixture.summaries();
    assert_eq!(made.len(), 1, "made, and not filled");
    assert_eq!(fixture.run(&run.id).await.report, None);
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert_eq!(fixture.queues.bodies("reports").len(), 1, "the sweep asks for it");
    fixture.deliver_reports().await;
    let filled = fixture.summaries();
    assert_eq!((filled.len(), &filled[0].id), (1, &made[0].id));
    assert!(fixture.run(&run.id).await.report.is_some());
}

/// Contact tracing has two spreadsheets. The first is stored when a report is cut off: the next try leaves it alone, unless
/// an outcome moved in between.
#[tokio::test]
async fn a_report_that_was_cut_off_goes_on_with_what_it_has_not_stored() {
    let fixture = Fixture::new().await;
    let feed = Feed::named("contact-tracing").expect("a feed");
    let run = fixture.posting_of(feed, "file", 2..=3).await;
    for row in 2..=3 {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    // So that the first creation is that of the second spreadsheet.
    let key = properties(&run, "hackney");
    let folder = fixture.google.folder_id("contact-tracing", Direction::Outbound);
    let first = fixture.reporter.drive.find_or_create(&folder, "first", &key, Form::Sheet).await.expect("a file");
    let cut_off = || {
        let next = BTreeMap::from([(Fault::InsufficientFilePermissions, 1)]);
        fixture.google.set_faults(Faults { calls: [Call::FilesCreate].into(), next, ..Faults::default() });
    };
    let version = || fixture.summaries().iter().find(|file| file.id == first).expect("the first").version;
    cut_off();
    let empty = version();
    assert!(!fixture.report(&run).await, "it comes back");
    let stored = version();
    assert!(stored > empty && fixture.summaries().len() == 1);
    cut_off();
    assert!(!fixture.report(&run).await);
    assert_eq!(version(), stored, "the first is not written anew");

    fixture.settle(&run, 2, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    assert!(version() > stored, "another outcome, another first");
    assert_eq!(fixture.summaries().len(), 2);
    let report = fixture.run(&run.id).await.report.expect("a report");
    assert_eq!((report.version, report.moves), (1, 1));
}

#[tokio::test]
async fn a_folder_that_was_not_shared_keeps_the_other_runs_summaries_from_nothing() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=2).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    let folder = Folder { feed: "spl".to_owned(), direction: Direction::Outbound };
    fixture.google.set_faults(Faults { not_shared: [folder].into(), ..Faults::default() });
    assert!(!fixture.report(&run).await);
    fixture.google.set_faults(Faults::default());
    assert!(fixture.report(&run).await, "as soon as it is shared");
    assert_eq!(fixture.summaries().len(), 1);
}

/// Google converts only so much: what is larger lies there as an XLSX file. When that changes with a redrive, one file
/// takes the place of the other.
#[tokio::test]
async fn a_summary_that_google_does_not_convert_is_an_xlsx_file() {
    let fixture = Fixture::new().await;
    let limit = |bytes| fixture.google.set_faults(Faults { max_import_bytes: bytes, ..Faults::default() });
    limit(Some(1_000));
    let run = reported(&fixture).await;
    let first = fixture.summaries();
    assert_eq!(first.len(), 1, "{first:?}");
    assert!(first[0].name.ends_with(".xlsx"), "{}", first[0].name);
    assert!(fs::read(&first[0].path).expect("the summary").starts_with(b"PK"), "a workbook");

    fixture.settle(&run, 2, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let second = fixture.summaries();
    assert_eq!((second.len(), &second[0].id), (1, &first[0].id), "in place");

    limit(None);
    fixture.settle(&run, 3, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let third = fixture.summaries();
    assert_eq!(third.len(), 1, "the other one is thrown away: {third:?}");
    assert_eq!(format!("{}.xlsx", third[0].name), first[0].name);
    let reported = fixture.run(&run.id).await;
    let noted: Vec<&str> = reported.summary_files().map(|file| file.id.as_str()).collect();
    assert_eq!(noted, [third[0].id.as_str()], "and forgotten");

    // Somebody edits the sheet; then the limit is lower again.
    let edited = File::options().append(true).open(&third[0].path).expect("the summary");
    edited.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("a time");
    limit(Some(1_000));
    fixture.settle(&run, 4, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let fourth = fixture.summaries();
    assert!(fourth.len() == 2 && fourth.iter().any(|file| file.id == third[0].id), "somebody's work stays: {fourth:?}");
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(4));
}

#[tokio::test]
async fn a_warning_stands_in_the_summary_once_with_its_rows() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=5).await;
    for row in 2..=5 {
        let warnings = match row {
            3 => vec!["address replaced".to_owned()],
            _ => vec![format!("mobile: \"Canary{row}\" is not a phone number and was left out")],
        };
        let mut claimed = fixture.claim(&run, row).await;
        claimed.record.warnings = warnings;
        claimed.settle(Settlement::new(Outcome::Created)).await.expect("settled");
    }
    assert!(fixture.report(&run).await, "written");
    let lines = tab(&fixture.summaries()[0], "summary");
    let warnings: Vec<String> = lines.iter().filter(|line| line[0] == "warning").map(|line| line.join(" | ")).collect();
    assert_eq!(
        warnings,
        [
            "warning | 3 | mobile: what stands there is not a phone number and was left out (rows 2, 4 and 5) | ",
            "warning | 1 | address replaced (row 3) | ",
        ]
    );
}

/// What was told of the last list, if anything.
fn compared(fixture: &Fixture, file: &str) -> Vec<String> {
    let summaries = fixture.summaries();
    let of_file = summaries.iter().find(|summary| summary.name.contains(file)).expect("a summary");
    let lines = tab(of_file, "summary").into_iter();
    let lines = lines.skip_while(|line| line[0] != "Compared with the last sheet").skip(1);
    lines.take_while(|line| !line[0].is_empty()).map(|line| line[..2].join(": ")).collect()
}

/// Corrected rows of a list are few: they are no list to compare with, nor compared themselves.
#[tokio::test]
async fn a_list_is_compared_with_the_last_one_and_corrections_are_none() {
    let fixture = Fixture::new().await;
    for (file, rows, outcome, from) in [
        ("week-1", 2..=26, Outcome::Created, None),
        ("cancelled", 2..=2, Outcome::Created, Some("sheet")),
        ("correction", 2..=3, Outcome::Created, Some("to_fix")),
        ("week-2", 2..=6, Outcome::AlreadyKnown, Some("sheet")),
    ] {
        let run = fixture.posting_from_tab(crate::support::spl(), file, rows.clone(), from).await;
        if file == "cancelled" {
            crate::cancelling::cancel(&fixture, &run).await;
            fixture.sweep().await;
        } else {
            for row in rows {
                fixture.settle(&run, row, outcome).await;
            }
        }
        assert!(fixture.report(&run).await, "{file}");
        fixture.advance(TimeDelta::minutes(1));
    }
    assert!(compared(&fixture, "week-1").is_empty(), "there is none before it");
    assert!(compared(&fixture, "correction").is_empty());
    let told = compared(&fixture, "week-2");
    assert!(told[0].starts_with("rows: 80 % fewer rows than "), "{told:?}");
    assert!(told[0].ends_with("(25 then, 5 now). Is the list whole?"), "{told:?}");
    assert!(told[1].starts_with("columns: the same as ") && told[2].starts_with("already known: 100 %; "), "{told:?}");
}
