//! Content for files: in one request, or resumable, piece by piece.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path as DiskPath;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt as _;
use serde_json::Value;

use super::calls::Call;
use super::content_range::{Piece, QUANTUM};
use super::entry::{By, CSV, Content, XLSX};
use super::error::ApiError;
use super::faults::Fault;
use super::fields::{FILE_FIELDS, Mask};
use super::files::described;
use super::gate::{Incoming, partial};
use super::lock::lock;
use super::metadata::Metadata;
use super::resource::DEFAULT_FIELDS;
use super::sessions::{Session, Target, Upload};
use super::shared::Google;
use super::store::{NewContent, NewFile, Store, random_name};
use super::view::View;
use super::{book, multipart};

/// The most that `media` and `multipart` take.
const MAX_SIMPLE: usize = 5 << 20;

pub(super) async fn create(State(google): State<Arc<Google>>, incoming: Incoming, body: Body) -> Response {
    start(google, None, incoming, body).await
}

pub(super) async fn update(
    State(google): State<Arc<Google>>,
    Path(id): Path<String>,
    incoming: Incoming,
    body: Body,
) -> Response {
    start(google, Some(id), incoming, body).await
}

async fn start(google: Arc<Google>, id: Option<String>, incoming: Incoming, body: Body) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&FILE_FIELDS, DEFAULT_FIELDS)?;
        let body = to_bytes(body, MAX_SIMPLE + 4_096)
            .await
            .map_err(|_| ApiError::too_large("more than 5 MB: use a resumable upload"))?;
        let content_type = incoming.header(header::CONTENT_TYPE.as_str()).unwrap_or_default().to_owned();
        match incoming.parameter("uploadType") {
            Some("media") => {
                let upload = google.upload(id, view, Metadata::default(), Some(content_type)).await?;
                google.take_at_once(upload, &body, &mask).await
            }
            Some("multipart") => {
                let parts = multipart::split(&content_type, &body).map_err(ApiError::bad_request)?;
                let upload = google.upload(id, view, Metadata::parse(parts.metadata)?, parts.media_type).await?;
                google.take_at_once(upload, parts.media, &mask).await
            }
            Some("resumable") => {
                let media_type = incoming.header("x-upload-content-type").map(str::to_owned);
                let total = match incoming.header("x-upload-content-length").map(str::parse) {
                    None => None,
                    Some(Ok(total)) => Some(total),
                    Some(Err(_)) => return Err(ApiError::bad_request("X-Upload-Content-Length is no number")),
                };
                let upload = google.upload(id, view, Metadata::parse(&body)?, media_type).await?;
                google.begin(Session { upload, mask, total, received: 0, done: None })
            }
            _ => Err(ApiError::invalid("uploadType", "it must be media, multipart or resumable")),
        }
    };
    google.call(Call::UploadStart, &incoming, work).await
}

pub(super) async fn piece(State(google): State<Arc<Google>>, incoming: Incoming, body: Body) -> Response {
    let work = async |_| {
        let upload = incoming.parameter("upload_id").unwrap_or_default();
        let session = lock(&google.sessions).get(upload).cloned();
        let session = session.ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "notFound", "no such upload"))?;
        let mut session = session.lock().await;
        if session.done.is_none() {
            let length = incoming.header(header::CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
            let piece =
                Piece::of(incoming.header(header::CONTENT_RANGE.as_str()), length).map_err(ApiError::bad_request)?;
            let cut = lock(&google.faults).strikes(Fault::UploadCut, Call::UploadChunk);
            session.take(piece, body, cut).await?;
            if cut {
                incoming.cut.cut();
            }
            if session.total == Some(session.received) {
                session.done = Some(google.finish(session.upload.clone()).await?);
            }
        }
        Ok(session.answer())
    };
    google.call(Call::UploadChunk, &incoming, work).await
}

