//! A run: one revision of one inbound file being ingested. Holds no personal data and never expires.

use std::collections::{BTreeMap, BTreeSet};

use chrono::serde::{ts_milliseconds, ts_milliseconds_option};
use chrono::{DateTime, Utc};
use feeds::{Feed, FileProblem, Header, Outcome, Rules};
use serde::{Deserialize, Serialize};

use crate::item::{read, text};
use crate::keys::{Key, RunId, file_of, run_of};
use crate::reading::Checkpoint;
use crate::split_lease::RunName;
use crate::{Cancellation, Deed, Error, Ledger, Result};

/// What a splitter knows of a file when it claims it.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The feed in whose folder the file lies.
    pub feed: &'static Feed,
    /// Drive's id of the file.
    pub file_id: String,
    /// Its name.
    pub file_name: String,
    /// What tells its revisions apart: the md5 of a CSV or XLSX; whatever the caller uses for a Google Sheet.
    pub revision: String,
    /// When it was created.
    pub file_created: DateTime<Utc>,
    /// When it was last modified.
    pub file_modified: DateTime<Utc>,
    /// What decisions depend on beside the rows; a replay decides as the first time did.
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
    /// What decisions depend on beside the rows.
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
    pub reading: u32,
    /// How far the file has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// How many rows were read and ledgered (blank ones and the header not counted).
    pub rows_read: u64,
    /// How many of them a rule skipped or rejected there and then.
    #[serde(default)]
    pub settled_at_split: BTreeMap<Outcome, u64>,
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
    /// What people did to it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deeds: Vec<Deed>,
    /// The summary that was written last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// The summary that was asked for last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Edition>,
    /// Whether a person asked for the summary to be written again.
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
    /// What tells whether somebody edited it since: the revision of what we wrote; none while it is being written.
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

/// A revision of a file that the ledger knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRevision {
    /// The revision.
    pub revision: String,
    /// Its run.
    pub run: RunId,
    /// How far that has come.
    pub state: RunState,
}

/// What the ledger knows of files.
#[derive(Debug, Default)]
pub struct KnownFiles {
    /// The revisions of each.
    pub revisions: BTreeMap<String, Vec<KnownRevision>>,
    /// Files of which something cannot be read here, for one: a newer version wrote it. Any of their revisions may be
    /// known, so that none may be split.
    pub unreadable: BTreeMap<String, Error>,
}

impl Run {
    /// The spreadsheet of a kind and part, if one was recorded.
    pub fn summary_file(&self, kind: &str, part: u32) -> Option<&SummaryFile> {
        self.files.get(&file_key(kind, part))
    }

    /// The spreadsheets of the summary that were recorded, each with its kind and part.
    pub fn summary_files(&self) -> impl Iterator<Item = (&str, &SummaryFile)> {
        self.files.iter().map(|(kind_and_part, file)| (kind_and_part.as_str(), file))
    }

    /// Whether something remains to be done: rows to read, enqueue or settle, or the first summary to write.
    pub fn is_open(&self) -> bool {
        match self.state {
            RunState::Reading | RunState::Enqueueing | RunState::Posting => true,
            RunState::Rejected | RunState::Cancelled => self.report.is_none(),
            RunState::Reported | RunState::Superseded => false,
        }
    }

    /// Whether rows of it count. Of a file that is rejected, or whose run was cancelled while it was read, none does.
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
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`].
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>> {
        let item = self.get("reading a run", &Key::run(id)).await?;
        item.map(|item| read(&RunName(id), item)).transpose()
    }

    /// What the ledger knows of these files; one that it does not know is left out.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn known_files(&self, file_ids: &[String]) -> Result<KnownFiles> {
        const OPERATION: &str = "looking for known files";
        let files: BTreeSet<&String> = file_ids.iter().collect();
        let keys: Vec<Key> = files.into_iter().map(|file| Key::file(file)).collect();
        let mut known = KnownFiles::default();
        let mut files = BTreeMap::new();
        for item in self.get_all(OPERATION, &keys).await? {
            let Some(file) = text(&item, "pk").and_then(file_of).map(str::to_owned) else { continue };
            match read::<FileItem>(&format!("file {file}"), item) {
                Ok(item) => files.extend(item.runs.into_iter().map(|run| (run, file.clone()))),
                Err(error) => drop(known.unreadable.insert(file, error)),
            }
        }
        let keys: Vec<Key> = files.keys().map(Key::run).collect();
        for item in self.get_all(OPERATION, &keys).await? {
            let Some((run, file)) = text(&item, "pk").and_then(run_of).and_then(|run| files.remove_entry(&run)) else {
                continue;
            };
            match read::<Run>(&RunName(&run), item) {
                Ok(Run { revision, state, .. }) => {
                    known.revisions.entry(file).or_default().push(KnownRevision { revision, run, state });
                }
                Err(error) => drop(known.unreadable.insert(file, error)),
            }
        }
        Ok(known)
    }
}

/// A file item: the runs of its revisions; none of what is left alone.
#[derive(Deserialize)]
struct FileItem {
    #[serde(default)]
    runs: BTreeSet<RunId>,
}
