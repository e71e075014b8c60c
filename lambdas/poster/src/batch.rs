//! A batch of messages from the rows queue, one after the other.

use std::time::Duration;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use here_to_help::Client;
use ledger::{Clock, Ledger};
use serde_json::Value;
use service::deliveries::{self, Disposal, NoBatch};
use service::invocation::Deadline;
use service::queue::{Queue, Sqs};

/// What must be left of the invocation's time to begin with a row: one call's time-out and what settling takes.
const BEGIN: Duration = Duration::from_secs(40);
/// What must be left after the last call, to settle and to release.
const SETTLE: Duration = Duration::from_secs(5);

/// Everything that the poster works with, built once at cold start.
pub struct Poster {
    /// Runs, rows and leases.
    pub ledger: Ledger,
    /// The API.
    pub api: Client,
    /// The rows queue.
    pub queue: Sqs,
    /// What tells the time.
    pub clock: Clock,
    /// How often a row is received before it is a dead letter.
    pub max_receives: u32,
    /// The first wait before a failed row is tried again.
    pub retry: Duration,
}

impl Poster {
    /// Works on the messages of an event, one at a time, and tells SQS which of them to keep. Those for which no time is
    /// left are sent again, so that waiting uses up no receive.
    ///
    /// # Errors
    /// [`NoBatch`]: then SQS keeps whatever it was.
    pub async fn batch(&self, event: Value, deadline: Deadline) -> Result<SqsBatchResponse, NoBatch> {
        let invocation = &self.api.invocation(deadline.before(SETTLE));
        deliveries::each(event, &self.queue, |delivery| async move {
            if deadline.left() > BEGIN {
                // Boxed: the futures below are large, and the compiler counts how deep they are.
                return Box::pin(self.message(&delivery, invocation, deadline)).await;
            }
            match self.queue.send_later(&delivery.body, Duration::ZERO).await {
                Ok(()) => Disposal::Acknowledge,
                Err(_) => Disposal::retry(delivery.receives, self.retry),
            }
        })
        .await
    }
}
