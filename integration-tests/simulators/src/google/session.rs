//! A resumable upload: bytes come piece by piece, and become a file's content in one step.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use serde_json::Value;

use super::book;
use super::content_range::{Piece, QUANTUM};
use super::entry::{By, CSV, Content, XLSX};
use super::error::ApiError;
use super::fields::{Mask, partial};
use super::metadata::Metadata;
use super::store::{NewContent, Store};
use super::view::View;

/// The uploads that were started, by the id in their address. They do not outlive the simulator.
pub(super) type Sessions = Mutex<HashMap<String, Arc<tokio::sync::Mutex<Session>>>>;

/// One upload.
pub(super) struct Session {
    pub(super) upload: Upload,
    pub(super) mask: Mask,
    /// How many bytes there will be, if that was said.
    pub(super) total: Option<u64>,
    pub(super) received: u64,
    /// The file, when all has come: asking again gives the same answer.
    pub(super) done: Option<Value>,
}

/// The plan for the bytes in `path`.
#[derive(Clone)]
pub(super) struct Upload {
    /// The file whose content they are to be.
    pub(super) id: String,
    pub(super) metadata: Metadata,
    pub(super) media_type: Option<String>,
    pub(super) path: PathBuf,
    pub(super) view: View,
}

impl Session {
    /// Takes what is new of a piece. Of a piece that breaks off, whole quanta are kept.
    pub(super) async fn take(&mut self, piece: Piece, body: Body, cut: bool) -> Result<(), ApiError> {
        if self.total.is_some_and(|known| known != piece.total) {
            return Err(ApiError::bad_request("the total length is another than before"));
        }
        self.total = Some(piece.total);
        let Some((from, to)) = piece.bytes else { return Ok(()) };
        if from > self.received {
            return Err(ApiError::bad_request(format!("a gap: {} bytes have come, not {from}", self.received)));
        }
        let wanted = if cut { from + (to - from) / 2 } else { to };
        let mut file = OpenOptions::new().append(true).open(&self.upload.path)?;
        let mut at = from;
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let Ok(chunk) = chunk else { break };
            let known = usize::try_from(self.received.saturating_sub(at)).unwrap_or(usize::MAX).min(chunk.len());
            let room = usize::try_from(wanted.saturating_sub(at)).unwrap_or(usize::MAX).min(chunk.len());
            let fresh = chunk.get(known..room).unwrap_or_default();
            file.write_all(fresh)?;
            self.received += fresh.len() as u64;
            at += chunk.len() as u64;
            if cut && at >= wanted {
                break;
            }
        }
        if self.received < to {
            self.received -= self.received % QUANTUM;
            file.set_len(self.received)?;
        }
        Ok(())
    }

    pub(super) fn answer(&self) -> Response {
        if let Some(file) = &self.done {
            return partial(&self.mask, file.clone());
        }
        match self.received {
            0 => StatusCode::PERMANENT_REDIRECT.into_response(),
            received => {
                let range = format!("bytes=0-{}", received - 1);
                (StatusCode::PERMANENT_REDIRECT, [(header::RANGE, range)]).into_response()
            }
        }
    }
}

impl Upload {
    /// Makes the bytes that came the content of the file.
    pub(super) fn put(self, store: &mut Store, max_import: u64) -> Result<(), ApiError> {
        let media_type = self.media_type.as_deref().and_then(|media| media.split(';').next()).map(str::trim);
        let entry = self.view.find(store.entry(&self.id)).ok_or_else(|| ApiError::file_not_found(&self.id))?;
        let new = match entry.content {
            Content::Folder => return Err(ApiError::bad_request("a folder has no content")),
            Content::Sheet => NewContent::Sheet { extension: convert(&self.path, media_type, max_import)? },
            Content::Blob { .. } => NewContent::Blob { mime: media_type.map(str::to_owned) },
        };
        store.replace(&self.id, &self.path, new, By::Service)?;
        self.metadata.apply(store, &self.id)
    }
}

/// Checks that Google could make a Google Sheet of the file; gives the extension that it has to have.
fn convert(path: &Path, media_type: Option<&str>, max_import: u64) -> Result<&'static str, ApiError> {
    /// The most cells that a spreadsheet can have.
    const MAX_CELLS: usize = 10_000_000;

    let extension = match media_type {
        Some(XLSX) => "xlsx",
        Some(CSV) => "csv",
        other => {
            let other = other.unwrap_or("a file of unknown type");
            return Err(ApiError::bad_request(format!("{other} cannot be converted to a Google Sheet")));
        }
    };
    if fs::metadata(path)?.len() > max_import {
        return Err(ApiError::too_large(format!("more than {max_import} bytes cannot be converted")));
    }
    let book = book::read(path, extension, "Sheet1")
        .map_err(|error| ApiError::bad_request(format!("the upload cannot be converted: {error}")))?;
    let cells: usize = book.tabs.iter().map(|tab| tab.rows.len() * tab.columns).sum();
    if cells > MAX_CELLS {
        return Err(ApiError::bad_request(format!("{cells} cells: a spreadsheet has at most {MAX_CELLS}")));
    }
    Ok(extension)
}
