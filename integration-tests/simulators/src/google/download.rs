//! `alt=media`: the bytes of a blob, whole or from where an earlier download broke.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::calls::Call;
use super::entry::Content;
use super::error::ApiError;
use super::faults::Fault;
use super::gate::Incoming;
use super::lock::lock;
use super::shared::Google;
use super::view::View;

const CHUNK: u64 = 64 << 10;

pub(super) async fn download(google: Arc<Google>, id: String, incoming: Incoming) -> Response {
    let work = async |view: View| {
        let range = incoming.header(header::RANGE.as_str()).map(str::to_owned);
        let asked = id.clone();
        let no_download = lock(&google.faults).settings.no_download.clone();
        let (mut file, size, mime) = google
            .with_store(move |store| {
                let entry = view.find(store.entry(&asked)).ok_or_else(|| ApiError::file_not_found(&asked))?;
                if no_download.contains(&entry.folder) {
                    return Err(ApiError::new(
                        StatusCode::FORBIDDEN,
                        "cannotDownloadFile",
                        "This file cannot be downloaded by the user.",
                    ));
                }
                let Content::Blob { mime } = &entry.content else {
                    return Err(ApiError::new(
                        StatusCode::FORBIDDEN,
                        "fileNotDownloadable",
                        "Only files with binary content can be downloaded. Use Export with Docs Editors files.",
                    ));
                };
                let file = File::open(store.path(entry))?;
                let size = file.metadata()?.len();
                Ok((file, size, mime.clone()))
            })
            .await?;
        google.was_read(&id).await?;

        let (status, from, to) = match range.as_deref() {
            None => (StatusCode::OK, 0, size),
            Some(range) => {
                let (from, to) = parse_range(range, size).ok_or_else(|| {
                    ApiError::new(
                        StatusCode::RANGE_NOT_SATISFIABLE,
                        "requestedRangeNotSatisfiable",
                        format!("Request range not satisfiable: {range} of {size} bytes"),
                    )
                })?;
                (StatusCode::PARTIAL_CONTENT, from, to)
            }
        };
        file.seek(SeekFrom::Start(from))?;
        let cut_at = lock(&google.faults).strikes(Fault::HalfDownload, Call::FilesDownload).then_some((to - from) / 2);
        let mut response = (status, body(file, to - from, cut_at)).into_response();
        let headers = response.headers_mut();
        let mut set = |name, value: String| -> Result<(), ApiError> {
            headers.insert(name, value.parse().map_err(|_| ApiError::internal("a header cannot be written"))?);
            Ok(())
        };
        set(header::CONTENT_TYPE, mime)?;
        set(header::CONTENT_LENGTH, (to - from).to_string())?;
        if status == StatusCode::PARTIAL_CONTENT {
            set(header::CONTENT_RANGE, format!("bytes {from}-{}/{size}", to - 1))?;
        }
        Ok(response)
    };
    google.call(Call::FilesDownload, &incoming, work).await
}

/// The next `length` bytes of the file; it breaks off after `cut_at` bytes.
fn body(file: File, length: u64, cut_at: Option<u64>) -> Body {
    let end = cut_at.unwrap_or(length);
    Body::from_stream(stream::try_unfold((file, 0), move |(mut file, sent)| async move {
        if sent == end {
            if cut_at.is_none() {
                return Ok(None);
            }
            // Gives what was sent so far the time to leave before the connection breaks.
            tokio::task::yield_now().await;
            return Err(std::io::Error::other("half a download was asked for"));
        }
        let mut chunk = vec![0; usize::try_from(CHUNK.min(end - sent)).unwrap_or_default()];
        file.read_exact(&mut chunk)?;
        let sent = sent + chunk.len() as u64;
        Ok(Some((Bytes::from(chunk), (file, sent))))
    }))
}

/// The first byte and the one after the last; `None` if there are no such bytes.
fn parse_range(range: &str, size: u64) -> Option<(u64, u64)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", last) => (size.saturating_sub(last.parse().ok()?), size),
        (from, "") => (from.parse().ok()?, size),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.saturating_add(1).min(size)),
    };
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_bytes() {
        assert_eq!(parse_range("bytes=0-", 10), Some((0, 10)));
        assert_eq!(parse_range("bytes=4-", 10), Some((4, 10)));
        assert_eq!(parse_range("bytes=4-5", 10), Some((4, 6)));
        assert_eq!(parse_range("bytes=4-99", 10), Some((4, 10)));
        assert_eq!(parse_range("bytes=-3", 10), Some((7, 10)));
        for none in ["bytes=10-", "bytes=5-4", "bytes=", "bytes=a-b", "4-5", "bytes=0-"] {
            let size = if none == "bytes=0-" { 0 } else { 10 };
            assert_eq!(parse_range(none, size), None, "{none}");
        }
    }
}
