//! A redrive and a discard that are killed (kill -9) at known calls and started again: nothing twice, nothing lost.

use std::time::Duration;

use aws_sdk_sqs::types::MessageSystemAttributeName;
use feeds::Outcome;
use ledger::{Progress, Run};
use local_stack::{Options, Stack, dead_letters};
use serde_json::Value;

use crate::common;
use crate::common::door::{Door, Hold};
use crate::common::h2h::H2h;

/// Rows of each run: several batches of messages and of transactions.
const ROWS: u32 = 60;
/// The residents of the second run are others.
const OTHERS: u32 = 1_000;

/// A stack, and h2h on it.
struct Scene {
    stack: Stack,
    h2h: H2h,
}

impl Scene {
    async fn run(&self, run: &Run) -> (Run, Progress) {
        let run = self.stack.ledger.run(&run.id).await.expect("an answer").expect("the run");
        let progress = self.stack.ledger.progress(&run).await.expect("the progress");
        (run, progress)
    }

    async fn letters(&self) -> u64 {
        let counts = self.h2h.json(&["dlq", "list"]).await;
        let letters = &counts["letters"];
        letters["visible"].as_u64().expect("a count") + letters["in_flight"].as_u64().expect("a count")
    }

    /// Receives a few dead letters and lets them be: how often each was received.
    async fn receives(&self) -> Vec<String> {
        let count = MessageSystemAttributeName::ApproximateReceiveCount;
        let sqs = aws_sdk_sqs::Client::new(&self.stack.aws);
        let request = sqs.receive_message().queue_url(&self.stack.endpoints.dead_letter_queue);
        let request = request.max_number_of_messages(10).visibility_timeout(0);
        let received = request.message_system_attribute_names(count.clone()).send().await.expect("an answer");
        let counts = received.messages.unwrap_or_default().into_iter();
        counts.map(|letter| letter.attributes.and_then(|mut all| all.remove(&count)).expect("a count")).collect()
    }

    /// Starts h2h, and kills it where it is to be held.
    async fn kill(&self, arguments: &[&str], hold: Hold) {
        let folder = tempfile::tempdir().expect("a folder");
        let door = Door::open(&self.stack.endpoints, folder.path(), hold).await;
        let h2h = H2h { local: folder.path().to_owned(), ..self.h2h.clone() };
        let mut running = h2h.command(arguments).spawn().expect("h2h runs");
        let held = async {
            tokio::select! {
                () = door.held() => {}
                ended = running.wait() => panic!("{arguments:?} ended before {hold:?}: {ended:?}"),
            }
        };
        tokio::time::timeout(common::PATIENCE, held).await.expect("h2h comes to where it is held");
        running.kill().await.expect("killed");
    }

    /// Runs a command again and again until it has left no dead letter; what is settled stays so.
    async fn until_no_letter_is_left(&self, arguments: &[&str]) -> Vec<Value> {
        let mut said = Vec::new();
        let all = async {
            loop {
                said.push(self.h2h.json(arguments).await);
                if self.letters().await == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::time::timeout(common::PATIENCE, all).await.expect("every letter is taken off");
        said
    }

    /// Waits until the run's summary has all in it.
    async fn reported(&self, run: &Run) -> (Run, Progress) {
        let current = async {
            loop {
                let (run, progress) = self.run(run).await;
                if run.report.is_some_and(|report| report.moves == progress.moves) {
                    return (run, progress);
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(common::PATIENCE, current).await.expect("the summary has every move in it")
    }
}

#[tokio::test]
async fn a_redrive_and_a_discard_that_are_killed_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(Options::new(folder.path())).await.expect("the stack starts");
    let h2h = H2h::build(&folder.path().canonicalize().expect("a path")).await;
    let sent = dead_letters::make(&stack.endpoints, 0, ROWS).await.expect("dead letters");
    let scene = Scene { stack, h2h };
    let all = u64::from(ROWS);

    // A look receives no dead letter: the first who does is the first.
    assert_eq!(scene.letters().await, all);
    scene.h2h.json(&["status"]).await;
    assert_eq!(scene.receives().await, vec!["1"; 10]);

    // Before and after a batch of pointers is sent, and after dead letters are deleted: in each, other rows are left.
    let redrive = ["dlq", "redrive", "--run", sent.id.as_str(), "--yes"];
    for (operation, call, is_made) in
        [("SendMessageBatch", 2, false), ("SendMessageBatch", 2, true), ("DeleteMessageBatch", 2, true)]
    {
        scene.kill(&redrive, Hold { operation, call, is_made }).await;
        let (run, progress) = scene.run(&sent).await;
        let totals = progress.totals(&run);
        assert_eq!(totals.values().sum::<u64>(), all, "after {operation}: {totals:?}");
    }
    scene.until_no_letter_is_left(&redrive).await;
    let api = scene.stack.here_to_help.as_ref().expect("the stack's own simulator");
    let created = async {
        while scene.run(&sent).await.1.settled.get(&Outcome::Created) != Some(&all) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(common::PATIENCE, created).await.expect("every row is created");
    let (run, progress) = scene.reported(&sent).await;
    assert_eq!(progress.totals(&run), [(Outcome::Created, all)].into());

    // In the middle of the rows, at their end, and in the middle of the dead letters.
    let left = dead_letters::make(&scene.stack.endpoints, OTHERS, ROWS).await.expect("dead letters");
    let discard = ["dlq", "discard", "--run", left.id.as_str(), "--why", "they moved away", "--yes"];
    for (operation, call, is_made) in
        [("TransactWriteItems", 20, false), ("TransactWriteItems", 20, true), ("DeleteMessageBatch", 2, true)]
    {
        scene.kill(&discard, Hold { operation, call, is_made }).await;
        let (run, progress) = scene.run(&left).await;
        let totals = progress.totals(&run);
        assert_eq!(totals.values().sum::<u64>(), all, "after {operation}: {totals:?}");
        let skipped = totals.get(&Outcome::Skipped).copied().unwrap_or_default();
        let is_in_the_middle = skipped > 0 && skipped < all;
        assert!(is_in_the_middle || operation == "DeleteMessageBatch", "{operation}: {totals:?}");
    }
    let said = scene.until_no_letter_is_left(&discard).await;
    assert!(said.iter().all(|one| one["in_hand"] == 0), "{said:?}");
    let (run, progress) = scene.reported(&left).await;
    assert_eq!(progress.totals(&run), [(Outcome::Skipped, all)].into());

    assert_eq!(common::reported(&scene.stack, 2).await.len(), 2, "each has its summary");

    // One of each resident of the first run, and nobody of the second.
    let state = api.state();
    let wanted = usize::try_from(ROWS).expect("small");
    assert_eq!((state.residents.len(), state.help_requests.len()), (wanted, wanted));
    assert!(state.doubles.residents.is_empty() && state.doubles.help_requests.is_empty(), "{:?}", state.doubles);
    assert_eq!(scene.h2h.run(&["dlq", "list"]).await.status.code(), Some(0));
    scene.stack.stop().await.expect("the stack stops");
}
