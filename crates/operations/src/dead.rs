//! The rows that people look after, as the ledger lists them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use futures::future::try_join_all;
use futures::{StreamExt, stream};
use ledger::{DeadRow, Ledger, RowId, Run, RunId, Standing, UnreadableRow};
use serde::Serialize;

use crate::Result;

/// How many runs are read at once.
const AT_ONCE: usize = 16;
/// Why a row cannot be read whose run can.
const NEWER: &str = "is not as this version of the ledger writes it: a newer version did";

/// Which of the dead rows; with nothing set, all. What is set must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those of a run.
    pub run: Option<RunId>,
    /// One row.
    pub row: Option<RowId>,
    /// Those of a feed.
    pub feed: Option<&'static Feed>,
    /// Those with this error class.
    pub class: Option<String>,
    /// Those that settled since.
    pub since: Option<DateTime<Utc>>,
}

impl Selection {
    /// True if a row is one of them.
    pub fn takes(&self, row: &DeadRow) -> bool {
        self.may_take(&row.id, row.feed)
            && self.class.as_ref().is_none_or(|class| *class == row.class)
            && self.since.is_none_or(|since| row.settled_at >= since)
    }

    /// True if a row of which nothing is known but its id may be one of them.
    fn may_take(&self, id: &RowId, feed: &Feed) -> bool {
        self.run.as_ref().is_none_or(|run| *run == id.run)
            && self.row.as_ref().is_none_or(|wanted| wanted == id)
            && self.feed.is_none_or(|wanted| wanted == feed)
    }
}

/// The dead rows of a selection with their runs, by feed, class and run.
#[derive(Clone, Debug, Default)]
pub struct DeadList {
    /// The rows.
    pub rows: Vec<DeadRow>,
    /// The runs that they belong to.
    pub runs: BTreeMap<RunId, Run>,
    /// Rows that may be of the selection, and that this version leaves alone.
    pub unreadable: Vec<UnreadableRow>,
}

impl DeadList {
    /// Reads the list. It is an index: rows that just changed may be missing or there still.
    pub async fn read(ledger: &Ledger, selection: &Selection) -> Result<Self> {
        let mut list = Self::of_index(ledger, selection).await?.with_runs(ledger).await?;
        for row in list.of_newer_version(ledger).await? {
            list.set_aside(|other| *other == row, &format!("row {row} {NEWER}"));
        }
        Ok(list)
    }

    /// Those of a selection, without their runs.
    pub fn only(&self, selection: &Selection) -> Self {
        let rows = self.rows.iter().filter(|row| selection.takes(row)).cloned().collect();
        let unreadable = self.unreadable.iter().filter(|row| selection.may_take(&row.id, row.feed)).cloned().collect();
        Self { rows, unreadable, ..Self::default() }
    }

