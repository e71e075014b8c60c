//! The real Lambda binaries on a local AWS: the messages of a run are lost in the middle of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use aws::mapping::{Flow, Mapping};
use aws_sdk_sqs::types::QueueAttributeName;
use feeds::{Feed, Outcome};
use ledger::{Run, RunState};
use local_stack::proxy::{Decide, Fate};
use local_stack::{HereToHelp, Options, Stack};
use simulators::google::{Direction, Fault, Faults, Folder};

use crate::common;
use crate::common::deeds;
use crate::common::until;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/feeds/tests/fixtures/spl.csv");

fn options(drive: &Path) -> Options {
    let mut options = Options::new(drive);
    // Slow and alone, so that rows are left in the queue when it is emptied.
    options.here_to_help = HereToHelp::Simulated { race_window: Duration::ZERO, latency: Duration::from_millis(400) };
    options.poster_concurrency = 2;
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    options
}

/// The run of the sheet, as soon as all its rows are enqueued.
async fn enqueued(stack: &Stack) -> Run {
    let spl = Feed::named("spl").expect("a feed");
    until("all is enqueued", async || {
        let runs = stack.ledger.runs(spl, chrono::DateTime::UNIX_EPOCH).await.expect("the runs");
        runs.into_iter().find(|run| run.state == RunState::Posting)
    })
    .await
}

#[tokio::test]
async fn messages_lost_in_the_middle_of_a_run_are_enqueued_again_and_it_ends_in_one_summary() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(options(folder.path())).await.expect("the stack starts");
    // The summary's upload breaks in the middle, again and again.
    let next = [(Fault::UploadCut, 4)].into();
    stack.google.set_faults(Faults { next, ..Faults::default() });
    fs::copy(FIXTURE, folder.path().join("spl/inbound/week 9.csv")).expect("the fixture");

    let run = enqueued(&stack).await;
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

#[tokio::test]
async fn rows_whose_messages_are_lost_each_time_are_given_up_and_the_summary_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(folder.path());
    options.decide = Some(Decide::by(|_| Fate::Pass));
    // The mapping is stopped below, and the probe would start it again.
    options.tempo.probe = Duration::from_secs(3600);
    let stack = Stack::start(options).await.expect("the stack starts");
    let log = stack.logs.join("poster.log");
    // The probe's last word: it sets the mapping before.
    until("the first probe", async || fs::read_to_string(&log).ok().filter(|log| log.contains("probed"))).await;
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let mapping = Mapping::new(lambda, "poster", &stack.endpoints.rows_queue);
    mapping.set(Flow::Stopped).await.expect("no row reaches a poster");
    fs::copy(FIXTURE, folder.path().join("spl/inbound/week 9.csv")).expect("the fixture");
    let run = enqueued(&stack).await;
    // The summary's folder is not shared at first.
    let outbound = Folder { feed: "spl".to_owned(), direction: Direction::Outbound };
    stack.google.set_faults(Faults { not_shared: [outbound].into(), ..Faults::default() });
    let log = stack.logs.join("reporter.log");
    let reported = async {
        let failed = "the summary is tried again later";
        until(failed, async || fs::read_to_string(&log).ok().filter(|log| log.contains(failed))).await;
        stack.google.set_faults(Faults::default());
        common::reported(&stack, 1).await
    };

    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    let lose = async {
        loop {
            sqs.purge_queue().queue_url(&stack.endpoints.rows_queue).send().await.expect("the queue is emptied");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let runs = tokio::select! {
        runs = reported => runs,
        never = lose => never,
    };
    let (run, progress) = runs.iter().find(|(seen, _)| seen.id == run.id).expect("the run");
    let expected = BTreeMap::from([(Outcome::DeadLettered, 39), (Outcome::Rejected, 21)]);
    assert_eq!(progress.totals(run), expected);
    let letters = QueueAttributeName::ApproximateNumberOfMessages;
    until("a letter for each row", async || {
        let queue = sqs.get_queue_attributes().queue_url(&stack.endpoints.dead_letter_queue);
        let answer = queue.attribute_names(letters.clone()).send().await.expect("an answer");
        answer.attributes?.get(&letters).filter(|letters| *letters == "39").map(|_| ())
    })
    .await;

    let calls = [
        "reporter sqs:ChangeMessageVisibility reports",
        "reporter sqs:GetQueueAttributes rows",
        "reporter sqs:SendMessage rows",
        "reporter sqs:SendMessage rows-dead-letters",
    ];
    deeds::demand(&stack, &calls);
    stack.stop().await.expect("the stack stops");
}
