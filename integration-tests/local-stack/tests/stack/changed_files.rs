//! Files that change while they are read: what is posted is one whole reading of what lies there in the end.
//!
//! The schedules stand still; the test calls the splitter itself.

use std::fs;
use std::path::Path;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use futures::future::join_all;
use ledger::{Run, RunState};
use local_stack::spl;
use local_stack::summaries;
use local_stack::{Options, Stack};
use serde_json::json;

/// How long a condition is waited for before the test gives up; nothing is judged by it.
const PATIENCE: Duration = Duration::from_secs(400);
/// How long a file must be left alone before it is taken.
const QUIET: Duration = Duration::from_secs(1);

/// A person's row at the end of a list.
fn one_more(person: u32) -> String {
    spl::row(person, &[]).join(",") + "\n"
}

/// The stack, and the folder that lists are dropped into.
struct Bench<'a> {
    stack: &'a Stack,
    inbound: &'a Path,
}

impl Bench<'_> {
    fn drop(&self, name: &str, content: &str) {
        fs::write(self.inbound.join(name), content).expect("dropped");
    }

    /// One poll of the folder.
    async fn split(&self) {
        let lambda = aws_sdk_lambda::Client::new(&self.stack.aws);
        let poll = Blob::new(r#"{"feed":"spl"}"#);
        let answer = lambda.invoke().function_name("splitter").payload(poll).send().await.expect("an answer");
        let said = answer.payload.map(|payload| String::from_utf8_lossy(payload.as_ref()).into_owned());
        assert_eq!(answer.function_error, None, "{said:?}");
    }

    /// The runs of a file by the name that it was claimed under, oldest first.
    async fn runs(&self, name: &str) -> Vec<Run> {
        let feed = Feed::named("spl").expect("the feed");
        let mut runs = self.stack.ledger.runs(feed, DateTime::UNIX_EPOCH).await.expect("the runs");
        runs.retain(|run| run.file_name == name);
        runs
    }

    /// Polls until the file's nth run is in this state.
    async fn polled_until(&self, name: &str, nth: usize, state: RunState) -> Run {
        let reached = async {
            loop {
                self.split().await;
                let mut runs = self.runs(name).await;
                if runs.len() >= nth && runs[nth - 1].state == state {
                    return runs.swap_remove(nth - 1);
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        reached.unwrap_or_else(|_| panic!("{name}: no {state:?}; logs: {:?}", self.stack.logs))
    }

    /// Polls until the rejected file has its summary, which says why.
    async fn rejected(&self, name: &str, why: &str) {
        let run = self.polled_until(name, 1, RunState::Rejected).await;
        assert_eq!((run.rows_enqueued, run.rows_read <= 2), (0, true), "{name}");
        while self.runs(name).await[0].report.is_none() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let books = summaries::of(self.stack, &run.id).expect("the summary");
        assert_eq!(books.len(), 1, "{name}");
        let text = books["rejected"].text();
        assert!(text.contains(&format!("The file was {why}")), "{name}:\n{text}");
        assert!(text.contains("upload the list again as a new file"), "{name}:\n{text}");
    }

    async fn created(&self, run: &Run) -> (Option<u64>, Option<u64>) {
        let totals = self.stack.ledger.progress(run).await.expect("the progress").totals(run);
        (totals.get(&Outcome::Created).copied(), totals.get(&Outcome::AlreadyKnown).copied())
    }

    /// The runs that the API's help requests came from, each once.
    fn posted_from(&self) -> Vec<String> {
        let api = self.stack.here_to_help.as_ref().expect("the stack's own simulator").state();
        let rows = api.help_requests.iter().filter_map(|request| request.metadata("ingestion_row"));
        let mut runs: Vec<String> = rows.filter_map(|row| row.split_once('/').map(|(run, _)| run.to_owned())).collect();
        runs.sort();
        runs.dedup();
        runs
    }
}

#[tokio::test]
async fn what_is_posted_is_one_whole_reading_of_what_lies_there_in_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = Options::new(folder.path());
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    options.tempo.poll = Duration::from_secs(24 * 60 * 60);
    options.tempo.quiet = QUIET;
    let stack = Stack::start(options).await.expect("the stack starts");
    let inbound = folder.path().join("spl/inbound");
    let bench = Bench { stack: &stack, inbound: &inbound };
    let once_read = |file: &str, change: serde_json::Value| json!({"file": file, "reads": 1, "change": change});
    let faults = json!({"on_read": [
        once_read("changed.csv", json!({"append": one_more(1)})),
        once_read("edited", json!({"append": one_more(3)})),
        once_read("touched", json!("touch")),
        once_read("renamed.csv", json!({"rename": "its new name.csv"})),
        once_read("trashed.csv", json!("trash")),
        once_read("trashed sheet", json!("trash")),
        once_read("deleted.csv", json!("delete")),
        once_read("deleted sheet", json!("delete")),
        once_read("there and back.csv", json!({"append_ahead": one_more(9)})),
    ]});
    stack.google.set_faults(serde_json::from_value(faults).expect("faults as the simulator takes them"));

    a_csv_that_changed_is_read_again_as_a_new_run(&bench).await;
    a_sheet_that_changed_is_read_again(&bench).await;
    a_file_that_was_renamed_goes_on(&bench).await;
    bench.drop("trashed.csv", &spl::list(6..7));
    bench.drop("trashed sheet.gsheet.csv", &spl::list(6..7));
    bench.drop("deleted.csv", &spl::list(6..7));
    bench.drop("deleted sheet.gsheet.csv", &spl::list(6..7));
    bench.rejected("trashed.csv", "put into the trash").await;
    bench.rejected("trashed sheet", "put into the trash").await;
    bench.rejected("deleted.csv", "deleted").await;
    bench.rejected("deleted sheet", "deleted").await;
    content_that_is_there_again_is_split_after_all(&bench).await;
    of_many_splitters_one_splits(&bench).await;

    for (file, runs) in
        [("changed.csv", 3), ("edited", 1), ("touched", 1), ("there and back.csv", 1), ("together.csv", 1)]
    {
        assert_eq!(bench.runs(file).await.len(), runs, "{file}");
    }
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator").state();
    assert!(api.doubles.is_empty(), "{:?}", api.doubles);
    assert_eq!(
        api.help_requests.len(),
        3 + 3 + 1 + 1 + 40,
        "nobody of the files that are gone, nor of a dropped reading"
    );
    stack.stop().await.expect("the stack stops");
}

async fn a_csv_that_changed_is_read_again_as_a_new_run(bench: &Bench<'_>) {
    bench.drop("changed.csv", &spl::list(0..1));
    let first = bench.polled_until("changed.csv", 1, RunState::Superseded).await;
    assert_eq!((first.rows_read, first.rows_enqueued), (1, 0), "it was read, and nothing of it enqueued");
    let second = bench.polled_until("changed.csv", 2, RunState::Reported).await;
    assert_eq!((second.rows_read, bench.created(&second).await), (2, (Some(2), None)));
    assert_eq!(bench.posted_from(), [second.id.to_string()], "nothing of the first reading was posted");

    // And a later revision is a run of its own.
    bench.drop("changed.csv", &(spl::list(0..2) + &one_more(2)));
    let third = bench.polled_until("changed.csv", 3, RunState::Reported).await;
    assert_eq!((third.rows_read, bench.created(&third).await), (3, (Some(1), Some(2))));
}

async fn a_sheet_that_changed_is_read_again(bench: &Bench<'_>) {
    bench.drop("edited.gsheet.csv", &spl::csv(&[spl::row(4, &[])]));
    bench.drop("touched.gsheet.csv", &spl::csv(&[spl::row(5, &[])]));
    let edited = bench.polled_until("edited", 1, RunState::Reported).await;
    assert_eq!((edited.generation, edited.rows_read, bench.created(&edited).await), (2, 2, (Some(2), None)));
    let touched = bench.polled_until("touched", 1, RunState::Reported).await;
    assert_eq!((touched.generation, touched.rows_read, bench.created(&touched).await), (2, 1, (Some(1), None)));
}

async fn a_file_that_was_renamed_goes_on(bench: &Bench<'_>) {
    bench.drop("renamed.csv", &spl::list(7..8));
    let run = bench.polled_until("renamed.csv", 1, RunState::Reported).await;
    assert_eq!(bench.created(&run).await, (Some(1), None));
    bench.split().await;
    assert!(bench.runs("its new name.csv").await.is_empty(), "it is the same file and content");
}

async fn content_that_is_there_again_is_split_after_all(bench: &Bench<'_>) {
    let content = spl::list(8..9);
    bench.drop("there and back.csv", &content);
    let superseded = bench.polled_until("there and back.csv", 1, RunState::Superseded).await;
    // The content in between is never seen: it was not left alone for long enough.
    bench.drop("there and back.csv", &content);
    let run = bench.polled_until("there and back.csv", 1, RunState::Reported).await;
    assert_eq!((&run.id, run.generation), (&superseded.id, 2));
    assert!(run.claimed_at > superseded.claimed_at);
    assert_eq!((run.rows_read, bench.created(&run).await), (1, (Some(1), None)));
}

async fn of_many_splitters_one_splits(bench: &Bench<'_>) {
    bench.drop("together.csv", &spl::list(10..50));
    let dropped = Utc::now();
    while Utc::now() <= dropped + QUIET {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    join_all((0..6).map(|_| bench.split())).await;
    let run = bench.polled_until("together.csv", 1, RunState::Reported).await;
    assert_eq!((run.rows_read, run.rows_enqueued, bench.created(&run).await), (40, 40, (Some(40), None)));
    let log = fs::read_to_string(bench.stack.logs.join("splitter.log")).expect("the log");
    let splits = log.lines().filter(|line| line.contains(run.id.as_str()) && line.contains("\"split\",\"rows_read\""));
    let splits: Vec<_> = splits.collect();
    assert_eq!(splits.len(), 1, "{splits:#?}");
}
