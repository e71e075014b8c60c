//! How many rows of a run have settled.

use std::collections::BTreeMap;

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use feeds::Outcome;
use serde::Deserialize;

use crate::item::read;
use crate::keys::Key;
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
    let enqueued = matches!(run.state, RunState::Posting | RunState::Reported | RunState::Cancelled);
    enqueued && progress.totals(run).values().sum::<u64>() == run.rows_read
}

impl Ledger {
    /// The sum over a run's lanes, strongly consistent.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn progress(&self, run: &Run) -> Result<Progress> {
        let keys: Vec<Key> = (0..run.lanes).map(|lane| Key::progress(&run.id, lane)).collect();
        let mut progress = Progress::default();
        for item in self.get_all("summing a run's progress", &keys).await? {
            let lane: LaneProgress = read(&format!("the progress of run {}", run.id), item)?;
            progress.moves += lane.moves;
            progress.last_settled_at = progress.last_settled_at.max(lane.settled_at);
            for (outcome, count) in lane.settled() {
                *progress.settled.entry(outcome).or_default() += count;
            }
        }
        progress.settled.retain(|_, count| *count > 0);
        Ok(progress)
    }
}

/// The progress item of one lane.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct LaneProgress {
    created: u64,
    already_known: u64,
    skipped: u64,
    rejected: u64,
    failed: u64,
    dead_lettered: u64,
    uncertain: u64,
    moves: u64,
    #[serde(rename = "settled_at", with = "ts_milliseconds_option")]
    settled_at: Option<DateTime<Utc>>,
}

impl LaneProgress {
    fn settled(&self) -> [(Outcome, u64); 7] {
        [
            (Outcome::Created, self.created),
            (Outcome::AlreadyKnown, self.already_known),
            (Outcome::Skipped, self.skipped),
            (Outcome::Rejected, self.rejected),
            (Outcome::Failed, self.failed),
            (Outcome::DeadLettered, self.dead_lettered),
            (Outcome::Uncertain, self.uncertain),
        ]
    }
}
