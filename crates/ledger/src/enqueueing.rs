//! A run that was read whole: its rows are enqueued, in order, with a checkpoint.

use crate::{Result, Run};

/// A splitter's claim on a run whose rows are being enqueued. Every call fails with
/// [`Error::LostClaim`](crate::Error::LostClaim) once its time is up or another splitter has taken over.
#[derive(Debug)]
#[must_use = "release it, or nobody can go on before it expires"]
pub struct Enqueueing {
    run: Run,
}

impl Enqueueing {
    /// The run as it now stands.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The next rows to enqueue, at most `limit`, in order; empty when there are no more. Constant memory.
    pub async fn next_rows(&mut self, limit: usize) -> Result<Vec<u32>> {
        todo!("{limit}")
    }

    /// All rows up to this one are enqueued, `count` of them since the last checkpoint.
    pub async fn enqueued_up_to(&mut self, row: u32, count: u64) -> Result<()> {
        todo!("{row} {count}")
    }

    /// All rows are enqueued: the run is posting.
    pub async fn all_enqueued(self) -> Result<Run> {
        todo!()
    }

    /// Gives the claim back, so that the next splitter can go on at once.
    pub async fn release(self) -> Result<()> {
        todo!()
    }
}
