//! How many rows of a run have settled.

use std::collections::BTreeMap;

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use feeds::Outcome;
use serde::Deserialize;

use crate::dynamo::{Item, read};
use crate::keys::Key;
use crate::{Error, Ledger, Result, Run, RunState};

/// The rows that the posters have settled: the sum over a run's lanes. What was settled at the split stands on the run.
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

/// True once every row of a run has settled and nothing is left to enqueue.
pub fn is_complete(run: &Run, progress: &Progress) -> bool {
    let enqueued = matches!(run.state, RunState::Posting | RunState::Reported | RunState::Cancelled);
    enqueued && progress.totals(run).values().sum::<u64>() == run.rows_read
}

impl Ledger {
    /// The sum over a run's lanes, strongly consistent.
    pub async fn progress(&self, run: &Run) -> Result<Progress> {
        let keys: Vec<Key> = (0..run.lanes).map(|lane| Key::progress(&run.id, lane)).collect();
        let mut progress = Progress::default();
        for item in self.get_all("summing a run's progress", &keys).await? {
            let what = format!("the progress of run {}", run.id);
            // Before its counts are believed: another version may count in another way.
            let lane: LaneProgress = read(&what, item.clone())?;
            for &outcome in Outcome::ALL {
                *progress.settled.entry(outcome).or_default() += count(&what, &item, outcome)?;
            }
            progress.moves += lane.moves;
            progress.last_settled_at = progress.last_settled_at.max(lane.settled_at);
        }
        progress.settled.retain(|_, count| *count > 0);
        Ok(progress)
    }
}

/// The progress item of one lane, beside its counts.
#[derive(Deserialize)]
struct LaneProgress {
    #[serde(default)]
    moves: u64,
    #[serde(default, with = "ts_milliseconds_option")]
    settled_at: Option<DateTime<Utc>>,
}

/// How many of a lane's rows ended so.
fn count(what: &str, lane: &Item, outcome: Outcome) -> Result<u64> {
    let Some(count) = lane.get(outcome.as_str()) else { return Ok(0) };
    let count = count.as_n().ok().and_then(|count| count.parse().ok());
    count.ok_or_else(|| Error::Corrupt(what.to_owned()))
}
