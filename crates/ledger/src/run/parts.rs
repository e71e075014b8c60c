//! The parts of a run's item, beside the run itself.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use feeds::SheetEvidence;
use serde::{Deserialize, Serialize};

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum RunState {
    /// The file is being read into the ledger; nothing is enqueued.
    Reading,
    /// Read whole; the rows to post are being enqueued.
    Enqueueing,
    /// All is enqueued.
    Posting,
    /// Every row is settled and the summary is written. A redrive may make another one due.
    Reported,
    /// The file cannot be ingested; a summary says why.
    Rejected,
    /// Given up by its splitter before anything was enqueued: newer content took this one's place while it was read. No
    /// summary. Where this content is there again, it is read anew.
    Superseded,
    /// Given up by a person, for good.
    Cancelled,
}

impl RunState {
    /// The word for it in the ledger.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How far a file has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The last row that the reader has seen, blank ones too.
    pub last_row: u32,
    /// The evidence of the date columns up to there; no personal data. Where it is not as this version writes it, the
    /// run cannot be read ([`Error::Corrupt`](crate::Error::Corrupt)): a reader that went on without it would take a
    /// month-first file for a good one.
    pub evidence: SheetEvidence,
}

/// Why a run was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Why; no personal data.
    pub because: String,
    /// By whom.
    pub by: String,
    /// When.
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// True where its file had been read whole. Of one that had not, no row counts and none was sent.
    pub was_read: bool,
}

/// Something that a person did to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// The act; no personal data.
    pub what: String,
    /// Why, where that was asked for; no personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A summary that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// 1 for the first, counting up with each redrive that changed something.
    pub version: u32,
    /// The lanes' moves that it has in it.
    pub moves: u64,
    /// When it was finished.
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
}

/// Which summary: a later version, or one with more moves in it, is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    pub(crate) version: u32,
    pub(crate) moves: u64,
}

/// A spreadsheet of the summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryFile {
    /// Drive's id.
    pub id: String,
    /// The revision of what we wrote, which tells whether somebody edited it since; none while it is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_as: Option<String>,
    /// How many of the run's rows were [gone](crate::KeptRows::gone) when it was written, so that they are not in it.
    #[serde(default)]
    pub gone: u64,
    /// The summary whose part is in it whole; none while it is being written. A report that was cut off goes on with the
    /// parts that it has not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Edition>,
}
