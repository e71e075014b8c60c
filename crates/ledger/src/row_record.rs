//! Rows as people look at them: nothing is claimed and nothing changes.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use feeds::Outcome;
use serde::Deserialize;

use crate::item::{read, text};
use crate::keys::{Key, row_of, run_of};
use crate::lanes::{Lanes, Wanted};
use crate::row_item::RowItem;
use crate::{Ledger, Result, RowId, Run, RunId};

/// A row with all that the ledger knows of it. Cells, reason, what to fix and warnings are personal data.
#[derive(Clone)]
pub struct RowRecord {
    /// Which row.
    pub id: RowId,
    /// The cells after clean-up, in the order of the run's header.
    pub cells: Vec<String>,
    /// What was left out or looks odd.
    pub warnings: Vec<String>,
    /// How it ended; none while it is open. Stands while the row is being redriven.
    pub outcome: Option<Outcome>,
    /// When it ended so.
    pub settled_at: Option<DateTime<Utc>>,
    /// Why it ended so.
    pub reason: String,
    /// What to do about it.
    pub how_to_fix: String,
    /// The last error's class.
    pub class: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Until when a poster has claimed it, if one has; may be past.
    pub claimed_until: Option<DateTime<Utc>>,
    /// Whether something may have been sent whose answer was never learnt.
    pub may_have_been_sent: bool,
    /// What its posters wrote down.
    pub notebook: BTreeMap<String, String>,
    /// The resident's number in Here to Help.
    pub resident_id: Option<i64>,
    /// The help request's number.
    pub help_request_id: Option<i64>,
    /// The number of the request that the feed's follow-up made.
    pub follow_up_id: Option<i64>,
    /// When DynamoDB may delete it.
    pub expires_at: DateTime<Utc>,
}

/// A run's rows in the sheet's order, page by page.
#[derive(Debug)]
pub struct Rows {
    run: RunId,
    rows: Lanes,
}

impl Rows {
    /// The next row; none at the end.
    ///
    /// # Errors
    /// As [`Ledger::row`].
    pub async fn next(&mut self) -> Result<Option<RowRecord>> {
        let row = self.rows.next().await?;
        Ok(row.map(|item| record(RowId { run: self.run.clone(), row: item.row }, item)))
    }
}

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not settled yet.
    Open,
    /// Settled so; a redrive may be under way.
    Settled(Outcome),
    /// The ledger does not have it (any more).
    Gone,
    /// It cannot be read here, for one: a newer version wrote it.
    Unreadable,
}

impl Ledger {
    /// A row, strongly consistent; none if the ledger does not have it (any more).
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn row(&self, run: &Run, row: u32) -> Result<Option<RowRecord>> {
        let id = RowId { run: run.id.clone(), row };
        let Some(item) = self.get("reading a row", &Key::row(&run.id, run.lanes, row)).await? else { return Ok(None) };
        let item: RowItem = read(&id, item)?;
        let is_there = item.reading == run.reading && item.expires_at > self.now().timestamp();
        Ok(is_there.then(|| record(id, item)))
    }

    /// The rows of a run, strongly consistent page by page.
    pub fn rows(&self, run: &Run) -> Rows {
        Rows { run: run.id.clone(), rows: Lanes::new(self, run, Wanted::All) }
    }

    /// How rows stand, strongly consistent: in the order in which they were asked for.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn standings(&self, rows: &[(&Run, u32)]) -> Result<Vec<Standing>> {
        // DynamoDB refuses a batch that asks for the same item twice.
        let keys: BTreeMap<(&RunId, u32), Key> =
            rows.iter().map(|(run, row)| ((&run.id, *row), Key::row(&run.id, run.lanes, *row))).collect();
        let wanted: Vec<Key> = keys.values().cloned().collect();
        let mut found = BTreeMap::new();
        for item in self.get_all("looking how rows stand", &wanted).await? {
            let id = (text(&item, "pk").and_then(run_of), text(&item, "sk").and_then(row_of));
            found.insert(id, read::<Stands>(&"a row", item));
        }
        let now = self.now().timestamp();
        let standing = |(run, row): &(&Run, u32)| {
            let id = (Some(run.id.clone()), Some(*row));
            match found.get(&id) {
                Some(Ok(row)) if row.reading == run.reading && row.expires_at > now => {
                    row.outcome.map_or(Standing::Open, Standing::Settled)
                }
                Some(Err(_)) => Standing::Unreadable,
                Some(Ok(_)) | None => Standing::Gone,
            }
        };
        Ok(rows.iter().map(standing).collect())
    }
}

/// As much of a row item as tells how it stands.
#[derive(Deserialize)]
struct Stands {
    reading: u32,
    outcome: Option<Outcome>,
    expires_at: i64,
}

pub(crate) fn record(id: RowId, item: RowItem) -> RowRecord {
    RowRecord {
        id,
        cells: item.cells,
        warnings: item.warnings,
        outcome: item.outcome,
        settled_at: item.settled_at,
        reason: item.reason,
        how_to_fix: item.how_to_fix,
        class: item.error_class,
        attempts: item.attempts,
        claimed_until: item.claim.and(item.claim_until),
        may_have_been_sent: item.may_have_been_sent,
        notebook: item.notebook,
        resident_id: item.resident_id,
        help_request_id: item.help_request_id,
        follow_up_id: item.follow_up_id,
        expires_at: DateTime::from_timestamp(item.expires_at, 0).unwrap_or(DateTime::UNIX_EPOCH),
    }
}

/// Cells, reason, what to fix and warnings are not printed.
impl fmt::Debug for RowRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowRecord {{ id: {}, outcome: {:?}, class: {:?}, .. }}", self.id, self.outcome, self.class)
    }
}
