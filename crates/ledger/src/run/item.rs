//! A run: one revision of one inbound file being ingested. Holds no personal data and never expires.

use std::collections::BTreeMap;

use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, SubsecRound, Utc};
use feeds::{Feed, FileProblem, Header, Outcome, Rules};
use serde::{Deserialize, Serialize};

use crate::dynamo::read;
use crate::keys::Key;
use crate::{AuditEntry, Cancellation, Checkpoint, Edition, Ledger, Report, Result, RunId, RunState, SummaryFile};

/// The facts that a splitter knows of a file when it claims it.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The feed in whose folder the file lies.
    pub feed: &'static Feed,
    /// Drive's id of the file.
    pub file_id: String,
    /// Its name.
    pub file_name: String,
    /// The text that tells its revisions apart: the md5 of a CSV or XLSX; whatever the caller uses for a Google Sheet.
    pub revision: String,
    /// When it was created.
    pub file_created: DateTime<Utc>,
    /// When it was last modified.
    pub file_modified: DateTime<Utc>,
    /// The rules that decisions depend on beside the rows; a replay decides as the first time did.
    pub rules: Rules,
    /// The version of those rules.
    pub rules_version: u32,
    /// Over how many lanes the rows are spread: [`LANES`](crate::LANES).
    pub lanes: u32,
}

impl NewRun {
    /// The run's id.
    pub fn id(&self) -> RunId {
        RunId::of(&self.file_id, &self.revision)
    }
}

/// A run as the ledger has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The run's id.
    pub id: RunId,
    /// The feed.
    pub feed: &'static Feed,
    /// Drive's id of the file.
    pub file_id: String,
    /// Its name when it was claimed.
    pub file_name: String,
    /// The revision being ingested.
    pub revision: String,
    /// When the file was created.
    #[serde(with = "ts_milliseconds")]
    pub file_created: DateTime<Utc>,
    /// When what is being read was last modified.
    #[serde(with = "ts_milliseconds")]
    pub file_modified: DateTime<Utc>,
    /// The rules that decisions depend on beside the rows.
    pub rules: Rules,
    /// The version of those rules.
    pub rules_version: u32,
    /// Over how many lanes the rows are spread.
    pub lanes: u32,
    /// How far it has come.
    pub state: RunState,
    /// When it was claimed first. With the row number it says which of two rows is newer.
    #[serde(with = "ts_milliseconds")]
    pub claimed_at: DateTime<Utc>,
    /// The header, once it is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// Counts up when the file changed while it was read. Rows of an older reading count for nothing.
    #[serde(rename = "reading")]
    pub generation: u32,
    /// How far the file has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// How many rows were read and ledgered (blank ones and the header not counted).
    pub rows_read: u64,
    /// How many of them a rule skipped or rejected there and then.
    #[serde(default)]
    pub settled_at_split: BTreeMap<Outcome, u64>,
    /// How many of them are to be posted, by lane.
    #[serde(default)]
    pub(crate) to_post: BTreeMap<u32, u64>,
    /// Up to which row all is enqueued.
    pub enqueued_to: u32,
    /// How many rows were enqueued.
    pub rows_enqueued: u64,
    /// When a splitter last got further with it.
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub stepped_at: Option<DateTime<Utc>>,
    /// When all was enqueued, or the file rejected, or the run given up.
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub split_at: Option<DateTime<Utc>>,
    /// Why the file is rejected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<FileProblem>,
    /// Why a person cancelled the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancellation>,
    /// The acts of people on it, oldest first.
    #[serde(rename = "deeds", default, skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<AuditEntry>,
    /// The summary that was written last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// The summary that was asked for last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Edition>,
    /// True where a person asked for the summary to be written again.
    #[serde(default)]
    pub report_asked: bool,
    /// When a person had its rows' data erased: its summary cannot be written again.
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub forgotten_at: Option<DateTime<Utc>>,
    /// The summary's spreadsheets by kind and part; see [`Run::summary_file`].
    #[serde(default)]
    pub(crate) files: BTreeMap<String, SummaryFile>,
    /// How many rounds the sweep has enqueued what is open again since a lane last moved.
    #[serde(default)]
    pub sweep_rounds: u32,
    /// When the last of those rounds began.
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub swept_at: Option<DateTime<Utc>>,
}

impl Run {
    /// A run at its beginning.
    pub(crate) fn begin(new: NewRun, now: DateTime<Utc>) -> Self {
        Self {
            id: new.id(),
            feed: new.feed,
            file_id: new.file_id,
            file_name: new.file_name,
            revision: new.revision,
            file_created: new.file_created.trunc_subsecs(3),
            file_modified: new.file_modified.trunc_subsecs(3),
            rules: new.rules,
            rules_version: new.rules_version,
            lanes: new.lanes.max(1),
            state: RunState::Reading,
            claimed_at: now,
            header: None,
            generation: 1,
            checkpoint: None,
            rows_read: 0,
            settled_at_split: BTreeMap::new(),
            to_post: BTreeMap::new(),
            enqueued_to: 0,
            rows_enqueued: 0,
            stepped_at: None,
            split_at: None,
            problems: Vec::new(),
            cancelled: None,
            audit: Vec::new(),
            report: None,
            asked: None,
            report_asked: false,
            forgotten_at: None,
            files: BTreeMap::new(),
            sweep_rounds: 0,
            swept_at: None,
        }
    }

    /// The spreadsheet of a kind and part, if one was recorded.
    pub fn summary_file(&self, kind: &str, part: u32) -> Option<&SummaryFile> {
        self.files.get(&file_key(kind, part))
    }

    /// The spreadsheets of the summary that were recorded.
    pub fn summary_files(&self) -> impl Iterator<Item = &SummaryFile> {
        self.files.values()
    }

    /// True while something remains to be done: rows to read, enqueue or settle, or the first summary to write.
    pub fn is_open(&self) -> bool {
        match self.state {
            RunState::Reading | RunState::Enqueueing | RunState::Posting => true,
            RunState::Rejected | RunState::Cancelled => self.report.is_none(),
            RunState::Reported | RunState::Superseded => false,
        }
    }

    /// True where rows of it count. Of a file that is rejected, or whose run was cancelled while it was read, none does.
    pub fn has_rows(&self) -> bool {
        match self.state {
            RunState::Rejected => false,
            RunState::Cancelled => self.cancelled.as_ref().is_some_and(|cancelled| cancelled.was_read),
            _ => true,
        }
    }
}

/// Where a spreadsheet stands among a run's files.
pub(crate) fn file_key(kind: &str, part: u32) -> String {
    format!("{kind}/{part}")
}

impl Ledger {
    /// A run, strongly consistent; none if the ledger does not know it.
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>> {
        let item = self.get("reading a run", &Key::run(id)).await?;
        item.map(|item| read(format_args!("run {id}"), item)).transpose()
    }
}
