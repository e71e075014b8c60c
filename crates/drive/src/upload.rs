//! A summary's content, replaced whole by a resumable upload.

use std::{fs, io::SeekFrom, time::Duration};

use bytes::Bytes;
use reqwest::{
    Method, Response, StatusCode, Url,
    header::{CONTENT_RANGE, HeaderName, HeaderValue, LOCATION, RANGE},
};
use serde_json::json;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};

use crate::{
    Drive,
    addresses::address,
    entry::XLSX,
    error::{Error, Refusal, Subject},
    failure::failure,
    http::{Api, Call},
    retry::Policy,
};

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
    /// [`Error::Disk`]: `xlsx` cannot be read. Otherwise whatever keeps Google from answering.
    pub async fn replace_content(&self, file: &str, xlsx: &fs::File) -> Result<(), Error> {
        let total = xlsx.metadata()?.len();
        let content = File::from_std(xlsx.try_clone()?);
        let query = [("uploadType", "resumable"), ("supportsAllDrives", "true")];
        let url = address(&self.api.shared.addresses.upload, &[file], &query);
        let open = Call::new(Method::PATCH, url, Subject::File(file.to_owned()))
            .json(&json!({}))
            .header(HeaderName::from_static("x-upload-content-type"), HeaderValue::from_static(XLSX))
            .header(HeaderName::from_static("x-upload-content-length"), HeaderValue::from(total));
        let mut upload = Upload { api: self.api.clone(), open, content, total, session: None, arrived: 0 };
        upload.complete().await
    }
}

struct Upload {
    api: Api,
    open: Call,
    content: File,
    total: u64,
    session: Option<Session>,
    /// The most that Google ever had, in bytes.
    arrived: u64,
}

/// An upload that Google waits for.
#[derive(Clone)]
struct Session {
    url: Url,
    /// How much of the content Google has; unknown after an answer that was lost.
    has: Option<u64>,
}

impl Upload {
    /// Until Google has it all. The waits start anew whenever it has more than ever before.
    async fn complete(&mut self) -> Result<(), Error> {
        let mut attempts = self.api.attempts(Policy::Repeatable);
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
            let session = match self.session.take() {
                Some(session) => session,
                None => Session { url: self.open().await?, has: Some(0) },
            };
            self.session = Some(Session { has: None, ..session.clone() });
            let response = match session.has {
                Some(from) if from < self.total => self.send_chunk(&session.url, from).await?,
                _ => self.ask(&session.url).await?,
            };
            match response.status() {
                status if status.is_success() => return Ok(()),
                StatusCode::PERMANENT_REDIRECT => self.note(session, &response)?,
                StatusCode::NOT_FOUND | StatusCode::GONE => {
                    // The session is over, its content lost or taken: a new one does no harm.
                    self.session = None;
                    return Err(self.stuck(response.status(), "uploadSessionLost"));
                }
                _ => return Err(failure(response, &self.open.subject, self.api.account()).await),
            }
        }
    }

    /// Begins an upload; Google answers where it waits for the content.
    async fn open(&self) -> Result<Url, Error> {
        let response = self.api.once(&self.open).await?;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        location.and_then(|location| location.parse().ok()).ok_or_else(|| self.unreadable())
    }

    async fn send_chunk(&mut self, url: &Url, from: u64) -> Result<Response, Error> {
        let length = CHUNK.min(self.total - from);
        let mut chunk = Vec::new();
        self.content.seek(SeekFrom::Start(from)).await?;
        (&mut self.content).take(length).read_to_end(&mut chunk).await?;
        let last = from + length - 1;
        self.put(url, format!("bytes {from}-{last}/{}", self.total), chunk.into()).await
    }

    async fn ask(&self, url: &Url) -> Result<Response, Error> {
        self.put(url, format!("bytes */{}", self.total), Bytes::new()).await
    }

    async fn put(&self, url: &Url, range: String, content: Bytes) -> Result<Response, Error> {
        let range = HeaderValue::try_from(range).map_err(|_| self.unreadable())?;
        let call = Call::new(Method::PUT, url.clone(), self.open.subject.clone()).header(CONTENT_RANGE, range);
        self.api.exchange(&Call { body: Some(content), timeout: Some(CHUNK_TIMEOUT), ..call }).await
    }

    /// "Go on", with how much arrived. No step forward is a reason to wait.
    fn note(&mut self, session: Session, response: &Response) -> Result<(), Error> {
        let has = match response.headers().get(RANGE) {
            None => 0,
            Some(range) => next_byte(range).filter(|has| *has <= self.total).ok_or_else(|| self.unreadable())?,
        };
        let forward = session.has.is_none_or(|before| has > before) && has < self.total;
        self.session = Some(Session { has: Some(has), ..session });
        self.arrived = self.arrived.max(has);
        if forward { Ok(()) } else { Err(self.stuck(response.status(), "uploadNotFinished")) }
    }

    fn stuck(&self, status: StatusCode, reason: &str) -> Error {
        let (subject, account) = (self.open.subject.clone(), self.api.account().to_owned());
        let refusal = Refusal { subject, account, status: status.as_u16(), reason: reason.to_owned() };
        Error::Busy { refusal, retry_after: None }
    }

    fn unreadable(&self) -> Error {
        Error::Unreadable(self.open.subject.clone())
    }
}

/// The first byte that is missing: 43 after `Range: bytes=0-42`.
fn next_byte(range: &HeaderValue) -> Option<u64> {
    let last: u64 = range.to_str().ok()?.strip_prefix("bytes=0-")?.parse().ok()?;
    last.checked_add(1)
}
