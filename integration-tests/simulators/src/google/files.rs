//! Drive's `files` and `about`: listing, metadata, empty files.

use std::fs;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::book;
use super::calls::Call;
use super::download;
use super::entry::{By, Content, Entry};
use super::error::ApiError;
use super::faults::{Fault, Faults};
use super::fields::{ABOUT_FIELDS, FILE_FIELDS, LIST_FIELDS, partial};
use super::gate::Incoming;
use super::lock::lock;
use super::metadata::Metadata;
use super::page::{PageToken, page_size};
use super::query::{Clause, Query};
use super::resource::{self, DEFAULT_FIELDS, DRIVE_ID};
use super::shared::Google;
use super::store::{NewFile, Store, random_name};
use super::view::View;

/// Google's limit for an upload that is converted to a Google Sheet.
const MAX_IMPORT: u64 = 100 << 20;

pub(super) async fn about(State(google): State<Arc<Google>>, incoming: Incoming) -> Response {
    let work = async |_| {
        if incoming.parameter("fields").is_none() {
            return Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "required",
                "The 'fields' parameter is required for this method.",
            ));
        }
        Ok(partial(&incoming.fields(&ABOUT_FIELDS, "*")?, resource::about(google.max_import_bytes())))
    };
    google.call(Call::AboutGet, &incoming, work).await
}

pub(super) async fn list(State(google): State<Arc<Google>>, incoming: Incoming) -> Response {
    let work = async |view: View| {
        let default = format!("kind,incompleteSearch,nextPageToken,files({DEFAULT_FIELDS})");
        let mask = incoming.fields(&LIST_FIELDS, &default)?;
        let q = incoming.parameter("q").unwrap_or_default().to_owned();
        let query = if q.is_empty() {
            Query::default()
        } else {
            Query::parse(&q).map_err(|why| ApiError::invalid("q", why))?
        };
        let by_time = match incoming.parameter("orderBy") {
            None => false,
            // Of the times that it looks at, the files here have the last change.
            Some("recency") => true,
            Some(other) => return Err(ApiError::invalid("orderBy", format!("{other} is no key, or not simulated"))),
        };
        let page_size = page_size(incoming.parameter("pageSize"))?;
        let searched = format!("{q} {}", incoming.parameter("orderBy").unwrap_or_default());
        let refused = || ApiError::invalid("pageToken", "unknown, expired, or of another search");
        let after = match incoming.parameter("pageToken") {
            None => None,
            Some(_) if lock(&google.faults).strikes(Fault::PageTokenRejected, Call::FilesList) => return Err(refused()),
            Some(token) => Some(PageToken::read(token, &searched).ok_or_else(refused)?),
        };
        let shown = ShownDrives::of(&incoming)?;
        let incomplete = lock(&google.faults).strikes(Fault::IncompleteSearch, Call::FilesList);
        let faults = lock(&google.faults).settings.clone();
        let (files, more) = google
            .with_store(move |store| {
                let mut matching = search(store, &query, &view, shown)?;
                matching.sort_by_key(|entry| (by_time.then(|| entry.stamp.modified()), &entry.id));
                let mut page: Vec<String> = matching.into_iter().map(|entry| entry.id.clone()).collect();
                if let Some(after) = after {
                    // The file that the page before ended with is gone: Google, too, then wants a new start.
                    let last = page.iter().position(|id| *id == after).ok_or_else(refused)?;
                    page.drain(..=last);
                }
                let more = page.len() > page_size;
                page.truncate(page_size);
                let last = page.last().cloned();
                let mut files = Vec::new();
                for id in page {
                    files.extend(store.with_checksum(&id)?.map(|entry| resource::file(&entry, &faults)));
                }
                Ok((files, last.filter(|_| more)))
            })
            .await?;
        let files: Vec<Value> = if incomplete { files.into_iter().step_by(2).collect() } else { files };
        let mut answer = json!({"kind": "drive#fileList", "incompleteSearch": incomplete, "files": files});
        if let Some(last) = more {
            answer["nextPageToken"] = PageToken::write(&last, &searched).into();
        }
        Ok(partial(&mask, answer))
    };
    google.call(Call::FilesList, &incoming, work).await
}

/// Tells if a listing looks into shared drives at all. Without the parameters it silently finds nothing there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ShownDrives {
    All,
    OwnOnly,
}

impl ShownDrives {
    fn of(incoming: &Incoming) -> Result<Self, ApiError> {
        let include = incoming.flag("includeItemsFromAllDrives")?;
        if include && !incoming.flag("supportsAllDrives")? {
            return Err(ApiError::invalid("includeItemsFromAllDrives", "supportsAllDrives must be true with it"));
        }
        let corpora = incoming.parameter("corpora").unwrap_or("user");
        match (corpora, incoming.parameter("driveId")) {
            ("user" | "allDrives", None) => {}
            ("drive", Some(DRIVE_ID)) => {}
            ("drive", Some(other)) => return Err(ApiError::file_not_found(other)),
            _ => return Err(ApiError::invalid("corpora", "unknown, or driveId missing or too much")),
        }
        Ok(if include { Self::All } else { Self::OwnOnly })
    }
}

