//! A row, as it is ledgered and as people look at it.

use std::fmt::{self, Display};

use chrono::serde::{ts_milliseconds_option, ts_seconds};
use chrono::{DateTime, TimeDelta, Utc};
use feeds::{Judged, Outcome, Settlement};
use serde::{Deserialize, Serialize};

use crate::dynamo::item::{Item, read};
use crate::keys::{RowId, RunId};
use crate::{Error, Result, Token};

/// How long a row is kept after it was ledgered, in days.
const KEPT_OPEN: i64 = 90;
/// How long a row is kept after it settled, in days.
pub(crate) const KEPT_SETTLED: i64 = 30;

/// A row that the splitter ledgers.
#[derive(Clone, PartialEq)]
pub struct NewRow {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the header's order.
    pub cells: Vec<String>,
    /// For the summary.
    pub warnings: Vec<String>,
    /// Where the feed leaves the row out or the sheet must be corrected: settled there and then. None: to be posted.
    pub settlement: Option<Settlement>,
}

/// A row with all that the ledger knows of it, as the table has it. Cells, reasons and warnings are personal data.
///
/// Its state follows from what is there: a settlement = settled; a claim and no settlement = posting; neither = pending;
/// both = settled, and being redriven. What is long stands here and in no flattened part: those are copied once more.
#[derive(Clone, Serialize, Deserialize)]
pub struct RowRecord {
    #[serde(rename = "reading")]
    pub(crate) generation: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Token>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settled_by: Option<Token>,
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the order of the run's header.
    #[serde(default)]
    pub cells: Vec<String>,
    /// Remarks on what was left out or looks odd.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// How often it was claimed, but for claims that were given back untouched.
    #[serde(default)]
    pub attempts: u32,
    /// Until when a poster has claimed it, if one has; may be past.
    #[serde(default, rename = "claim_until", with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub claimed_until: Option<DateTime<Utc>>,
    /// Something may have been sent whose answer was never learnt: look before posting again. Once set it stays.
    #[serde(default)]
    pub may_have_been_sent: bool,
    /// How far its posters came.
    #[serde(flatten)]
    pub delivery: DeliveryProgress,
    /// The class of the last error, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// How it ended; none while it is open. Stands while the row is being redriven, until another replaces it.
    #[serde(flatten)]
    pub settlement: Option<Settlement>,
    /// When it ended so.
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<DateTime<Utc>>,
    /// When DynamoDB may delete it.
    #[serde(with = "ts_seconds")]
    pub expires_at: DateTime<Utc>,
}

/// The facts that the next claim on a row needs about what was sent for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryProgress {
    /// The number of the row's help request, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_request_id: Option<i64>,
    /// The follow-up request is about to be made, and the resident had none of its kind.
    #[serde(default)]
    pub follow_up_started: bool,
    /// The row was posted again after the answer to a POST was lost and its request was not there.
    #[serde(default)]
    pub posted_again: bool,
}

impl From<Judged> for NewRow {
    fn from(judged: Judged) -> Self {
        let settlement = judged.decision.settlement();
        let cells = judged.cells.into_iter().map(String::from).collect();
        Self { row: judged.row, cells, warnings: judged.warnings, settlement }
    }
}

impl NewRow {
    /// True where it fits into the ledger. What an [`Intake`](feeds::Intake) judged does.
    pub(crate) fn fits(&self) -> bool {
        feeds::fits(&self.cells, &self.warnings, self.settlement.as_ref())
    }

    /// As it is ledgered.
    pub(crate) fn record(&self, generation: u32, now: DateTime<Utc>) -> RowRecord {
        let kept = if self.settlement.is_some() { KEPT_SETTLED } else { KEPT_OPEN };
        RowRecord {
            generation,
            claim: None,
            settled_by: None,
            row: self.row,
            cells: self.cells.clone(),
            warnings: self.warnings.clone(),
            attempts: 0,
            claimed_until: None,
            may_have_been_sent: false,
            delivery: DeliveryProgress::default(),
            last_error: None,
            settlement: self.settlement.clone(),
            settled_at: self.settlement.as_ref().map(|_| now),
            expires_at: now + TimeDelta::days(kept),
        }
    }
}

impl RowRecord {
    /// Reads a row. One whose outcome cannot be read is not taken for an open one.
    pub(crate) fn read(what: impl Display, item: Item) -> Result<Self> {
        let has_settled = item.contains_key("outcome");
        let row: Self = read(&what, item)?;
        if has_settled && row.settlement.is_none() {
            return Err(Error::Corrupt(what.to_string()));
        }
        Ok(row)
    }

    /// Its name, as a row of this run.
    pub fn id(&self, run: &RunId) -> RowId {
        RowId { run: run.clone(), row: self.row }
    }

    /// How it ended; none while it is open.
    pub fn outcome(&self) -> Option<Outcome> {
        self.settlement.as_ref().map(|settlement| settlement.outcome)
    }

    /// How a row of a complete run ended.
    pub(crate) fn settled(&self, run: &RunId) -> Result<&Settlement> {
        let open = || Error::Corrupt(format!("row {}, which has not settled,", self.id(run)));
        self.settlement.as_ref().ok_or_else(open)
    }

    /// The resident's number in Here to Help, where it is known.
    pub fn resident_id(&self) -> Option<i64> {
        self.settlement.as_ref()?.resident_id
    }

    /// The number of the follow-up request, where there is one.
    pub fn follow_up_id(&self) -> Option<i64> {
        self.settlement.as_ref()?.follow_up_id
    }

    /// The reason for its outcome; empty where none is given. May quote the cells.
    pub fn reason(&self) -> &str {
        self.settlement.as_ref().map_or("", |settlement| &settlement.reason)
    }

    /// The remedy beside the reason; empty where none is given. May quote the cells.
    pub fn how_to_fix(&self) -> &str {
        self.settlement.as_ref().map_or("", |settlement| &settlement.how_to_fix)
    }

    /// The class of its last error: of the one that it was settled for, else of the last attempt.
    pub fn error_class(&self) -> Option<&str> {
        match &self.settlement {
            Some(settlement) => settlement.error_class.as_deref(),
            None => self.last_error.as_deref(),
        }
    }

    /// True where it is there until then. What has expired counts as gone, although the table may delete it days later; and what
    /// was forgotten has expired.
    pub(crate) fn is_kept(&self, until: DateTime<Utc>) -> bool {
        self.expires_at > until
    }
}

/// Cells, reasons and warnings hold personal data: they are not printed.
impl fmt::Debug for NewRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewRow {{ row: {}, settlement: {:?}, .. }}", self.row, self.settlement)
    }
}

/// Cells and warnings are not printed.
impl fmt::Debug for RowRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "RowRecord {{ row: {}, settlement: {:?}, last_error: {:?}, .. }}",
            self.row, self.settlement, self.last_error
        )
    }
}
