//! How a row ended, as the ledger knows it.

use crate::settlement::Settlement;

/// A settled row, to be shown in the summary.
#[derive(Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the header's order; missing ones count as blank.
    pub cells: Vec<String>,
    /// Warnings of what was left out or looks odd.
    pub warnings: Vec<String>,
    /// The help request's number, where it is known.
    pub help_request_id: Option<i64>,
    /// How it ended.
    pub settlement: Settlement,
}

wire::debug_only!(RowResult { row, settlement });
