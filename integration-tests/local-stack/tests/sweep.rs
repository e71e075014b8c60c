//! The real Lambda binaries on a local AWS: the messages of a run are lost in the middle of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use feeds::{Feed, Outcome};
use ledger::RunState;
use local_stack::{HereToHelp, Options, Stack};
use simulators::google::{Direction, Fault, Faults};

mod common;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/feeds/tests/fixtures/spl.csv");

fn options(drive: &Path) -> Options {
    let mut options = Options::new(drive);
    // Slow and alone, so that rows are left in the queue when it is emptied.
    options.here_to_help = HereToHelp::Simulated { race_window: Duration::ZERO, latency: Duration::from_millis(400) };
    options.poster_concurrency = 2;
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    options
}

#[tokio::test]
async fn messages_lost_in_the_middle_of_a_run_are_enqueued_again_and_it_ends_in_one_summary() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(options(folder.path())).await.expect("the stack starts");
    // The summary's upload breaks in the middle, again and again.
    let next = [(Fault::UploadCut, 4)].into();
    stack.google.set_faults(Faults { next, ..Faults::default() });
    fs::copy(FIXTURE, folder.path().join("spl/inbound/week 9.csv")).expect("the fixture");

    let spl = Feed::named("spl").expect("a feed");
    let enqueued = async {
        loop {
            let runs = stack.ledger.runs(spl, chrono::DateTime::UNIX_EPOCH).await.expect("the runs");
            if let Some(run) = runs.into_iter().find(|run| run.state == RunState::Posting) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let run = tokio::time::timeout(common::PATIENCE, enqueued).await.expect("all is enqueued");
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    sqs.purge_queue().queue_url(&stack.endpoints.rows_queue).send().await.expect("the queue is emptied");

    let runs = common::reported(&stack, 1).await;
    let (run, progress) = runs.iter().find(|(seen, _)| seen.id == run.id).expect("the run");
    assert!(run.sweep_rounds >= 1, "nothing was lost: the test shows nothing");
    let totals = progress.totals(run);
    assert_eq!(totals.values().sum::<u64>(), run.rows_read, "{totals:?}");
    assert_eq!((totals.get(&Outcome::DeadLettered), totals.get(&Outcome::Uncertain)), (None, None), "{totals:?}");
    let doubles = stack.here_to_help.as_ref().expect("the stack's own simulator").state().doubles;
    assert!(doubles.help_requests.is_empty() && doubles.case_notes.is_empty() && doubles.residents.is_empty());

    let state = stack.google.state().expect("the folders");
    assert!(state.faults.get(&Fault::UploadCut).is_some_and(|count| *count > 0), "{:?}", state.faults);
    let summaries: Vec<_> = state.files.iter().filter(|file| file.folder.direction == Direction::Outbound).collect();
    assert_eq!(summaries.len(), 1, "{summaries:?}");
    stack.stop().await.expect("the stack stops");
}
