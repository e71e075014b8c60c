//! A row, as it is ledgered.

use std::fmt;

/// A row that the splitter ledgers.
#[derive(Clone, PartialEq)]
pub struct NewRow {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the header's order.
    pub cells: Vec<String>,
    /// For the summary.
    pub warnings: Vec<String>,
    /// What the feed decided.
    pub state: NewRowState,
}

/// What a row is when it is ledgered.
#[derive(Clone, PartialEq)]
pub enum NewRowState {
    /// To be posted.
    Pending,
    /// Left out by a rule of the feed: settled there and then.
    Skipped {
        /// Which rule.
        reason: String,
    },
    /// The sheet must be corrected: settled there and then.
    Rejected {
        /// What is wrong.
        reason: String,
        /// What to write instead.
        how_to_fix: String,
    },
}

/// Whether a row fits into the ledger. What an [`Intake`](feeds::Intake) judged does.
pub(crate) fn fits(row: &NewRow) -> bool {
    let reasons = match &row.state {
        NewRowState::Pending => 0,
        NewRowState::Skipped { reason } => reason.len(),
        NewRowState::Rejected { reason, how_to_fix } => reason.len() + how_to_fix.len(),
    };
    feeds::fits(&row.cells, &row.warnings, reasons)
}

/// Cells, reasons and warnings hold personal data: they are not printed.
impl fmt::Debug for NewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewRow {{ row: {}, state: {:?}, .. }}", self.row, self.state)
    }
}

/// Reasons may quote the row: they are not printed.
impl fmt::Debug for NewRowState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "Pending",
            Self::Skipped { .. } => "Skipped",
            Self::Rejected { .. } => "Rejected",
        })
    }
}
