//! A run that was read whole: its rows are enqueued, in order, with a checkpoint.

use std::fmt;

use crate::lanes::{Lanes, Wanted};
use crate::run::RunState;
use crate::split_lease::SplitLease;
use crate::update::Update;
use crate::{Error, Result, Run};

/// A splitter's claim on a run whose rows are being enqueued. Every call fails with [`Error::LostClaim`] once its time
/// is up or another splitter has taken over, and with [`Error::Unavailable`] where DynamoDB does not answer.
#[must_use = "release it, or nobody can go on before it expires"]
pub struct Enqueueing {
    lease: SplitLease,
    pending: Lanes,
}

impl Enqueueing {
    pub(crate) fn new(lease: SplitLease) -> Self {
        let pending = Lanes::new(&lease.ledger, &lease.run, Wanted::Open, lease.run.enqueued_to);
        Self { lease, pending }
    }

    /// The run as it now stands.
    pub fn run(&self) -> &Run {
        &self.lease.run
    }

    /// The next rows to enqueue, at most `limit`, in order; empty when there are no more. Constant memory.
    ///
    /// # Errors
    /// See [`Enqueueing`].
    pub async fn next_rows(&mut self, limit: usize) -> Result<Vec<u32>> {
        let mut rows = Vec::new();
        while rows.len() < limit
            && let Some(row) = self.pending.next().await?
        {
            rows.push(row.row);
        }
        Ok(rows)
    }

    /// All rows up to this one are enqueued, `count` of them since the last checkpoint.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`], and see [`Enqueueing`].
    pub async fn enqueued_up_to(&mut self, row: u32, count: u64) -> Result<()> {
        let after = self.run().enqueued_to;
        if row < after {
            return Err(Error::OutOfOrder { row, after });
        }
        let update = Update::new().set("enqueued_to", row).set("rows_enqueued", self.run().rows_enqueued + count);
        self.lease.write("moving the checkpoint", update).await
    }

    /// All rows are enqueued: the run is posting.
    ///
    /// # Errors
    /// See [`Enqueueing`].
    pub async fn all_enqueued(self) -> Result<Run> {
        let update = Update::new().set("state", RunState::Posting).set("split_at", self.lease.ledger.now());
        self.lease.write_and_release("ending the enqueueing", update).await
    }

    /// Gives the claim back, so that the next splitter can go on at once.
    ///
    /// # Errors
    /// See [`Enqueueing`].
    pub async fn release(self) -> Result<()> {
        self.lease.write_and_release("releasing the run", Update::new()).await.map(drop)
    }
}

impl fmt::Debug for Enqueueing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enqueueing").field("run", self.run()).finish_non_exhaustive()
    }
}
