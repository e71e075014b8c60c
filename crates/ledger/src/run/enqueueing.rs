//! A run that was read whole: its rows are enqueued, in order, with a checkpoint.

use super::split_lease::SplitLease;
use crate::dynamo::Update;
use crate::row::rows::Wanted;
use crate::{Error, Result, Rows, Run, RunState};

/// How many of the sheet's rows are looked through at a time.
const STRETCH: u32 = 10_000;

/// A splitter's claim on a run whose rows are being enqueued.
#[must_use = "release it, or nobody can go on before it expires"]
#[derive(Debug)]
pub struct Enqueueing {
    lease: SplitLease,
    stretch: Stretch,
    /// The last row that was given out.
    given: u32,
}

/// A stretch of the sheet's rows that is being looked through.
#[derive(Debug)]
struct Stretch {
    open: Rows,
    end: u32,
}

impl Stretch {
    fn after(row: u32, lease: &SplitLease) -> Self {
        let end = row.saturating_add(STRETCH);
        Self { open: Rows::within(&lease.ledger, &lease.run, Wanted::Open, row.saturating_add(1)..=end), end }
    }
}

impl Enqueueing {
    pub(crate) fn new(lease: SplitLease) -> Self {
        let before = lease.run.enqueued_to;
        Self { stretch: Stretch::after(before, &lease), lease, given: before }
    }

    /// The run as it now stands.
    pub fn run(&self) -> &Run {
        &self.lease.run
    }

    /// The next rows to enqueue, at most `limit`, in order; empty when there are no more. Constant memory.
    pub async fn next_rows(&mut self, limit: usize) -> Result<Vec<u32>> {
        let last_row = self.run().checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.last_row);
        let mut rows = Vec::new();
        while rows.len() < limit {
            if let Some(row) = self.stretch.open.next().await? {
                rows.push(row.row);
            } else if self.stretch.end < last_row {
                self.look_on(rows.is_empty()).await?;
            } else {
                break;
            }
        }
        self.given = rows.last().copied().unwrap_or(self.given);
        Ok(rows)
    }

    /// Goes to the next stretch. One without a row to enqueue moves the checkpoint: whoever is cut off in a long sheet
    /// of settled rows has got on nevertheless.
    async fn look_on(&mut self, nothing_found: bool) -> Result<()> {
        if nothing_found && self.given <= self.run().enqueued_to {
            self.enqueued_up_to(self.stretch.end, 0).await?;
        }
        self.stretch = Stretch::after(self.stretch.end, &self.lease);
        Ok(())
    }

    /// All rows up to this one are enqueued, `count` of them since the last checkpoint ([`Error::OutOfOrder`]).
    pub async fn enqueued_up_to(&mut self, row: u32, count: u64) -> Result<()> {
        let after = self.run().enqueued_to;
        if row < after {
            return Err(Error::OutOfOrder(row, after));
        }
        let update = Update::new().set("enqueued_to", row).set("rows_enqueued", self.run().rows_enqueued + count);
        self.lease.write("moving the checkpoint", update).await
    }

    /// All rows are enqueued: the run is posting.
    pub async fn all_enqueued(self) -> Result<Run> {
        let update = Update::new().set("state", RunState::Posting.as_str()).set("split_at", self.lease.ledger.now());
        self.lease.write_and_release("ending the enqueueing", update).await
    }

    /// Gives the claim back, so that the next splitter can go on at once.
    pub async fn release(self) -> Result<()> {
        self.lease.write_and_release("releasing the run", Update::new()).await.map(drop)
    }
}
