//! The simulator's own paths: faults in, state out.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::calls::{Call, Refused};
use super::entry::Folder;
use super::faults::{Fault, Faults};
use super::lock::lock;
use super::shared::Google;

/// Everything that the simulator holds and has seen: the body of `GET /_simulator/google/state`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// How often each call was made, refused ones included.
    pub calls: BTreeMap<Call, u64>,
    /// The most reads of Google Sheets within any 60 seconds.
    pub sheet_reads_in_busiest_minute: usize,
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
    /// Whether it is in the bin.
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
            sheet_reads_in_busiest_minute: calls.busiest_minute,
            faults: lock(&self.faults).made.clone(),
            refused: calls.refused.clone(),
            files,
        })
    }
}

pub(super) async fn state(Shared(google): Shared<Arc<Google>>) -> Response {
    match tokio::task::spawn_blocking(move || google.state()).await {
        Ok(Ok(state)) => axum::Json(state).into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

pub(super) async fn set_faults(Shared(google): Shared<Arc<Google>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Faults>(&body) {
        Ok(faults) => {
            lock(&google.faults).set(faults);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("these are no faults: {error}\n")).into_response(),
    }
}
