//! A batch of messages from the rows queue, one after the other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsBatchResponse;
use here_to_help::Invocation;
use lambda_support::deliveries::{self, Delivery, Disposition, NoBatch};
use lambda_support::invocation::{Deadline, describe};
use ledger::{BreakerState, CircuitBreaker, Run, RunId};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::Poster;

/// The time that must be left after the last call, to settle and to release.
pub(crate) const SETTLE: Duration = Duration::from_secs(5);
/// The time that must be left after a row's last call for a probe, to find out an API that lets every call hang.
const PROBE: Duration = Duration::from_secs(15);
/// The time that must be left of the invocation to begin with a row: a call's time-out (30 s), a probe, and to settle.
pub(crate) const BEGIN: Duration = Duration::from_secs(50);

/// As many messages as an event source mapping delivers at once: then there are mostly more.
const FULL: usize = 10;

/// The state that the rows of one batch share.
pub(crate) struct Batch {
    /// For the rows' calls.
    pub(crate) calls: Invocation,
    /// For the probe after one that failed.
    pub(crate) probing: Invocation,
    pub(crate) deadline: Deadline,
    gate: Mutex<Gate>,
    runs: Mutex<HashMap<RunId, Option<Arc<Run>>>>,
}

/// Tells if the batch goes on.
enum Gate {
    /// As long as nobody closes it, with the circuit breaker as it stood at the beginning.
    Open(CircuitBreaker),
    /// Posting is paused, or no call can be made in time: the rest waits.
    Closed,
}

impl Batch {
    /// The rest of the batch waits.
    pub(crate) async fn close(&self) {
        *self.gate.lock().await = Gate::Closed;
    }

    async fn is_closed(&self) -> bool {
        matches!(*self.gate.lock().await, Gate::Closed)
    }
}

impl Poster {
    /// Works on the messages of an event, one at a time, and tells SQS which of them to keep. Those for which no time is
    /// left, and all while posting is paused, are sent again, so that waiting uses up no receive.
    pub(crate) async fn batch(&self, event: Value, deadline: Deadline) -> Result<SqsBatchResponse, NoBatch> {
        let has_more = event["Records"].as_array().is_some_and(|messages| messages.len() >= FULL);
        let batch = &Batch {
            calls: self.api.invocation(deadline.before(SETTLE + PROBE)),
            probing: self.api.invocation(deadline.before(SETTLE)),
            deadline,
            gate: Mutex::new(self.gate().await),
            runs: Mutex::default(),
        };
        let kept = deliveries::each(event, &self.queue, |delivery| async move {
            if batch.is_closed().await {
                return self.send_again(&delivery, self.retry).await;
            }
            if deadline.left() <= BEGIN {
                return self.send_again(&delivery, Duration::ZERO).await;
            }
            if !self.turn_comes(deadline).await {
                return self.send_again(&delivery, Duration::ZERO).await;
            }
            let began = Instant::now();
            // Boxed: the futures below are large, and the compiler counts how deep they are.
            let disposition = Box::pin(self.message(&delivery, batch)).await;
            self.row_ended(began.elapsed()).await;
            disposition
        })
        .await;
        self.leave(has_more).await;
        self.note_speed(deadline).await;
        kept
    }

    /// Where it cannot be learnt whether posting is paused, nothing is posted.
    async fn gate(&self) -> Gate {
        match self.ledger.breaker().await {
            Ok(breaker) if breaker.state == BreakerState::Open => Gate::Closed,
            Ok(breaker) => Gate::Open(breaker),
            Err(error) => {
                tracing::warn!(error = describe(&error), "the circuit breaker cannot be read: the batch waits");
                Gate::Closed
            }
        }
    }

    /// Sends a message again as it is, to appear after a while.
    pub(crate) async fn send_again(&self, delivery: &Delivery, wait: Duration) -> Disposition {
        match self.queue.send_later(&delivery.body, wait).await {
            Ok(()) => Disposition::Ack,
            Err(error) => {
                tracing::warn!(%error, "the row waits by its visibility timeout instead");
                Disposition::Retry { after: wait }
            }
        }
    }

    /// The run, read once for a batch: nothing of it that a row needs changes but whether it is cancelled, and that is
    /// seen by the next batch.
    pub(crate) async fn run(&self, id: RunId, batch: &Batch) -> ledger::Result<Option<Arc<Run>>> {
        let mut runs = batch.runs.lock().await;
        if let Some(known) = runs.get(&id) {
            return Ok(known.clone());
        }
        let run = self.ledger.run(&id).await?.map(Arc::new);
        runs.insert(id, run.clone());
        Ok(run)
    }

    /// The API took a row, or refused it for good: where posting is being tried, that is noted once.
    pub(crate) async fn went_through(&self, batch: &Batch) {
        let mut gate = batch.gate.lock().await;
        let Gate::Open(breaker) = &mut *gate else { return };
        if breaker.state != BreakerState::HalfOpen || breaker.row_went_through {
            return;
        }
        match self.ledger.row_went_through(breaker).await {
            Ok(()) => breaker.row_went_through = true,
            Err(error) => tracing::warn!(%error, "that a row went through is not noted: the next one is"),
        }
    }
}
