//! A row, as it is ledgered and as it ends.

use std::collections::BTreeMap;
use std::fmt;

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use feeds::Outcome;
use serde::{Deserialize, Serialize};

use crate::Token;
use crate::item::expiry;

/// How long a row is kept after it was ledgered, in days.
pub(crate) const KEPT_OPEN: i64 = 90;
/// How long a row is kept after it settled, in days.
pub(crate) const KEPT_SETTLED: i64 = 30;
/// The largest row that is ledgered, in bytes.
const LARGEST: usize = 350 * 1024;
/// What a row's other attributes take, in bytes.
const OVERHEAD: usize = 2 * 1024;

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
    // DynamoDB counts the bytes of each text and one for the element, and three for a list.
    let list = |texts: &[String]| 3 + texts.iter().map(|text| text.len() + 1).sum::<usize>();
    let state = match &row.state {
        NewRowState::Pending => 0,
        NewRowState::Skipped { reason } => reason.len(),
        NewRowState::Rejected { reason, how_to_fix } => reason.len() + how_to_fix.len(),
    };
    list(&row.cells) + list(&row.warnings) + state + OVERHEAD <= LARGEST
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

/// A row as the table has it. Its state follows from what is there: an outcome = settled; a claim and no outcome =
/// posting; neither = pending; both = settled, and being redriven.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RowItem {
    pub(crate) row: u32,
    pub(crate) reading: u32,
    #[serde(default)]
    pub(crate) cells: Vec<String>,
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    #[serde(default)]
    pub(crate) attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub(crate) claim_until: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) may_have_been_sent: bool,
    #[serde(default)]
    pub(crate) notebook: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub(crate) settled_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settled_by: Option<Token>,
    #[serde(default)]
    pub(crate) reason: String,
    #[serde(default)]
    pub(crate) how_to_fix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resident_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) help_request_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) follow_up_id: Option<i64>,
    pub(crate) expires_at: i64,
}

impl RowItem {
    /// A row as it is ledgered.
    pub(crate) fn new(new: &NewRow, reading: u32, now: DateTime<Utc>) -> Self {
        let (outcome, reason, how_to_fix) = match &new.state {
            NewRowState::Pending => (None, "", ""),
            NewRowState::Skipped { reason } => (Some(Outcome::Skipped), reason.as_str(), ""),
            NewRowState::Rejected { reason, how_to_fix } => {
                (Some(Outcome::Rejected), reason.as_str(), how_to_fix.as_str())
            }
        };
        Self {
            row: new.row,
            reading,
            cells: new.cells.clone(),
            warnings: new.warnings.clone(),
            attempts: 0,
            claim: None,
            claim_until: None,
            may_have_been_sent: false,
            notebook: BTreeMap::new(),
            outcome,
            settled_at: outcome.map(|_| now),
            settled_by: None,
            reason: reason.to_owned(),
            how_to_fix: how_to_fix.to_owned(),
            resident_id: None,
            help_request_id: None,
            follow_up_id: None,
            expires_at: expiry(now, if outcome.is_some() { KEPT_SETTLED } else { KEPT_OPEN }),
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
