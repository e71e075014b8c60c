//! What the tests on a stack share.

use std::time::Duration;

use ledger::{Progress, Run};
use local_stack::Stack;

/// How long a condition is waited for before the test gives up; nothing is judged by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(400);

/// Waits until this many runs have their summary.
pub(crate) async fn reported(stack: &Stack, runs: usize) -> Vec<(Run, Progress)> {
    let all = async {
        loop {
            let mut seen = Vec::new();
            for feed in feeds::all() {
                for run in stack.ledger.runs(feed, chrono::DateTime::UNIX_EPOCH).await.expect("the runs") {
                    let progress = stack.ledger.progress(&run).await.expect("the progress");
                    seen.push((run, progress));
                }
            }
            if seen.len() >= runs && seen.iter().all(|(run, _)| run.report.is_some()) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|_| panic!("no {runs} summaries; logs: {:?}", stack.logs))
}
