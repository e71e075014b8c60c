//! The schedule's probe: ends a pause step by step, and keeps switch and event source mapping in agreement.

use aws::mapping::Flow;
use lambda_support::invocation::Deadline;
use lambda_support::metrics;
use ledger::{By, Posting, Switch};

use crate::Poster;
use crate::batch::SETTLE;
use crate::health::{Health, this_function};

impl Poster {
    /// Looks after the switch and sets the mapping accordingly. Gives how the switch stands then.
    pub(crate) async fn probe(&self, deadline: Deadline) -> ledger::Result<Posting> {
        let seen = self.ledger.switch().await?;
        let posting = match (seen.posting, &seen.by) {
            // What a person pauses, only a person ends.
            (Posting::Running, _) | (Posting::Paused, By::Person(_)) => seen.posting,
            (Posting::Paused, _) => self.perhaps_try(&seen, deadline).await?,
            (Posting::Trying, _) => self.perhaps_run(&seen, deadline).await?,
        };
        self.let_through(match posting {
            Posting::Running => Flow::full(self.concurrency),
            Posting::Trying => Flow::LEAST,
            Posting::Paused => Flow::Stopped,
        })
        .await;
        tracing::info!(?posting, "probed");
        Ok(posting)
    }

    /// Paused: where the API is well again, a few rows are let through.
    async fn perhaps_try(&self, seen: &Switch, deadline: Deadline) -> ledger::Result<Posting> {
        match self.health(&self.api.invocation(deadline.before(SETTLE))).await {
            Health::Well | Health::WellWithAnotherKey => {
                self.turn(seen, Posting::Trying, "the API answers again: a few rows are tried").await
            }
            Health::Ill(_) | Health::Unknown => {
                metrics::paused();
                Ok(Posting::Paused)
            }
        }
    }

    /// Trying: where the API is well and a row went through, all are let through.
    async fn perhaps_run(&self, seen: &Switch, deadline: Deadline) -> ledger::Result<Posting> {
        match self.health(&self.api.invocation(deadline.before(SETTLE))).await {
            Health::Well | Health::WellWithAnotherKey if seen.row_went_through => {
                self.turn(seen, Posting::Running, "rows go through again").await
            }
            Health::Well | Health::WellWithAnotherKey | Health::Unknown => Ok(Posting::Trying),
            Health::Ill(error) => {
                self.pause(seen, &error).await;
                Ok(self.ledger.switch().await?.posting)
            }
        }
    }

    /// Sets the switch, unless somebody else did meanwhile.
    async fn turn(&self, seen: &Switch, posting: Posting, why: &str) -> ledger::Result<Posting> {
        match self.ledger.set_switch(seen, posting, why, this_function()).await? {
            Some(now) => {
                tracing::info!(?posting, why, "the switch is set");
                Ok(now.posting)
            }
            None => Ok(self.ledger.switch().await?.posting),
        }
    }
}
