//! The simulator's content, and what it has seen.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::calls::{Call, Refused};
use super::entry::Folder;
use super::faults::Fault;
use super::lock::lock;
use super::shared::Google;

/// Everything that the simulator holds and has seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// How often each call was made, refused ones included.
    pub calls: BTreeMap<Call, u64>,
    /// How often each fault struck.
    pub faults: BTreeMap<Fault, u64>,
    /// Calls that were answered with an error, the first thousand.
    pub refused: Vec<Refused>,
    /// The files, trashed ones included.
    pub files: Vec<FileState>,
}

/// A file in one of the folders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileState {
    /// Drive's id.
    pub id: String,
    /// The folder it lies in, or lay in before it was trashed.
    pub folder: Folder,
    /// Its name in Drive.
    pub name: String,
    /// Its type.
    pub mime_type: String,
    /// Its public properties.
    pub properties: BTreeMap<String, String>,
    /// It is in the bin.
    pub trashed: bool,
    /// Grows with every change.
    pub version: u64,
    /// When it came.
    pub created: DateTime<Utc>,
    /// When its content changed last.
    pub modified: DateTime<Utc>,
    /// Where it lies on disk.
    pub path: PathBuf,
}

impl Google {
    pub(super) fn state(&self) -> io::Result<State> {
        let mut store = lock(&self.store);
        store.sync()?;
        let files = store
            .entries()
            .iter()
            .map(|entry| FileState {
                id: entry.id.clone(),
                folder: entry.folder.clone(),
                name: entry.name.clone(),
                mime_type: entry.content.mime().to_owned(),
                properties: entry.properties.clone(),
                trashed: entry.trashed,
                version: entry.version,
                created: entry.created,
                modified: entry.stamp.modified(),
                path: store.path(entry),
            })
            .collect();
        let calls = lock(&self.calls);
        Ok(State {
            calls: calls.counts.clone(),
            faults: lock(&self.faults).made.clone(),
            refused: calls.refused.clone(),
            files,
        })
    }
}
