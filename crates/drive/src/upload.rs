//! A summary's content, replaced whole by a resumable upload.

use std::fs;
use std::io::SeekFrom;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_RANGE, HeaderName, HeaderValue, LOCATION, RANGE};
use reqwest::{Method, Response, StatusCode, Url};
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use crate::Drive;
use crate::entry::XLSX;
use crate::error::{Error, Refusal, Subject};
use crate::failure::failure;
use crate::http::{Call, address};

/// The bytes that are sent at once: Google wants multiples of 256 KiB.
const CHUNK: u64 = 8 * 1024 * 1024;

/// For a chunk. After the last one Google turns the whole file into a Google Sheet before it answers.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(300);

impl Drive {
    /// Puts the content of an XLSX file in the place of all that the file holds; a Google Sheet stays one, if the
    /// content is not above [`Drive::max_import_size`]. Its cells stay what they are there: text is not read as a
    /// formula or a number. Idempotent.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::NoStorage`]: the file cannot be written.
    /// [`Error::Disk`]: `xlsx` cannot be read.
    pub async fn replace_content(&self, file: &str, xlsx: &fs::File) -> Result<(), Error> {
        let total = xlsx.metadata()?.len();
        let content = File::from_std(xlsx.try_clone()?);
        let query = [("uploadType", "resumable"), ("supportsAllDrives", "true")];
        let url = address(&self.shared.upload, &[file], &query);
        let open = Call::new(Method::PATCH, url, Subject::File(file.to_owned()))
            .json(&json!({}))
            .header(HeaderName::from_static("x-upload-content-type"), XLSX)?
            .header(HeaderName::from_static("x-upload-content-length"), &total.to_string())?;
        Upload { drive: self.clone(), open, content, total, session: None, arrived: 0 }.complete().await
    }
}

struct Upload {
    drive: Drive,
    open: Call,
    content: File,
    total: u64,
    session: Option<Session>,
    /// The most that Google ever had, in bytes.
    arrived: u64,
}

/// An upload that Google waits for.
struct Session {
    url: Url,
    /// How much of the content Google has; unknown after an answer that was lost.
    has: Option<u64>,
}

impl Upload {
    /// Until Google has it all. The waits start anew whenever it has more than ever before.
    async fn complete(&mut self) -> Result<(), Error> {
        let mut attempts = self.drive.attempts(Error::is_transient);
        loop {
            let before = self.arrived;
            let Err(error) = self.go_on().await else { return Ok(()) };
            if self.arrived > before {
                attempts.got_further();
            }
            attempts.after(error).await?;
        }
    }

    /// Sends chunks as long as Google takes them. Whatever happens to a chunk, the next attempt asks what arrived.
    async fn go_on(&mut self) -> Result<(), Error> {
        loop {
            let Session { url, has } = match self.session.take() {
                Some(session) => session,
                None => Session { url: self.open().await?, has: Some(0) },
            };
            self.session = Some(Session { url: url.clone(), has: None });
            let response = self.send(&url, has).await?;
            match response.status() {
                status if status.is_success() => return Ok(()),
                StatusCode::PERMANENT_REDIRECT => self.note(Session { url, has }, &response)?,
                StatusCode::NOT_FOUND | StatusCode::GONE => {
                    // The session is over, its content lost or taken: a new one does no harm.
                    self.session = None;
                    return Err(self.stuck(response.status(), "uploadSessionLost"));
                }
                _ => return Err(failure(response, &self.open.subject, self.drive.account_name()).await),
            }
        }
    }

    /// Begins an upload; Google answers where it waits for the content.
    async fn open(&self) -> Result<Url, Error> {
        let response = self.drive.once(&self.open).await?;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        location.and_then(|location| location.parse().ok()).ok_or_else(|| Error::Unreadable(self.open.subject.clone()))
    }

    /// Sends the chunk behind what Google has, or asks what it has.
    async fn send(&mut self, url: &Url, has: Option<u64>) -> Result<Response, Error> {
        let mut chunk = Vec::new();
        let range = match has.filter(|from| *from < self.total) {
            Some(from) => {
                let length = CHUNK.min(self.total - from);
                self.content.seek(SeekFrom::Start(from)).await?;
                (&mut self.content).take(length).read_to_end(&mut chunk).await?;
                format!("bytes {from}-{}/{}", from + length - 1, self.total)
            }
            None => format!("bytes */{}", self.total),
        };
        let call = Call::new(Method::PUT, url.clone(), self.open.subject.clone()).header(CONTENT_RANGE, &range)?;
        self.drive.exchange(&Call { body: Some(Bytes::from(chunk)), timeout: Some(CHUNK_TIMEOUT), ..call }).await
    }

    /// "Go on", with how much arrived. No step forward is a reason to wait.
    fn note(&mut self, session: Session, response: &Response) -> Result<(), Error> {
        let has = match response.headers().get(RANGE) {
            None => 0,
            Some(range) => next_byte(range)
                .filter(|has| *has <= self.total)
                .ok_or_else(|| Error::Unreadable(self.open.subject.clone()))?,
        };
        let forward = session.has.is_none_or(|before| has > before) && has < self.total;
        self.session = Some(Session { has: Some(has), ..session });
        self.arrived = self.arrived.max(has);
        if forward { Ok(()) } else { Err(self.stuck(response.status(), "uploadNotFinished")) }
    }

    fn stuck(&self, status: StatusCode, reason: &str) -> Error {
        Error::Busy(Refusal::new(&self.open.subject, self.drive.account_name(), status, reason), None)
    }
}

/// The first byte that is missing: 43 after `Range: bytes=0-42`.
fn next_byte(range: &HeaderValue) -> Option<u64> {
    let last: u64 = range.to_str().ok()?.strip_prefix("bytes=0-")?.parse().ok()?;
    last.checked_add(1)
}
