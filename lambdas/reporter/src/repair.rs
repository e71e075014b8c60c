//! Rows whose messages were lost are enqueued again.

use aws::queue::Queue;
use lambda_support::invocation::Deadline;
use ledger::{OpenRow, OpenRows, RowMessage, Run};

use crate::error::ReportError;
use crate::event::Reporter;
use crate::sweep::RESERVE;

/// How many rows are worked on before the time is looked at again.
const PAGE: usize = 100;

impl Reporter {
    /// Enqueues the open rows of a run that no poster has. What there is no time for stays open and is found again.
    pub(crate) async fn enqueue_again(&self, run: &Run, round: u32, deadline: Deadline) -> Result<(), ReportError> {
        let mut open = self.ledger.open_rows(run);
        let mut rows: usize = 0;
        while deadline.left() >= RESERVE {
            let page = self.unclaimed(&mut open).await?;
            if page.is_empty() {
                break;
            }
            self.rows.send(&pointers(run, page.iter().map(|row| row.row))).await?;
            rows += page.len();
        }
        tracing::warn!(rows, round, "the run stalled: its open rows are enqueued again");
        Ok(())
    }

    /// The next open rows that no live claim holds; empty at the end.
    pub(crate) async fn unclaimed(&self, open: &mut OpenRows) -> Result<Vec<OpenRow>, ReportError> {
        let now = (self.clock)();
        let mut page = Vec::new();
        while page.len() < PAGE
            && let Some(row) = open.next().await?
        {
            if row.claimed_until.is_none_or(|until| until <= now) {
                page.push(row);
            }
        }
        Ok(page)
    }
}

/// The messages that point to rows of a run.
pub(crate) fn pointers(run: &Run, rows: impl Iterator<Item = u32>) -> Vec<String> {
    rows.map(|row| RowMessage::new(&run.id, row, run.feed).body()).collect()
}
