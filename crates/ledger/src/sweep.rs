//! What the sweep needs to find and repair runs that stalled.

use chrono::{DateTime, Utc};

use crate::{Ledger, Progress, Result, Run};

/// A row that has not settled. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRow {
    /// The row.
    pub row: u32,
    /// Until when a poster has claimed it, if one has; may be past.
    pub claimed_until: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
}

/// The open rows of a run in order, page by page.
#[derive(Debug)]
pub struct OpenRows {}

impl OpenRows {
    /// The next row; none at the end.
    pub async fn next(&mut self) -> Result<Option<OpenRow>> {
        todo!()
    }
}

impl Ledger {
    /// The rows of a run that have not settled, strongly consistent.
    pub fn open_rows(&self, run: &Run) -> OpenRows {
        todo!("{run:?}")
    }

    /// Begins a round of sweeping a stalled run: its number, counted from 1 since a lane last moved. None if another
    /// sweep was quicker since `run` was read.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn begin_sweep(&self, run: &Run, progress: &Progress) -> Result<Option<u32>> {
        todo!("{run:?} {progress:?}")
    }
}
