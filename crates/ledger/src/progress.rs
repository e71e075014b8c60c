//! How many rows of a run have settled.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use feeds::Outcome;

use crate::{Ledger, Result, Run, RunState};

/// What the posters have settled: the sum over a run's lanes. What was settled at the split stands on the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows by outcome.
    pub settled: BTreeMap<Outcome, u64>,
    /// How often an outcome replaced another (redrives). Only grows.
    pub moves: u64,
    /// When a row was last settled.
    pub last_settled_at: Option<DateTime<Utc>>,
}

impl Progress {
    /// All settled rows of a run by outcome, those that were settled at the split included.
    pub fn totals(&self, run: &Run) -> BTreeMap<Outcome, u64> {
        let mut totals = run.settled_at_split.clone();
        for (outcome, count) in &self.settled {
            *totals.entry(*outcome).or_default() += count;
        }
        totals
    }
}

/// Whether every row of a run has settled and nothing is left to enqueue.
pub fn is_complete(run: &Run, progress: &Progress) -> bool {
    let enqueued = matches!(run.state, RunState::Posting | RunState::Reported);
    enqueued && progress.totals(run).values().sum::<u64>() == run.rows_read
}

impl Ledger {
    /// The sum over a run's lanes, strongly consistent.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn progress(&self, run: &Run) -> Result<Progress> {
        todo!("{run:?}")
    }
}
