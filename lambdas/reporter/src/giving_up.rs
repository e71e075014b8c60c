//! Rows that nothing settles although they were enqueued again and again are settled by the sweep.

use aws::queue::Queue;
use feeds::{Outcome, Settlement};
use futures::{StreamExt, TryStreamExt, stream};
use lambda_support::invocation::Deadline;
use lambda_support::metrics;
use ledger::{Closed, RowClaim, RowRecord, Run};

use crate::error::ReportError;
use crate::event::Reporter;
use crate::repair::pointers;
use crate::sweep::RESERVE;

/// The class of rows that are given up.
const CLASS: &str = "stalled";
/// How many rows are settled at once: one for each lane, so that their transactions seldom meet.
const AT_ONCE: usize = ledger::LANES as usize;

impl Reporter {
    /// Settles the open rows of a run that no poster has, and leaves a dead letter for each. What there is no time for
    /// the next sweep settles.
    pub(crate) async fn give_up(&self, run: &Run, deadline: Deadline) -> Result<(), ReportError> {
        let mut open = self.ledger.open_rows(run);
        let mut rows: usize = 0;
        while deadline.left() >= RESERVE {
            let page = self.unclaimed(&mut open).await?;
            if page.is_empty() {
                self.settle_gone(run).await?;
                break;
            }
            let settled = stream::iter(page).map(|row| self.give_up_row(run, row.row, deadline));
            let settled: Vec<Option<u32>> = settled.buffer_unordered(AT_ONCE).try_collect().await?;
            let settled: Vec<u32> = settled.into_iter().flatten().collect();
            rows += settled.len();
            self.dead_letters.send(&pointers(run, settled.into_iter())).await?;
        }
        if rows > 0 {
            metrics::stuck(run.feed.name(), "given-up");
            tracing::error!(rows, class = CLASS, "the run's rows were lost again and again: given up, to be redriven");
        }
        Ok(())
    }

    /// Counts the rows that expired while they were open, so that the run comes to its end.
    async fn settle_gone(&self, run: &Run) -> Result<(), ReportError> {
        let rows = self.ledger.settle_gone_rows(run).await?;
        if rows > 0 {
            metrics::settled(run.feed.name(), Outcome::DeadLettered.as_str(), rows);
            tracing::error!(
                rows,
                class = "expired",
                "rows of the run were open for so long that the ledger has deleted them: they were not sent, and count \
                 as dead-lettered; drop the file again for them"
            );
        }
        Ok(())
    }

    /// Settles the open rows of a cancelled run that no poster has. What there is no time for the next sweep settles.
    pub(crate) async fn close_cancelled(&self, run: &Run, deadline: Deadline) -> Result<(), ReportError> {
        let mut open = self.ledger.open_rows(run);
        while deadline.left() >= RESERVE {
            let page = self.unclaimed(&mut open).await?;
            if page.is_empty() {
                break;
            }
            let closed = stream::iter(page).map(|row| self.ledger.close_cancelled_row(run, row.row));
            let closed: Vec<Closed> = closed.buffer_unordered(AT_ONCE).try_collect().await?;
            let closed = closed.into_iter().filter(|closed| matches!(closed, Closed::Done(_))).count();
            tracing::info!(rows = closed, "open rows of the cancelled run are closed");
        }
        Ok(())
    }

    /// Settles one row, if nobody else has it or has settled it meanwhile; its number if so.
    async fn give_up_row(&self, run: &Run, row: u32, deadline: Deadline) -> Result<Option<u32>, ReportError> {
        let RowClaim::Mine(claimed) = self.ledger.claim_row(run, row, deadline.claim_expiry()).await? else {
            return Ok(None);
        };
        let settlement = given_up(&claimed.record);
        let outcome = settlement.outcome;
        claimed.settle(settlement).await?;
        metrics::settled(run.feed.name(), outcome.as_str(), 1);
        Ok(Some(row))
    }
}

/// The settlement of a row that is given up.
fn given_up(row: &RowRecord) -> Settlement {
    let settlement = if row.may_have_been_sent {
        Settlement::new(Outcome::Uncertain).because(
            "it may have been sent, and what became of it could not be learnt",
            "nothing: the technical team looks it up in Here to Help and sends again what is missing",
        )
    } else {
        Settlement::new(Outcome::DeadLettered).because(
            "it was lost on its way to Here to Help, however often it was sent there",
            "nothing: the technical team sends it again",
        )
    };
    settlement.of_class(CLASS)
}
