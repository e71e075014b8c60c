//! The real Lambda binaries on a local AWS: the five sheets together, against an API that finds and then inserts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use feeds::Outcome;
use ledger::RunState;
use local_stack::{HereToHelp, Options, Stack};
use simulators::google::Direction;

use crate::common;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/feeds/tests/fixtures");

fn options(drive: &Path) -> Options {
    let mut options = Options::new(drive);
    options.here_to_help =
        HereToHelp::Simulated { race_window: Duration::from_millis(300), latency: Duration::from_millis(2) };
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    options.excluded = "ctas-excluded, other".to_owned();
    options
}

fn put(drive: &Path, feed: &str, name: &str) {
    let inbound = drive.join(feed).join("inbound");
    fs::create_dir_all(&inbound).expect("the folder");
    let fixture = Path::new(FIXTURES).join(format!("{feed}.csv"));
    fs::copy(&fixture, inbound.join(name)).expect("the fixture");
}

/// The counts of rows that the fixtures expect, by decision.
fn expected(feed: &str) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(Path::new(FIXTURES).join(format!("{feed}.expected.jsonl"))).expect("the fixture");
    let mut counts = BTreeMap::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        *counts.entry(line["decision"].as_str().expect("a decision").to_owned()).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn five_sheets_together_leave_nothing_out_and_nothing_twice_and_again_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(options(folder.path())).await.expect("the stack starts");
    for feed in feeds::all() {
        put(folder.path(), feed.name(), "week 9.csv");
    }
    let runs = common::reported(&stack, feeds::all().len()).await;
    for (run, progress) in &runs {
        let totals = progress.totals(run);
        let expected = expected(run.feed.name());
        let count = |outcome| totals.get(&outcome).copied().unwrap_or_default();
        let posted: u64 = count(Outcome::Created) + count(Outcome::AlreadyKnown) + count(Outcome::Failed);
        let decided = |word: &str| expected.get(word).copied().unwrap_or_default();
        assert_eq!(run.state, RunState::Reported);
        assert_eq!(posted, decided("post"), "{}: {totals:?}", run.feed);
        assert_eq!(count(Outcome::Skipped), decided("skipped"), "{}: {totals:?}", run.feed);
        assert_eq!(count(Outcome::Rejected), decided("rejected"), "{}: {totals:?}", run.feed);
        assert_eq!(totals.values().sum::<u64>(), run.rows_read, "{}", run.feed);
    }
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    let first = api.state();
    assert!(first.doubles.help_requests.is_empty(), "{:?}", first.doubles.help_requests);
    assert!(first.doubles.case_notes.is_empty(), "{:?}", first.doubles.case_notes);
    assert!(first.doubles.residents.is_empty(), "{:?}", first.doubles.residents);

    // The same sheets under other names: nothing is there twice, and all that was created is already known.
    for feed in feeds::all() {
        put(folder.path(), feed.name(), "week 9 again.csv");
    }
    let runs = common::reported(&stack, 2 * feeds::all().len()).await;
    for (run, progress) in runs.iter().filter(|(run, _)| run.file_name == "week 9 again.csv") {
        let totals = progress.totals(run);
        assert_eq!(totals.get(&Outcome::Created), None, "{}: {totals:?}", run.feed);
    }
    let second = api.state();
    // The API may make a resident without a request where an id stands under another person, and cannot find such a
    // one again by names and ctas id alone (docs/contract/feeds.md, known limits): people are counted by their requests.
    let whose = |state: &simulators::here_to_help::State| -> BTreeMap<i64, i64> {
        state.help_requests.iter().map(|request| (request.id, request.resident_id)).collect()
    };
    assert_eq!(whose(&first), whose(&second));
    let said = |state: &simulators::here_to_help::State| -> BTreeSet<(i64, Option<String>)> {
        state.case_notes.iter().map(|note| (note.help_request_id, note.says())).collect()
    };
    assert_eq!(said(&second).difference(&said(&first)).collect::<Vec<_>>(), Vec::<&(i64, Option<String>)>::new());
    assert_eq!(first.case_notes.len(), second.case_notes.len());

    let files = stack.google.state().expect("the folders").files;
    let mut summaries: BTreeMap<(String, String), usize> = BTreeMap::new();
    for file in files.iter().filter(|file| file.folder.direction == Direction::Outbound && !file.trashed) {
        let property = |name: &str| file.properties.get(name).cloned().unwrap_or_default();
        *summaries.entry((property("run"), property("kind"))).or_default() += 1;
    }
    assert!(summaries.values().all(|count| *count == 1), "{summaries:?}");
    assert_eq!(summaries.len(), 2 * (feeds::all().len() + 1), "contact tracing has two: {summaries:?}");
    stack.stop().await.expect("the stack stops");
}
