//! Content for files: a new one in one request, an old one's resumable, piece by piece.

use std::fs;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::calls::Call;
use super::content_range::Piece;
use super::entry::{By, Content};
use super::error::ApiError;
use super::faults::Fault;
use super::fields::{FILE_FIELDS, partial};
use super::files::described;
use super::gate::Incoming;
use super::lock::lock;
use super::metadata::Metadata;
use super::multipart;
use super::resource::DEFAULT_FIELDS;
use super::session::{Session, Upload};
use super::shared::Google;
use super::store::{NewFile, random_name};
use super::view::View;

/// The most that one request takes.
const MAX_SIMPLE: usize = 5 << 20;

/// A new file of any bytes, which stay as they are: metadata and content in one request.
pub(super) async fn create(State(google): State<Arc<Google>>, incoming: Incoming, body: Body) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&FILE_FIELDS, DEFAULT_FIELDS)?;
        is_of_type(&incoming, "multipart")?;
        let too_large = || ApiError::too_large("more than 5 MB: use a resumable upload");
        let body = to_bytes(body, MAX_SIMPLE + 4_096).await.map_err(|_| too_large())?;
        let content_type = incoming.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let parts = multipart::split(content_type, &body).map_err(ApiError::bad_request)?;
        if parts.media.len() > MAX_SIMPLE {
            return Err(too_large());
        }
        let (metadata, media) = (Metadata::parse(parts.metadata)?, parts.media.to_vec());
        if metadata.mime.is_some() {
            return Err(ApiError::bad_request("a new file of another type than its content's is not simulated"));
        }
        let mime = parts.media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        let faults = lock(&google.faults).settings.clone();
        let file = google
            .with_store(move |store| {
                let folder = metadata.place(store, &view, &faults)?;
                let from = store.upload_path(&random_name(20));
                fs::write(&from, media)?;
                let entry = store.create(
                    NewFile {
                        folder,
                        name: metadata.name.clone().unwrap_or_else(|| "Untitled".to_owned()),
                        content: Content::Blob { mime },
                        properties: metadata.new_properties()?,
                        from: &from,
                        suffix: "",
                    },
                    By::Service,
                )?;
                described(store, &entry.id, &faults)
            })
            .await?;
        Ok(partial(&mask, file))
    };
    google.call(Call::UploadStart, &incoming, work).await
}

/// The start of a resumable upload into a file.
pub(super) async fn update(
    State(google): State<Arc<Google>>,
    Path(id): Path<String>,
    incoming: Incoming,
    body: Body,
) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&FILE_FIELDS, DEFAULT_FIELDS)?;
        is_of_type(&incoming, "resumable")?;
        let metadata = Metadata::read(body).await?;
        let media_type = incoming.header("x-upload-content-type").map(str::to_owned);
        let total = incoming.header("x-upload-content-length").map(str::parse).transpose();
        let total = total.map_err(|_| ApiError::bad_request("X-Upload-Content-Length is no number"))?;
        let upload = google.upload(id, view, metadata, media_type).await?;
        Ok(google.begin(Session { upload, mask, total, received: 0, done: None }))
    };
    google.call(Call::UploadStart, &incoming, work).await
}

/// One type of upload is simulated for each method.
fn is_of_type(incoming: &Incoming, simulated: &str) -> Result<(), ApiError> {
    match incoming.parameter("uploadType") {
        Some(given) if given == simulated => Ok(()),
        _ => Err(ApiError::invalid("uploadType", format!("it must be {simulated}, or is not simulated here"))),
    }
}

/// A piece of a resumable upload, or the question how far it came.
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

impl Google {
    /// Checks where the bytes are to go, and makes room for them.
    async fn upload(
        self: &Arc<Self>,
        id: String,
        view: View,
        metadata: Metadata,
        media_type: Option<String>,
    ) -> Result<Upload, ApiError> {
        self.with_store(move |store| {
            let entry = view.find(store.entry(&id)).ok_or_else(|| ApiError::file_not_found(&id))?;
            if metadata.mime.as_deref().is_some_and(|mime| mime != entry.content.mime()) {
                return Err(ApiError::bad_request("changing the mimeType with an upload is not simulated"));
            }
            let path = store.upload_path(&random_name(20));
            fs::write(&path, [])?;
            Ok(Upload { id, metadata, media_type, path, view })
        })
        .await
    }

    fn begin(&self, session: Session) -> Response {
        let (id, upload) = (&session.upload.id, random_name(40));
        let location = format!("{}/upload/drive/v3/files/{id}?uploadType=resumable&upload_id={upload}", self.url);
        lock(&self.sessions).insert(upload, Arc::new(tokio::sync::Mutex::new(session)));
        (StatusCode::OK, [(header::LOCATION, location)]).into_response()
    }

    /// Makes the bytes that came the content of the file, in one step.
    async fn finish(self: &Arc<Self>, upload: Upload) -> Result<Value, ApiError> {
        let max_import = self.max_import_bytes();
        let (google, faults) = (Arc::clone(self), lock(&self.faults).settings.clone());
        self.with_store(move |store| {
            let id = upload.id.clone();
            upload.put(store, max_import)?;
            let is_sheet = store.entry(&id).is_some_and(|entry| entry.content == Content::Sheet);
            if is_sheet && faults.conversion_goes_on {
                lock(&google.converted).insert(id.clone());
            }
            described(store, &id, &faults)
        })
        .await
    }
}
