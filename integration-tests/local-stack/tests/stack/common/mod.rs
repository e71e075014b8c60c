//! Helpers that the tests on a stack share.

pub(crate) mod console;
pub(crate) mod deeds;
pub(crate) mod door;
pub(crate) mod gate;
pub(crate) mod h2h;
pub(crate) mod notices;
pub(crate) mod office;
pub(crate) mod on_call;
pub(crate) mod picture;
pub(crate) mod program;
mod stage;

use std::time::Duration;

use ledger::{Progress, Run};
use local_stack::Stack;

/// How long a condition is waited for before the test gives up; nothing is judged by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(400);

/// Waits until something is there.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("waited too long: {what}"))
}

/// Waits until this many runs have their summary.
pub(crate) async fn reported(stack: &Stack, runs: usize) -> Vec<(Run, Progress)> {
    until(&format!("{runs} summaries; logs: {:?}", stack.logs), async || {
        let mut seen = Vec::new();
        for feed in feeds::all() {
            for run in stack.ledger.runs(feed, chrono::DateTime::UNIX_EPOCH).await.expect("the runs") {
                let progress = stack.ledger.progress(&run).await.expect("the progress");
                seen.push((run, progress));
            }
        }
        (seen.len() >= runs && seen.iter().all(|(run, _)| run.report.is_some())).then_some(seen)
    })
    .await
}