    /// The same with the runs that they belong to. Rows of a run that cannot be read here are set aside.
    pub async fn with_runs(mut self, ledger: &Ledger) -> Result<Self> {
        let ids: BTreeSet<RunId> = self.rows.iter().map(|dead| dead.id.run.clone()).collect();
        match ledger.runs_of_ids(&ids).await {
            Ok(runs) => {
                self.runs = runs.into_iter().map(|run| (run.id.clone(), run)).collect();
                return Ok(self);
            }
            // One of them is a newer version's: each by itself tells which.
            Err(error) if error.is_unreadable() => {}
            Err(error) => return Err(error.into()),
        }
        let runs = stream::iter(ids).map(async |id| (ledger.run(&id).await, id));
        let mut runs = runs.buffered(AT_ONCE);
        while let Some((run, id)) = runs.next().await {
            match run {
                Ok(run) => self.runs.extend(run.map(|run| (id, run))),
                // Nobody knows whether it was cancelled, for one.
                Err(error) if error.is_unreadable() => self.set_aside(|row| row.run == id, &error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self)
    }

    /// Reads what the index alone tells, to count and to show them: without the runs, and a row that a newer version wrote since
    /// may be among the rows. One query a feed and a megabyte of the index.
    pub async fn of_index(ledger: &Ledger, selection: &Selection) -> Result<Self> {
        let feeds = feeds::all().iter();
        let lists = feeds.map(|feed| ledger.dead_rows(feed, selection.class.as_deref()));
        let mut list = Self::default();
        for row in try_join_all(lists).await?.into_iter().flatten() {
            match row {
                Ok(row) if selection.takes(&row) => list.rows.push(row),
                Err(row) if selection.may_take(&row.id, row.feed) => list.unreadable.push(row),
                Ok(_) | Err(_) => {}
            }
        }
        in_order(&mut list.rows);
        Ok(list)
    }

    /// The rows whose items cannot be read: the index shows only a little of them, and that may be as we write it.
    async fn of_newer_version(&self, ledger: &Ledger) -> Result<Vec<RowId>> {
        let with_run = |dead: &DeadRow| Some((self.runs.get(&dead.id.run)?, dead.id.row));
        let rows: Vec<(&Run, u32)> = self.rows.iter().filter_map(with_run).collect();
        let standings = ledger.standings(&rows).await?.into_iter();
        let unreadable = standings.zip(rows).filter(|(standing, _)| *standing == Standing::Unreadable);
        Ok(unreadable.map(|(_, (run, row))| RowId { run: run.id.clone(), row }).collect())
    }

    fn set_aside(&mut self, which: impl Fn(&RowId) -> bool, why: &str) {
        let taken = self.rows.extract_if(.., |dead| which(&dead.id));
        self.unreadable.extend(taken.map(|DeadRow { id, feed, .. }| UnreadableRow { id, feed, why: why.to_owned() }));
    }
}

/// By feed and class, and there the rows of each run together, as they stand in the sheet; first the run whose first row settled first.
fn in_order(rows: &mut [DeadRow]) {
    let mut since: BTreeMap<(String, RunId), DateTime<Utc>> = BTreeMap::new();
    for row in rows.iter() {
        let since = since.entry((row.class.clone(), row.id.run.clone())).or_insert(row.settled_at);
        *since = row.settled_at.min(*since);
    }
    rows.sort_by_cached_key(|row| {
        let feed = feeds::all().iter().position(|feed| *feed == row.feed);
        let group = (row.class.clone(), row.id.run.clone());
        (feed, row.class.clone(), since.get(&group).copied(), group.1, row.id.row)
    });
}

/// Dead rows of one error class, feed and outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The error class.
    pub class: String,
    /// The feed's name.
    pub feed: &'static str,
    /// The outcome that they were settled as.
    pub outcome: Outcome,
    /// How many.
    pub rows: u64,
    /// When the first of them was settled.
    pub oldest: DateTime<Utc>,
}

impl Group {
    /// These rows by class, feed and outcome: how many, and since when.
    pub fn of(rows: &[DeadRow]) -> Vec<Self> {
        let mut groups: BTreeMap<(&str, &str, Outcome), Self> = BTreeMap::new();
        for row in rows {
            let group = groups.entry((&row.class, row.feed.name(), row.outcome)).or_insert_with(|| Self {
                class: row.class.clone(),
                feed: row.feed.name(),
                outcome: row.outcome,
                rows: 0,
                oldest: row.settled_at,
            });
            group.rows += 1;
            group.oldest = group.oldest.min(row.settled_at);
        }
        groups.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const NOON: &str = "2021-03-08T12:00:00Z";

    fn dead(file: &str, row: u32, class: &str, seconds: i64) -> DeadRow {
        let noon: DateTime<Utc> = NOON.parse().expect("an instant");
        DeadRow {
            id: RowId { run: RunId::of(file, "a"), row },
            feed: feeds::all()[0],
            outcome: Outcome::DeadLettered,
            class: class.to_owned(),
            settled_at: noon + TimeDelta::seconds(seconds),
            attempts: 8,
        }
    }

    #[test]
    fn the_rows_of_a_run_stand_together_as_in_the_sheet() {
        let mut rows = [
            dead("late", 2, "a", 4),
            dead("early", 9, "a", 1),
            dead("early", 3, "a", 5),
            dead("late", 7, "b", 0),
            dead("early", 10, "a", 3),
        ];
        in_order(&mut rows);
        let rows = rows.iter().map(|row| (row.class.as_str(), row.id.row)).collect::<Vec<_>>();
        assert_eq!(rows, [("a", 3), ("a", 9), ("a", 10), ("a", 2), ("b", 7)]);
    }

    #[test]
    fn a_selection_takes_what_meets_all_that_is_set() {
        let row = dead("file", 7, "server-error", 0);
        let (run, at) = (row.id.run.clone(), row.settled_at);
        let other = RowId { run: run.clone(), row: 8 };
        let all = Selection::default();
        let by_run = Selection { run: Some(run), ..all.clone() };
        let by_class = |class: &str| Selection { class: Some(class.to_owned()), ..by_run.clone() };
        for (selection, taken) in [
            (all.clone(), true),
            (by_run.clone(), true),
            (Selection { run: Some(RunId::of("file", "b")), ..all.clone() }, false),
            (by_class("server-error"), true),
            (by_class("server"), false),
            (Selection { row: Some(row.id.clone()), ..all.clone() }, true),
            (Selection { feed: Some(feeds::all()[0]), ..all.clone() }, true),
            (Selection { feed: Some(feeds::all()[1]), ..all.clone() }, false),
            (Selection { row: Some(other), ..by_class("server-error") }, false),
            (Selection { since: Some(at), ..all.clone() }, true),
            (Selection { since: Some(at + TimeDelta::milliseconds(1)), ..all }, false),
        ] {
            assert_eq!(selection.takes(&row), taken, "{selection:?}");
        }
    }
}