impl Session {
    /// Takes what is new of a piece. Of a piece that breaks off, whole quanta are kept.
    async fn take(&mut self, piece: Piece, body: Body, cut: bool) -> Result<(), ApiError> {
        if let Some(total) = piece.total {
            if self.total.is_some_and(|known| known != total) {
                return Err(ApiError::bad_request("the total length is another than before"));
            }
            self.total = Some(total);
        }
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

    fn answer(&self) -> Response {
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

impl Google {
    /// Checks where the bytes are to go, and makes room for them.
    async fn upload(
        self: &Arc<Self>,
        id: Option<String>,
        view: View,
        metadata: Metadata,
        media_type: Option<String>,
    ) -> Result<Upload, ApiError> {
        let faults = lock(&self.faults).settings.clone();
        self.with_store(move |store| {
            let target = match id {
                None => Target::New { folder: metadata.place(store, &view, &faults)?, content: metadata.content()? },
                Some(id) => {
                    let entry = view.find(store.entry(&id)).ok_or_else(|| ApiError::file_not_found(&id))?;
                    if metadata.mime.as_deref().is_some_and(|mime| mime != entry.content.mime()) {
                        return Err(ApiError::bad_request("changing the mimeType with an upload is not simulated"));
                    }
                    Target::Existing { id }
                }
            };
            let path = store.upload_path(&random_name(20));
            fs::write(&path, [])?;
            Ok(Upload { target, metadata, media_type, path, view })
        })
        .await
    }

    async fn take_at_once(self: &Arc<Self>, upload: Upload, media: &[u8], mask: &Mask) -> Result<Response, ApiError> {
        if media.len() > MAX_SIMPLE {
            return Err(ApiError::too_large("more than 5 MB: use a resumable upload"));
        }
        fs::write(&upload.path, media)?;
        Ok(partial(mask, self.finish(upload).await?))
    }

    fn begin(&self, session: Session) -> Result<Response, ApiError> {
        let file = match &session.upload.target {
            Target::New { .. } => String::new(),
            Target::Existing { id } => format!("/{id}"),
        };
        let upload = random_name(40);
        let location = format!("{}/upload/drive/v3/files{file}?uploadType=resumable&upload_id={upload}", self.url);
        lock(&self.sessions).insert(upload, Arc::new(tokio::sync::Mutex::new(session)));
        Ok((StatusCode::OK, [(header::LOCATION, location)]).into_response())
    }

    /// Makes the bytes that came the content of the file, in one step.
    async fn finish(self: &Arc<Self>, upload: Upload) -> Result<Value, ApiError> {
        let max_import = self.max_import_bytes();
        let (google, faults) = (Arc::clone(self), lock(&self.faults).settings.clone());
        self.with_store(move |store| {
            let id = upload.put(store, max_import)?;
            let is_sheet = store.entry(&id).is_some_and(|entry| entry.content == Content::Sheet);
            if is_sheet && faults.conversion_goes_on {
                lock(&google.converted).insert(id.clone());
            }
            described(store, &id, &faults)
        })
        .await
    }
}

impl Upload {
    fn put(self, store: &mut Store, max_import: u64) -> Result<String, ApiError> {
        let media_type = self.media_type.as_deref().and_then(|media| media.split(';').next()).map(str::trim);
        match self.target {
            Target::New { folder, content } => {
                let (content, suffix) = match content {
                    Content::Sheet => (
                        Content::Sheet,
                        match convert(&self.path, media_type, max_import)? {
                            "csv" => ".csv",
                            _ => ".xlsx",
                        },
                    ),
                    other if self.metadata.mime.is_some() => (other, ""),
                    _ => (Content::Blob { mime: media_type.unwrap_or("application/octet-stream").to_owned() }, ""),
                };
                let name = self.metadata.name.clone().unwrap_or_else(|| "Untitled".to_owned());
                let properties = self.metadata.new_properties()?;
                let new = NewFile { folder, name, content, properties, from: &self.path, suffix };
                Ok(store.create(new, By::Service)?.id)
            }
            Target::Existing { id } => {
                let entry = self.view.find(store.entry(&id)).ok_or_else(|| ApiError::file_not_found(&id))?;
                let new = match entry.content {
                    Content::Folder => return Err(ApiError::bad_request("a folder has no content")),
                    Content::Sheet => NewContent::Sheet { extension: convert(&self.path, media_type, max_import)? },
                    Content::Blob { .. } => NewContent::Blob { mime: media_type.map(str::to_owned) },
                };
                store.replace(&id, &self.path, new, By::Service)?;
                self.metadata.apply(store, &id)?;
                Ok(id)
            }
        }
    }
}

/// Whether Google could make a Google Sheet of the file; the extension that it has to have.
fn convert(path: &DiskPath, media_type: Option<&str>, max_import: u64) -> Result<&'static str, ApiError> {
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
