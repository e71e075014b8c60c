//! A run that is being read: rows go into the ledger, and nothing is enqueued yet.

use chrono::{DateTime, Utc};
use feeds::{FileProblem, Header};
use serde::{Deserialize, Serialize};

use crate::row::NewRow;
use crate::{Enqueueing, Result, Run};

/// How far a file has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last row that the reader has seen, blank ones too.
    pub last_row: u32,
    /// What the reader needs to go on (as JSON or however it likes); no personal data.
    pub evidence: String,
}

/// A splitter's claim on a run that is being read. Every call fails with [`Error::LostClaim`](crate::Error::LostClaim)
/// once its time is up or another splitter has taken over.
#[derive(Debug)]
#[must_use = "release it, or nobody can go on before it expires"]
pub struct Reading {
    run: Run,
}

impl Reading {
    /// The run as it now stands.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Notes the header that was found.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge): reject the file.
    pub async fn set_header(&mut self, header: &Header) -> Result<()> {
        todo!("{header:?}")
    }

    /// Ledgers rows, then moves the checkpoint: `rows` are those between the last checkpoint and this one, in the
    /// sheet's order (none, where all were blank). What a crash left behind the checkpoint is written again.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge) and [`Error::OutOfOrder`](crate::Error::OutOfOrder) before anything
    /// is written.
    pub async fn record(&mut self, rows: &[NewRow], checkpoint: Checkpoint) -> Result<()> {
        todo!("{rows:?} {checkpoint:?}")
    }

    /// Begins again, for a file that changed while it was read: header, checkpoint and counts are dropped, and the rows
    /// of this reading will never be enqueued, counted or reported.
    pub async fn start_over(&mut self, file_modified: DateTime<Utc>) -> Result<()> {
        todo!("{file_modified}")
    }

    /// The file is read whole and has not changed: its rows may be enqueued.
    pub async fn read_whole(self) -> Result<Enqueueing> {
        todo!()
    }

    /// The file cannot be ingested; a summary is owed that says why. Problems quote no cell below the header.
    ///
    /// # Errors
    /// [`Error::TooLarge`](crate::Error::TooLarge).
    pub async fn reject(self, problems: &[FileProblem]) -> Result<()> {
        todo!("{problems:?}")
    }

    /// Gives the run up, for example for a newer revision. No summary is owed.
    pub async fn cancel(self, because: &str) -> Result<()> {
        todo!("{because}")
    }

    /// Gives the claim back, so that the next splitter can go on at once.
    pub async fn release(self) -> Result<()> {
        todo!()
    }
}
