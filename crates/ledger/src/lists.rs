//! Lists for operators.

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};

use crate::{Ledger, Result, RowId};

/// A row that is dead-lettered, uncertain or failed. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRow {
    /// Which row.
    pub id: RowId,
    /// What it was settled as.
    pub outcome: Outcome,
    /// The last error's class; the outcome's name where there was none.
    pub class: String,
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
}

/// Dead rows by class, then time, page by page.
#[derive(Debug)]
pub struct DeadRows {}

impl DeadRows {
    /// The next row; none at the end.
    pub async fn next(&mut self) -> Result<Option<DeadRow>> {
        todo!()
    }
}

impl Ledger {
    /// The rows of a feed that are dead-lettered, uncertain or failed; of one error class, or of all. An index: rows
    /// that just changed may be missing or there still.
    pub fn dead_rows(&self, feed: &Feed, class: Option<&str>) -> DeadRows {
        todo!("{feed} {class:?}")
    }
}
