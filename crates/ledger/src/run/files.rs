//! Files: the runs of their revisions, and who reported that one is left alone.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::dynamo::{Update, VERSION, Written, read, text};
use crate::keys::{Key, file_of, run_of};
use crate::{Error, Ledger, Result, Run, RunId, RunState, Token};

const REPORTING: &str = "noting that a file was reported";

/// A revision of a file that the ledger knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRevision {
    /// The revision.
    pub revision: String,
    /// How far its run has come.
    pub state: RunState,
    /// When the file was last modified as that run read it.
    pub file_modified: DateTime<Utc>,
}

/// The ledger's knowledge of files.
#[derive(Debug, Default)]
pub struct KnownFiles {
    /// The revisions of each.
    pub revisions: BTreeMap<String, Vec<KnownRevision>>,
    /// Files of which something cannot be read here, for one: a newer version wrote it. Any of their revisions may be
    /// known, so that none may be split.
    pub unreadable: BTreeMap<String, Error>,
}

/// A file item: the runs of its revisions; none of what is left alone, which somebody reported once.
#[derive(Deserialize)]
struct FileItem {
    #[serde(default)]
    runs: BTreeSet<RunId>,
    told_by: Option<Token>,
}

impl Ledger {
    /// The ledger's knowledge of these files; one that it does not know is left out.
    pub async fn known_files(&self, file_ids: &[String]) -> Result<KnownFiles> {
        const OPERATION: &str = "looking for known files";
        let files: BTreeSet<&String> = file_ids.iter().collect();
        let keys: Vec<Key> = files.into_iter().map(|file| Key::file(file)).collect();
        let mut known = KnownFiles::default();
        let mut files = BTreeMap::new();
        for item in self.get_all(OPERATION, &keys).await? {
            let Some(file) = text(&item, "pk").and_then(file_of).map(str::to_owned) else { continue };
            match read::<FileItem>(format_args!("file {file}"), item) {
                Ok(item) => files.extend(item.runs.into_iter().map(|run| (run, file.clone()))),
                Err(error) => drop(known.unreadable.insert(file, error)),
            }
        }
        let keys: Vec<Key> = files.keys().map(Key::run).collect();
        for item in self.get_all(OPERATION, &keys).await? {
            let Some((run, file)) = text(&item, "pk").and_then(run_of).and_then(|run| files.remove_entry(&run)) else {
                continue;
            };
            match read::<Run>(format_args!("run {run}"), item) {
                Ok(Run { revision, state, file_modified, .. }) => {
                    known.revisions.entry(file).or_default().push(KnownRevision { revision, state, file_modified });
                }
                Err(error) => drop(known.unreadable.insert(file, error)),
            }
        }
        Ok(known)
    }

    /// Notes that these files are reported as left alone. Gives those that nobody had reported: of several callers, one
    /// gets each. A file that a newer version has written to is that version's to report.
    pub async fn mark_reported(&self, file_ids: &[String]) -> Result<Vec<String>> {
        let keys: Vec<Key> = file_ids.iter().map(|file| Key::file(file)).collect();
        let mut reported = BTreeSet::new();
        for item in self.get_all(REPORTING, &keys).await? {
            let key = text(&item, "pk").map(str::to_owned);
            if read::<FileItem>("a file", item).map_or(true, |file| file.told_by.is_some()) {
                reported.extend(key);
            }
        }
        let mut unreported = Vec::new();
        for (file, key) in file_ids.iter().zip(keys) {
            if !reported.contains(&key.pk) && self.is_first_to_report(&key).await? {
                unreported.push(file.clone());
            }
        }
        Ok(unreported)
    }

    async fn is_first_to_report(&self, key: &Key) -> Result<bool> {
        let token = Token::random();
        let update = Update::new().set("v", VERSION).set("told_by", &token).set("told_at", self.now());
        match self.update(REPORTING, key, update.when("attribute_not_exists(#told_by)")).await? {
            Written::Done(_) => Ok(true),
            // Ours, where the answer was lost.
            Written::Refused(item) => {
                let file = item.map(|item| read::<FileItem>("a file", item));
                Ok(file.is_some_and(|file| file.is_ok_and(|file| file.told_by == Some(token))))
            }
        }
    }
}

/// Adds a run to those of its file. Idempotent: they are a set of run ids.
pub(crate) fn known_run(run: &Run) -> Update {
    Update::new().set("v", VERSION).add("runs", AttributeValue::Ss(vec![run.id.to_string()]))
}