/// The files that match.
fn search<'a>(store: &'a Store, query: &Query, view: &View, shown: ShownDrives) -> Result<Vec<&'a Entry>, ApiError> {
    if shown == ShownDrives::OwnOnly {
        return Ok(Vec::new());
    }
    if let Some(parent) = query.parent() {
        let folder = store.folders()?.into_iter().find(|folder| folder.id() == parent && view.shows(folder));
        let directory = view.find(store.entry(parent)).filter(|entry| entry.content == Content::Folder);
        if folder.is_none() && directory.is_none() && parent != DRIVE_ID {
            return Err(ApiError::file_not_found(""));
        }
    }
    let holds_all = |entry: &&Entry| view.shows(&entry.folder) && query.0.iter().all(|clause| holds(clause, entry));
    Ok(store.entries().iter().filter(holds_all).collect())
}

fn holds(clause: &Clause, entry: &Entry) -> bool {
    match clause {
        Clause::Parent(id) => entry.folder.id() == *id,
        Clause::NotTrashed => !entry.trashed,
        Clause::MimeType(mime) => entry.content.mime() == mime,
    }
}

pub(super) async fn get(State(google): State<Arc<Google>>, Path(id): Path<String>, incoming: Incoming) -> Response {
    if incoming.parameter("alt") == Some("media") {
        return download::download(google, id, incoming).await;
    }
    let work = async |view: View| {
        let mask = incoming.fields(&FILE_FIELDS, DEFAULT_FIELDS)?;
        let faults = lock(&google.faults).settings.clone();
        let moves_on = lock(&google.converted).remove(&id);
        let file = google
            .with_store(move |store| {
                if let Some(folder) = store.folders()?.iter().find(|folder| folder.id() == id && view.shows(folder)) {
                    return Ok(resource::folder(folder, &faults));
                }
                if view.find(store.entry(&id)).is_none() {
                    return Err(ApiError::file_not_found(&id));
                }
                let file = described(store, &id, &faults)?;
                if moves_on {
                    store.moves_on(&id)?;
                }
                Ok(file)
            })
            .await?;
        Ok(partial(&mask, file))
    };
    google.call(Call::FilesGet, &incoming, work).await
}

pub(super) async fn create(State(google): State<Arc<Google>>, incoming: Incoming, body: Body) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&FILE_FIELDS, DEFAULT_FIELDS)?;
        let metadata = Metadata::read(body).await?;
        let faults = lock(&google.faults).settings.clone();
        let file = google
            .with_store(move |store| {
                let place = metadata.place(store, &view, &faults)?;
                let content = metadata.content()?;
                let empty = store.upload_path(&random_name(20));
                let suffix = if content == Content::Sheet {
                    book::write_empty(&empty)?;
                    ".xlsx"
                } else {
                    fs::write(&empty, [])?;
                    ""
                };
                let name = metadata.name.clone().unwrap_or_else(|| "Untitled".to_owned());
                let properties = metadata.new_properties()?;
                let new = NewFile { folder: place, name, content, properties, from: &empty, suffix };
                let entry = store.create(new, By::Service)?;
                described(store, &entry.id, &faults)
            })
            .await?;
        Ok(partial(&mask, file))
    };
    google.call(Call::FilesCreate, &incoming, work).await
}

pub(super) async fn update(
    State(google): State<Arc<Google>>,
    Path(id): Path<String>,
    incoming: Incoming,
    body: Body,
) -> Response {
    let work = async |view: View| {
        let mask = incoming.fields(&FILE_FIELDS, DEFAULT_FIELDS)?;
        let metadata = Metadata::read(body).await?;
        let faults = lock(&google.faults).settings.clone();
        let file = google
            .with_store(move |store| {
                if view.find(store.entry(&id)).is_none() {
                    return Err(ApiError::file_not_found(&id));
                }
                metadata.apply(store, &id)?;
                described(store, &id, &faults)
            })
            .await?;
        Ok(partial(&mask, file))
    };
    google.call(Call::FilesUpdate, &incoming, work).await
}

/// The JSON of a file that is there.
pub(super) fn described(store: &mut Store, id: &str, faults: &Faults) -> Result<Value, ApiError> {
    let entry = store.with_checksum(id)?.ok_or_else(|| ApiError::file_not_found(id))?;
    Ok(resource::file(&entry, faults))
}

impl Google {
    pub(super) fn max_import_bytes(&self) -> u64 {
        lock(&self.faults).settings.max_import_bytes.unwrap_or(MAX_IMPORT)
    }
}
