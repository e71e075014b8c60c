//! Summaries that are written when rows of their run are not kept any more: no row leaves the outbound folder for it.

use std::collections::BTreeMap;
use std::fs;

use calamine::{Reader, Xlsx, open_workbook};
use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use simulators::google::{Call, Fault, Faults, FileState};

use crate::support::Fixture;

/// A run of dead rows with its summary. Half of its rows' time is over then, and the rest are redriven in vain: they
/// are kept for longer than rows 2 and 3.
async fn reported(fixture: &Fixture, rows: std::ops::RangeInclusive<u32>) -> Run {
    let run = fixture.posting("file", rows.clone()).await;
    for row in rows.clone() {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    assert!(fixture.report(&run).await);
    fixture.advance(TimeDelta::days(15));
    for row in rows.filter(|row| *row > 3) {
        fixture.settle(&run, row, Outcome::Uncertain).await;
    }
    assert!(fixture.report(&run).await);
    assert_eq!(fixture.summaries().len(), 1, "all rows are kept");
    run
}

/// A tab of a summary, line by line.
pub(crate) fn tab(file: &FileState, name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(&file.path).expect("a workbook");
    let range = book.worksheet_range(name).expect("the tab");
    range.rows().map(|cells| cells.iter().map(ToString::to_string).collect()).collect()
}

/// The people in a summary.
fn people(file: &FileState) -> Vec<String> {
    let lines = tab(file, "hackney_cases");
    let column = lines[0].iter().position(|column| column == "PatientSurname").expect("the column");
    lines[1..].iter().map(|line| line[column].clone()).collect()
}

/// The words of the tab `summary` on rows that are not there.
fn incomplete(file: &FileState) -> Option<String> {
    let lines: BTreeMap<_, _> =
        tab(file, "summary").into_iter().map(|line| (line[0].clone(), line[1].clone())).collect();
    lines.get("incomplete").cloned()
}

fn content(file: &FileState) -> Vec<u8> {
    fs::read(&file.path).expect("the summary")
}

#[tokio::test]
async fn a_late_redrive_is_written_beside_the_whole_summary_and_then_over_its_own() {
    let fixture = Fixture::new().await;
    let run = reported(&fixture, 2..=7).await;
    let whole = fixture.summaries().remove(0);
    let before = content(&whole);
    assert_eq!((people(&whole).len(), incomplete(&whole)), (6, None));

    // One is deleted, and the other is not yet.
    fixture.advance(TimeDelta::days(16));
    fixture.delete_row(&run, 2).await;
    fixture.settle(&run, 4, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let mut files = fixture.summaries();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(content(&whole) == before, "the whole one is left alone");
    files.retain(|file| file.id != whole.id);
    let part = files.remove(0);
    assert!(part.name.ends_with("(version 3, only the rows still kept)"), "{}", part.name);
    assert_eq!(people(&part), ["Person 4", "Person 5", "Person 6", "Person 7"]);
    let said = incomplete(&part).expect("a line");
    assert!(said.contains("Not in it: 2 rows,") && said.contains("The earlier spreadsheet"), "{said}");

    // No more rows went since: nothing is lost by writing over it.
    fixture.delete_row(&run, 3).await;
    fixture.settle(&run, 5, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let again = fixture.summaries().into_iter().find(|file| file.id == part.id).expect("the part");
    assert!(again.version > part.version && fixture.summaries().len() == 2, "in place");
    assert!(content(&whole) == before, "the whole one is still left alone");

    // And one more goes.
    fixture.delete_row(&run, 6).await;
    fixture.settle(&run, 7, Outcome::Created).await;
    let before = [content(&whole), content(&part)];
    assert!(fixture.report(&run).await);
    assert_eq!(fixture.summaries().len(), 3);
    assert!([content(&whole), content(&part)] == before, "both are left alone");
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(5));
}

#[tokio::test]
async fn what_was_forgotten_stays_in_the_earlier_summary_only() {
    let fixture = Fixture::new().await;
    let run = reported(&fixture, 2..=5).await;
    let whole = fixture.summaries().remove(0);
    let before = content(&whole);
    fixture.ledger.note_forgotten(&run.id).await.expect("noted");
    assert!(fixture.ledger.forget_row(&run, 4).await.expect("an answer"));
    fixture.settle(&run, 5, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    assert!(content(&whole) == before, "the whole one is left alone");
    let part = fixture.summaries().into_iter().find(|file| file.id != whole.id).expect("another one");
    assert_eq!(people(&part), ["Person 2", "Person 3", "Person 5"]);
}

/// The rest of a large summary is small enough for Google to convert, and takes the large one's place no more than
/// another XLSX file would.
#[tokio::test]
async fn a_whole_summary_in_the_other_form_is_not_thrown_away() {
    let fixture = Fixture::new().await;
    fixture.google.set_faults(Faults { max_import_bytes: Some(1_000), ..Faults::default() });
    let run = reported(&fixture, 2..=5).await;
    let whole = fixture.summaries().remove(0);
    assert!(whole.name.ends_with(".xlsx"), "{}", whole.name);
    fixture.google.set_faults(Faults::default());
    fixture.advance(TimeDelta::days(16));
    fixture.delete_row(&run, 2).await;
    for (row, version) in [(4, 3), (5, 4)] {
        fixture.settle(&run, row, Outcome::Created).await;
        assert!(fixture.report(&run).await);
        let files = fixture.summaries();
        assert!(files.len() == 2 && files.iter().any(|file| file.id == whole.id), "version {version}: {files:?}");
        assert!(files.iter().any(|file| file.name.ends_with("(version 3, only the rows still kept)")), "{files:?}");
    }
}

/// Posting was paused for a month, say: the first summary comes when rows that were settled before are gone.
#[tokio::test]
async fn a_first_summary_is_written_whatever_is_left_and_says_what_is_not() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=4).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.advance(TimeDelta::days(31));
    fixture.settle(&run, 3, Outcome::Created).await;
    fixture.settle(&run, 4, Outcome::DeadLettered).await;
    assert!(fixture.report(&run).await);
    let first = fixture.summaries().remove(0);
    assert!(!first.name.contains("version"), "{}", first.name);
    assert_eq!(people(&first), ["Person 3", "Person 4"]);
    assert!(incomplete(&first).expect("a line").contains("Not in it: 1 row,"));

    // The next one loses nothing of it.
    fixture.settle(&run, 4, Outcome::Created).await;
    assert!(fixture.report(&run).await);
    let second = fixture.summaries();
    assert_eq!((second.len(), &second[0].id), (1, &first.id), "in place");
    assert!(second[0].version > first.version);
}

/// The remains of a reporter that failed or died are not an earlier summary, although no row was gone at that time.
#[tokio::test]
async fn a_first_summary_that_was_made_and_not_filled_is_filled_with_what_is_left() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=4).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.advance(TimeDelta::days(20));
    fixture.settle(&run, 3, Outcome::Created).await;
    fixture.settle(&run, 4, Outcome::Created).await;
    let next = BTreeMap::from([(Fault::InsufficientFilePermissions, 1)]);
    fixture.google.set_faults(Faults { calls: [Call::UploadStart].into(), next, ..Faults::default() });
    assert!(!fixture.report(&run).await, "it comes back");
    let made = fixture.summaries().remove(0);

    fixture.advance(TimeDelta::days(11));
    assert!(fixture.report(&run).await);
    let filled = fixture.summaries();
    assert_eq!((filled.len(), &filled[0].id), (1, &made.id));
    assert_eq!(people(&filled[0]), ["Person 3", "Person 4"]);
}

/// Rows are forgotten while the summary is being written, after they were counted: it is tried again, and counts anew.
#[tokio::test]
async fn a_summary_whose_rows_vanish_while_it_is_written_is_not_stored() {
    let fixture = Fixture::new().await;
    let run = reported(&fixture, 2..=5).await;
    let whole = fixture.summaries().remove(0);
    let before = content(&whole);
    // Too young for anybody to count.
    fixture.delete_row(&run, 4).await;
    fixture.settle(&run, 5, Outcome::Created).await;
    assert!(!fixture.report(&run).await, "it comes back");
    assert!(content(&whole) == before && fixture.summaries().len() == 1, "the whole one is left alone");
    fixture.ledger.note_forgotten(&run.id).await.expect("noted");
    assert!(fixture.report(&run).await);
    assert!(content(&whole) == before && fixture.summaries().len() == 2, "and now it stands beside");
}
