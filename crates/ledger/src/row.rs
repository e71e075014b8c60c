//! A row, as it is ledgered and as it ends.

use std::fmt;

use feeds::Outcome;

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

/// Whether a row fits into the ledger: at most 350 KB (DynamoDB's limit is 400 KB, and warnings are added later).
/// One that does not is to be rejected, with fewer cells.
pub fn fits(row: &NewRow) -> bool {
    todo!("{row:?}")
}

/// How a claimed row ends. Texts are for the summary and may quote the row.
#[derive(Clone, PartialEq)]
pub struct Settlement {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, where that is not plain.
    pub reason: String,
    /// What to do about it.
    pub how_to_fix: String,
    /// All of the row's warnings: they replace those that it had.
    pub warnings: Vec<String>,
    /// The resident that the request belongs to.
    pub resident_id: Option<i64>,
    /// The request.
    pub help_request_id: Option<i64>,
    /// The feed's follow-up request.
    pub follow_up_id: Option<i64>,
    /// The last error's class, for the operators' lists; no personal data.
    pub error_class: Option<String>,
    /// Whether something may have been sent whose answer was never learnt: a redrive looks before it posts. Once set it
    /// stays.
    pub may_have_been_sent: bool,
}

impl Settlement {
    /// An outcome and nothing else.
    pub fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: String::new(),
            how_to_fix: String::new(),
            warnings: Vec::new(),
            resident_id: None,
            help_request_id: None,
            follow_up_id: None,
            error_class: None,
            may_have_been_sent: false,
        }
    }
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

/// Reasons and warnings may quote the row: they are not printed.
impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settlement {{ outcome: {}, error_class: {:?}, .. }}", self.outcome, self.error_class)
    }
}
