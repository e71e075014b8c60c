//! Which event is what.

use std::sync::Once;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use lambda_support::deliveries::NoBatch;
use lambda_support::invocation::Deadline;
use ledger::BreakerState;
use serde::Serialize;
use serde_json::Value;

use crate::Poster;
use crate::batch::BEGIN;

/// The least time to begin an invocation with. With less it would send every message again and post nothing.
const SHORTEST: Duration = BEGIN.saturating_add(Duration::from_secs(5));

/// The poster's answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To a batch: the messages that SQS is to keep.
    Batch(SqsBatchResponse),
    /// To a probe.
    Probed {
        /// Tells if rows are posted now.
        posting: BreakerState,
    },
}

/// Why an event could not be worked on as a whole: SQS keeps its messages.
#[derive(Debug, thiserror::Error)]
pub enum Unworkable {
    /// Neither a batch nor a probe.
    #[error(transparent)]
    NoBatch(#[from] NoBatch),
    /// The function is set up wrong.
    #[error("an invocation of {}s is too short to post a row, which needs {}s: raise the poster's time-out", .left.as_secs(), SHORTEST.as_secs())]
    TooShort {
        /// The time that was left of the invocation at its beginning.
        left: Duration,
    },
    /// The circuit breaker could not be read or set.
    #[error("the circuit breaker could not be read or set")]
    Ledger(#[from] ledger::Error),
}

impl Poster {
    /// Works on an event: a batch of the rows queue, or `{"probe":true}` of the schedule.
    ///
    /// # Errors
    /// [`Unworkable`].
    pub async fn handle(&self, event: Value, deadline: Deadline) -> Result<Answer, Unworkable> {
        if event.get("probe") == Some(&Value::Bool(true)) {
            return Ok(Answer::Probed { posting: self.probe(deadline).await? });
        }
        let left = deadline.left();
        if left < SHORTEST {
            let error = Unworkable::TooShort { left };
            static SAID: Once = Once::new();
            SAID.call_once(|| tracing::error!(%error, "no row is posted"));
            return Err(error);
        }
        Ok(Answer::Batch(self.batch(event, deadline).await?))
    }
}
