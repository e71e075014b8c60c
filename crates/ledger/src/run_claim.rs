//! Claiming a file: two splitters can never split the same revision twice.

use chrono::{DateTime, Utc};

use crate::run::{NewRun, Run};
use crate::{Enqueueing, Ledger, Reading, Result};

/// What became of a splitter's claim.
#[derive(Debug)]
pub enum RunClaim {
    /// Ours, to read (from the checkpoint on, if the run has one).
    Reading(Box<Reading>),
    /// Ours, read whole already: to enqueue from the checkpoint on.
    Enqueueing(Box<Enqueueing>),
    /// Another splitter works on it, until then at most.
    Held {
        /// When its claim expires.
        until: DateTime<Utc>,
    },
    /// Nothing to split: enqueued already, reported, rejected or cancelled.
    Known(Box<Run>),
}

impl Ledger {
    /// Claims one revision of a file: makes the run, or takes over one that its splitter released or left behind.
    /// A known run keeps the rules of its first claim.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn claim_run(&self, new: NewRun, until: DateTime<Utc>) -> Result<RunClaim> {
        todo!("{new:?} {until}")
    }

    /// Takes over a run that its splitter released or left behind, without its file: for one that vanished from the
    /// folder before it was split.
    ///
    /// # Errors
    /// As [`Ledger::claim_run`].
    pub async fn resume_run(&self, run: &Run, until: DateTime<Utc>) -> Result<RunClaim> {
        todo!("{run:?} {until}")
    }
}
