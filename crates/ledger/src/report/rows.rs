//! The rows that a summary is made of: those that the ledger still has, for what a row says is not kept for ever.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use feeds::{Outcome, RowResult};

use crate::row::item::KEPT_SETTLED;
use crate::row::rows::Wanted;
use crate::{Reporting, Result, RowRecord, Rows, RunId};

/// The rows of a complete run that are [kept](Reporting::kept_rows), in the sheet's order, page by page. A rejected
/// file has none: whatever was ledgered before it was rejected counts for nothing.
#[derive(Debug)]
pub struct SettledRows {
    run: RunId,
    until: DateTime<Utc>,
    rows: Option<Rows>,
}

impl SettledRows {
    /// The next row; none at the end. One that has not settled is [corrupt](crate::Error::Corrupt).
    pub async fn next(&mut self) -> Result<Option<RowResult>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        while let Some(record) = rows.next().await? {
            if record.is_kept(self.until) {
                let settlement = record.settled(&self.run)?.clone();
                let RowRecord { row, cells, warnings, delivery, .. } = record;
                let help_request_id = delivery.help_request_id;
                return Ok(Some(RowResult { row, cells, warnings, help_request_id, settlement }));
            }
        }
        Ok(None)
    }
}

/// A count of the run's rows that the ledger still has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRows {
    /// The rows that it has, by outcome.
    pub kept: BTreeMap<Outcome, u64>,
    /// How many others the run had: expired, or forgotten.
    pub gone: u64,
}

impl Reporting {
    /// The rows from the first one on.
    pub fn rows(&self) -> SettledRows {
        let rows = self.run.has_rows().then(|| Rows::new(&self.ledger, &self.run, Wanted::All));
        SettledRows { run: self.run.id.clone(), until: self.until, rows }
    }

    /// The rows that are left of the run, until this claim expires. They are counted, page by page, only where one may
    /// be gone: of a run that is young and of which nothing was forgotten, all are there.
    pub async fn kept_rows(&self) -> Result<KeptRows> {
        // No row expires sooner than this after its run was claimed.
        let is_young = self.until < self.run.claimed_at + TimeDelta::days(KEPT_SETTLED);
        if !self.run.has_rows() || is_young && self.run.forgotten_at.is_none() {
            return Ok(KeptRows { kept: self.progress.totals(&self.run), gone: 0 });
        }
        let mut kept = BTreeMap::new();
        let mut rows = Rows::new(&self.ledger, &self.run, Wanted::Outcomes);
        while let Some(row) = rows.next().await? {
            if row.is_kept(self.until) {
                *kept.entry(row.settled(&self.run.id)?.outcome).or_default() += 1;
            }
        }
        let gone = self.run.rows_read.saturating_sub(kept.values().sum());
        Ok(KeptRows { kept, gone })
    }
}
