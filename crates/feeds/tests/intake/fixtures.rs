//! The fixtures, compared whole: every row, every field, every note.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::common::{feed, ingest};
use feeds::{Decision, Judged, SheetRow};
use serde_json::{Value, json};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The rows of a fixture, as the reader gives them.
fn rows_of(name: &str) -> Vec<SheetRow> {
    let file = File::open(fixture(name)).expect("the fixture is there");
    let rows = sheets::open(file, sheets::Format::Csv, &sheets::Limits::default()).expect("a CSV");
    rows.collect::<Result<_, _>>().expect("every row can be read")
}

/// A decision in the shape of the fixtures' `expected.jsonl`.
fn as_json(judged: &Judged) -> Value {
    match &judged.decision {
        Decision::Post(post) => json!({
            "row": judged.row,
            "decision": "post",
            "request": post.request,
            "address": post.address,
            "notes": post.notes,
            "follow_up": post.follow_up,
        }),
        Decision::Skipped { .. } => json!({ "row": judged.row, "decision": "skipped" }),
        Decision::Rejected { .. } => json!({ "row": judged.row, "decision": "rejected" }),
    }
}

fn expected(name: &str) -> Vec<Value> {
    let text = fs::read_to_string(fixture(&format!("{name}.expected.jsonl"))).expect("the fixture is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect()
}

#[test]
fn every_row_of_every_fixture_becomes_what_is_expected() {
    for feed in feeds::all() {
        let judged = ingest(feed, rows_of(&format!("{feed}.csv"))).expect("the file is accepted");
        let expected = expected(feed.name());
        for (judged, expected) in judged.iter().zip(&expected) {
            assert_eq!(as_json(judged), *expected, "{feed}");
        }
        assert_eq!(judged.len(), expected.len(), "{feed}");
    }
}

/// A new kind of id must stand in `METADATA_IDS` of `wire` too, or two posters speak about one request at once.
#[test]
fn every_row_that_is_posted_has_an_id_by_which_the_api_finds_its_request_again() {
    for feed in feeds::all() {
        for judged in ingest(feed, rows_of(&format!("{feed}.csv"))).expect("the file is accepted") {
            if let Decision::Post(post) = &judged.decision {
                assert!(wire::request_key(&post.request).is_some(), "{feed}, row {}", judged.row);
            }
        }
    }
}

#[test]
fn every_feed_has_a_page_for_the_data_team() {
    for feed in feeds::all() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/feeds/{feed}.md"));
        assert!(page.is_file(), "docs/feeds/{feed}.md is missing");
    }
}

#[test]
fn files_that_are_rejected_whole_say_what_to_do() {
    let problems = |name: &str, file: &str| {
        let rejected = ingest(feed(name), rows_of(&format!("rejected/{file}.csv"))).expect_err("the file is rejected");
        let lines: Vec<String> =
            rejected.problems.iter().map(|problem| format!("{}\n  {}", problem.problem, problem.how_to_fix)).collect();
        lines.join("\n")
    };
    insta::assert_snapshot!(problems("generic", "generic-doubled-column"), @r#"
    the column "Email" is there more than once, in I and R
      Keep the right column "Email", delete or rename the others, and drop the file again.
    "#);
    insta::assert_snapshot!(problems("spl", "spl-missing-columns"), @r#"
    the column "PatientSurname" is missing; the nearest that was found is "Patient Surname"
      Name the column "PatientSurname" in row 1, or add it there, and drop the file again.
    the column "category" is missing; the nearest that was found is "Data_Source"
      Name the column "category" in row 1, or add it there, and drop the file again.
    "#);
    insta::assert_snapshot!(problems("nsss", "nsss-month-first"), @r#"
    the dates in the column "date_of_birth" are written with the month before the day: see rows 3 and 4. Others, such as row 2, would be read with day and month swapped
      If that is a slip of rows 3 and 4 alone, correct it there. Otherwise have the list written with the day first, or open it in a program that is set to American dates and save it as a workbook there (in Google Sheets: File, Settings, Locale, before the list is imported). Check that the dates are right, and drop the file again.
    "#);
}
