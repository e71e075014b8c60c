//! Open rows, and those of them that the table has deleted: nobody can settle these, and their run would wait for ever.

use chrono::{DateTime, Utc};
use feeds::Outcome;

use super::rows::{Rows, Wanted};
use crate::dynamo::item::VERSION;
use crate::dynamo::store::Written;
use crate::dynamo::update::Update;
use crate::keys::Key;
use crate::run::item::Run;
use crate::{Ledger, Result};

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
pub struct OpenRows {
    rows: Rows,
}

impl OpenRows {
    /// The next row; none at the end.
    pub async fn next(&mut self) -> Result<Option<OpenRow>> {
        let row = self.rows.next().await?;
        Ok(row.map(|row| OpenRow { row: row.row, claimed_until: row.claimed_until, attempts: row.attempts }))
    }
}

impl Ledger {
    /// The rows of a run that have not settled, strongly consistent.
    pub fn open_rows(&self, run: &Run) -> OpenRows {
        OpenRows { rows: Rows::new(self, run, Wanted::Open) }
    }

    /// Counts as dead-lettered what is missing of a run that has no open row any more; how many rows that are. Nothing
    /// happens while a row is open: it can still be settled, or be deleted too. What is gone is known by its number
    /// only: which rows they were, the table cannot say.
    pub async fn settle_gone_rows(&self, run: &Run) -> Result<u64> {
        if self.open_rows(run).next().await?.is_some() {
            return Ok(0);
        }
        // No row was open before this sum was made, so that none can be settled after it: what is missing is gone.
        let settled: u64 = self.progress(run).await?.totals(run).values().sum();
        let gone = run.rows_read.saturating_sub(settled);
        if gone == 0 {
            return Ok(0);
        }
        // Once for all: after this the run is complete. Another sweep that found the same is refused.
        let update = Update::new()
            .set("v", VERSION)
            .set("settled_at", self.now())
            .set("gone", gone)
            .add(Outcome::DeadLettered.as_str(), gone)
            .unchanged("gone", None::<u64>);
        match self.update("counting the rows that are gone", &Key::progress(&run.id, 0), update).await? {
            Written::Done(_) => Ok(gone),
            Written::Refused(_) => Ok(0),
        }
    }
}
