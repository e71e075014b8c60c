//! How a row ended, as the ledger knows it.

use std::fmt;

use crate::decision::Outcome;

/// A settled row, to be shown in the summary.
#[derive(Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the header's order; missing ones count as blank.
    pub cells: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it ended so; blank where there is nothing to say.
    pub reason: String,
    /// What the data team can do about it; blank where it need do nothing.
    pub how_to_fix: String,
    /// What was left out or looks odd.
    pub warnings: Vec<String>,
    /// The resident's number in Here to Help.
    pub resident_id: Option<i64>,
    /// The help request's number.
    pub help_request_id: Option<i64>,
    /// The number of the request that the feed's follow-up made.
    pub follow_up_id: Option<i64>,
}

/// Cells, reasons and warnings hold personal data: they are not printed.
impl fmt::Debug for RowResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowResult {{ row: {}, outcome: {}, .. }}", self.row, self.outcome)
    }
}
