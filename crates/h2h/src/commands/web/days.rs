//! What became of the rows of each feed, by the day on which their sheet was taken.

use std::collections::BTreeMap;

use chrono_tz::Europe::London;

use crate::command_prelude::*;
use crate::commands::runs::{self, Wanted};

/// How far back it goes.
const DAYS: i64 = 14;

/// The outcomes of a day's rows of a feed, and how many have none yet.
#[derive(Default)]
pub(super) struct Day {
    pub(super) outcomes: BTreeMap<Outcome, u64>,
    pub(super) open: u64,
}

/// The days on which a sheet was taken, in London.
#[derive(Default)]
pub(super) struct Days(pub(super) BTreeMap<NaiveDate, BTreeMap<&'static str, Day>>);

impl Days {
    /// Reads the last fortnight: the index, the runs, and how far each of them is.
    pub(super) async fn read(ledger: &Ledger) -> anyhow::Result<Self> {
        let since = Utc::now() - TimeDelta::days(DAYS);
        let (runs, _) = runs::page(ledger, &Wanted { feed: None, since, state: None }, 0, usize::MAX).await?;
        let mut days = Self::default();
        for run in runs {
            let date = run.claimed_at.with_timezone(&London).date_naive();
            let day = days.0.entry(date).or_default().entry(run.feed.name()).or_default();
            day.open += run.open();
            for (outcome, rows) in &run.outcomes {
                *day.outcomes.entry(*outcome).or_default() += rows;
            }
        }
        Ok(days)
    }
}

impl Day {
    pub(super) fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    pub(super) fn rows(&self) -> u64 {
        self.outcomes.values().sum::<u64>() + self.open
    }
}
