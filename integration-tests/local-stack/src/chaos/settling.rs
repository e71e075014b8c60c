//! Waits until everything has come right.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_sqs::types::QueueAttributeName;
use chrono::DateTime;
use tokio::time::Instant;

use super::posting;
use crate::Stack;

/// How long everything may take to come right once all goes well again: a killed owner's claim expires after its
/// invocation's time-out and 35 s more, and the sweep goes round twice.
const PATIENCE: Duration = Duration::from_secs(600);
/// And for each row, which may still have to be posted: a busy machine of two cores posts five a second.
const PATIENCE_A_ROW: Duration = Duration::from_millis(200);
const GLANCE: Duration = Duration::from_millis(500);

/// Waits until this many runs have their last summary, no message is left and posting goes on; whether it was so in time.
pub async fn settled(stack: &Stack, runs: usize, rows: u32) -> Result<bool> {
    let given_up = Instant::now() + PATIENCE + PATIENCE_A_ROW * rows;
    while Instant::now() < given_up {
        if is_settled(stack, runs).await? {
            return Ok(true);
        }
        tokio::time::sleep(GLANCE).await;
    }
    Ok(false)
}

async fn is_settled(stack: &Stack, wanted: usize) -> Result<bool> {
    let mut runs = Vec::new();
    for feed in feeds::all() {
        runs.extend(stack.ledger.runs(feed, DateTime::UNIX_EPOCH).await?);
    }
    if runs.len() < wanted {
        return Ok(false);
    }
    for run in &runs {
        let Some(report) = run.report.filter(|_| !run.is_open()) else { return Ok(false) };
        if report.moves != stack.ledger.progress(run).await?.moves {
            return Ok(false);
        }
    }
    if !posting::State::look(stack).await?.goes_on() {
        return Ok(false);
    }
    // A message that comes late must change nothing: let it come.
    for queue in [&stack.endpoints.rows_queue, &stack.endpoints.reports_queue] {
        if messages(stack, queue).await? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The messages of a queue, those that are delayed or being worked on too.
async fn messages(stack: &Stack, queue: &str) -> Result<u64> {
    let attributes = aws_sdk_sqs::Client::new(&stack.aws)
        .get_queue_attributes()
        .queue_url(queue)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
        .attribute_names(QueueAttributeName::ApproximateNumberOfMessagesDelayed)
        .send()
        .await
        .with_context(|| format!("cannot look at the queue {queue}"))?;
    Ok(attributes.attributes.iter().flatten().filter_map(|(_, count)| count.parse::<u64>().ok()).sum())
}
