//! The schedule's probe: ends a pause step by step, and keeps circuit breaker and event source mapping in agreement.

use aws::mapping::Flow;
use lambda_support::invocation::Deadline;
use lambda_support::metrics;
use ledger::{BreakerState, By, CircuitBreaker};

use crate::Poster;
use crate::batch::SETTLE;
use crate::health::{Health, this_function};

impl Poster {
    /// Looks after the circuit breaker and sets the mapping accordingly. Gives how the circuit breaker stands then.
    pub(crate) async fn probe(&self, deadline: Deadline) -> ledger::Result<BreakerState> {
        let seen = self.ledger.breaker().await?;
        let posting = match (seen.state, &seen.by) {
            // What a person pauses, only a person ends.
            (BreakerState::Closed, _) | (BreakerState::Open, By::Person(_)) => seen.state,
            (BreakerState::Open, _) => self.perhaps_try(&seen, deadline).await?,
            (BreakerState::HalfOpen, _) => self.perhaps_run(&seen, deadline).await?,
        };
        self.let_through(match posting {
            BreakerState::Closed => Flow::full(self.concurrency),
            BreakerState::HalfOpen => Flow::LEAST,
            BreakerState::Open => Flow::Stopped,
        })
        .await;
        tracing::info!(posting = posting.as_str(), "probed");
        Ok(posting)
    }

    /// Open: where the API is well again, a few rows are let through.
    async fn perhaps_try(&self, seen: &CircuitBreaker, deadline: Deadline) -> ledger::Result<BreakerState> {
        match self.health(&self.api.invocation(deadline.before(SETTLE))).await {
            Health::Well | Health::WellWithAnotherKey => {
                self.turn(seen, BreakerState::HalfOpen, "the API answers again: a few rows are tried").await
            }
            Health::Ill(_) | Health::Unknown => {
                metrics::paused();
                Ok(BreakerState::Open)
            }
        }
    }

    /// Half open: where the API is well and a row went through, all are let through.
    async fn perhaps_run(&self, seen: &CircuitBreaker, deadline: Deadline) -> ledger::Result<BreakerState> {
        match self.health(&self.api.invocation(deadline.before(SETTLE))).await {
            Health::Well | Health::WellWithAnotherKey if seen.row_went_through => {
                self.turn(seen, BreakerState::Closed, "rows go through again").await
            }
            Health::Well | Health::WellWithAnotherKey | Health::Unknown => Ok(BreakerState::HalfOpen),
            Health::Ill(error) => {
                self.pause(seen, &error).await;
                Ok(self.ledger.breaker().await?.state)
            }
        }
    }

    /// Sets the circuit breaker, unless somebody else did meanwhile.
    async fn turn(&self, seen: &CircuitBreaker, posting: BreakerState, why: &str) -> ledger::Result<BreakerState> {
        match self.ledger.set_breaker(seen, posting, why, this_function()).await? {
            Some(now) => {
                tracing::info!(posting = posting.as_str(), why, "the circuit breaker is set");
                Ok(now.state)
            }
            None => Ok(self.ledger.breaker().await?.state),
        }
    }
}
