//! Which rows of a run its summary can still be made of: what a row says is not kept for ever.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use feeds::Outcome;

use crate::lanes::{Lanes, Wanted};
use crate::report::settlement_of;
use crate::row::KEPT_SETTLED;
use crate::{Reporting, Result};

/// What the ledger still has of a run's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRows {
    /// The rows that it has, by outcome.
    pub kept: BTreeMap<Outcome, u64>,
    /// How many others the run had: expired, or forgotten.
    pub gone: u64,
}

impl Reporting {
    /// What is left of the run's rows, until this claim expires. They are counted, page by page, only where one may be
    /// gone: of a run that is young and of which nothing was forgotten, all are there.
    ///
    /// # Errors
    /// As [`SettledRows::next`](crate::SettledRows::next).
    pub async fn kept_rows(&self) -> Result<KeptRows> {
        if !self.may_miss_rows() {
            return Ok(KeptRows { kept: self.progress.totals(&self.run), gone: 0 });
        }
        let mut kept = BTreeMap::new();
        let mut rows = Lanes::new(&self.ledger, &self.run, Wanted::Outcomes);
        while let Some(row) = rows.next().await? {
            if row.is_kept(self.until) {
                *kept.entry(settlement_of(&self.run.id, &row)?.outcome).or_default() += 1;
            }
        }
        let gone = self.run.rows_read.saturating_sub(kept.values().sum());
        Ok(KeptRows { kept, gone })
    }

    /// No row expires sooner than this after its run was claimed.
    fn may_miss_rows(&self) -> bool {
        let is_young = self.until < self.run.claimed_at + TimeDelta::days(KEPT_SETTLED);
        self.run.has_rows() && !(is_young && self.run.forgotten_at.is_none())
    }
}
