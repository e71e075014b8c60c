//! The open rows of a stuck run: enqueued again where their messages were lost; settled where that does not help, or where
//! nobody shall post them. What there is no time for the next sweep finds again.

use feeds::{Outcome, Settlement};
use futures::{StreamExt, TryStreamExt, stream};
use lambda_support::invocation::Deadline;
use lambda_support::metrics;
use ledger::{Closed, RowClaim, RowMessage, RowRecord, Run};

use crate::sweep::RESERVE;
use crate::{ReportError, Reporter};

/// How many rows are worked on before the time is looked at again.
const PAGE: usize = 100;
/// The class of rows that are given up.
const CLASS: &str = "stalled";
/// How many rows are settled at once: one for each lane, so that their transactions seldom meet.
const AT_ONCE: usize = ledger::LANES as usize;

impl Reporter {
    /// Enqueues the open rows of a run that no poster has.
    pub(crate) async fn enqueue_again(&self, run: &Run, round: u32, deadline: Deadline) -> Result<(), ReportError> {
        let mut rows = 0;
        let enqueue = async |page: Vec<u32>| {
            self.rows.send(&pointers(run, &page)).await?;
            rows += page.len();
            Ok(())
        };
        self.each_page(run, deadline, enqueue).await?;
        tracing::warn!(rows, round, "the run stalled: its open rows are enqueued again");
        Ok(())
    }

    /// Settles the open rows of a run that no poster has, and leaves a dead letter for each.
    pub(crate) async fn give_up(&self, run: &Run, deadline: Deadline) -> Result<(), ReportError> {
        let mut rows = 0;
        let give_up = async |page: Vec<u32>| {
            let settled = stream::iter(page).map(|row| self.give_up_row(run, row, deadline));
            let settled: Vec<Option<u32>> = settled.buffer_unordered(AT_ONCE).try_collect().await?;
            let settled: Vec<u32> = settled.into_iter().flatten().collect();
            rows += settled.len();
            Ok(self.dead_letters.send(&pointers(run, &settled)).await?)
        };
        if self.each_page(run, deadline, give_up).await? {
            self.settle_gone(run).await?;
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

    /// Settles the open rows of a cancelled run that no poster has.
    pub(crate) async fn close_cancelled(&self, run: &Run, deadline: Deadline) -> Result<(), ReportError> {
        let close = async |page: Vec<u32>| {
            let closed = stream::iter(page).map(|row| self.ledger.close_cancelled_row(run, row));
            let closed: Vec<Closed> = closed.buffer_unordered(AT_ONCE).try_collect().await?;
            let closed = closed.into_iter().filter(|closed| matches!(closed, Closed::Done(_))).count();
            tracing::info!(rows = closed, "open rows of the cancelled run are closed");
            Ok(())
        };
        self.each_page(run, deadline, close).await.map(drop)
    }

    /// Works on the open rows that no live claim holds, page by page while there is time; true if it came to the end.
    async fn each_page(
        &self,
        run: &Run,
        deadline: Deadline,
        mut work: impl AsyncFnMut(Vec<u32>) -> Result<(), ReportError>,
    ) -> Result<bool, ReportError> {
        let mut open = self.ledger.open_rows(run);
        while deadline.left() >= RESERVE {
            let now = (self.clock)();
            let mut page = Vec::new();
            while page.len() < PAGE
                && let Some(row) = open.next().await?
            {
                if row.claimed_until.is_none_or(|until| until <= now) {
                    page.push(row.row);
                }
            }
            if page.is_empty() {
                return Ok(true);
            }
            work(page).await?;
        }
        Ok(false)
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

/// The messages that point to rows of a run.
fn pointers(run: &Run, rows: &[u32]) -> Vec<String> {
    rows.iter().map(|row| RowMessage::new(&run.id, *row, run.feed).body()).collect()
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
