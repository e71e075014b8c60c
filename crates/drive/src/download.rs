//! A CSV or XLSX file, brought into a temporary file.

use std::fs;
use std::io::ErrorKind;
use std::time::Duration;

use md5::{Digest, Md5};
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Method, Response, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::error::{Error, Subject};
use crate::http::{Call, address};
use crate::{Drive, Entry};

/// How long may pass without a byte. The whole may take longer: it can be large.
const STALL: Duration = Duration::from_secs(60);

/// How often a file is downloaded when it does not match its checksum.
const DOWNLOADS: usize = 2;

impl Drive {
    /// The content of a CSV or XLSX file, in a temporary file without a name that vanishes with its handle, read
    /// from the start. It is that of the listed revision: its checksum was compared.
    ///
    /// # Errors
    /// [`Error::Changed`]: the content is another than listed. [`Error::NotFound`]: deleted meanwhile.
    /// [`Error::NoContent`]: a Google document. [`Error::NoRoom`], [`Error::Disk`]: the disk's.
    pub async fn download(&self, entry: &Entry) -> Result<fs::File, Error> {
        self.content(entry).await.map_err(|error| no_room(error, entry))
    }

    async fn content(&self, entry: &Entry) -> Result<fs::File, Error> {
        let Some(md5) = &entry.md5 else { return Err(Error::NoContent(entry.id.clone())) };
        let query = [("alt", "media"), ("supportsAllDrives", "true")];
        let url = address(&self.shared.drive, &["files", &entry.id], &query);
        let call = Call { timeout: None, ..Call::new(Method::GET, url, Subject::File(entry.id.clone())) };
        for _ in 0..DOWNLOADS {
            let (file, digest) = (File::from_std(tempfile::tempfile()?), Md5::new());
            let mut download = Download { drive: self, call: &call, size: entry.size, file, received: 0, digest };
            download.complete().await?;
            let received: String = download.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            if received == *md5 {
                download.file.flush().await?;
                download.file.rewind().await?;
                return Ok(download.file.into_std().await);
            }
            // Another revision, or damaged on the way? The file itself tells.
            if self.existing_entry(&entry.id).await?.md5.as_ref() != Some(md5) {
                return Err(Error::Changed(entry.id.clone()));
            }
        }
        Err(Error::Damaged(entry.id.clone()))
    }
}

/// The part of a file that has arrived.
struct Download<'a> {
    drive: &'a Drive,
    call: &'a Call,
    size: Option<u64>,
    file: File,
    received: u64,
    digest: Md5,
}

impl Download<'_> {
    /// Until all has arrived. The waits start anew whenever something did.
    async fn complete(&mut self) -> Result<(), Error> {
        let mut attempts = self.drive.attempts(Error::is_transient);
        loop {
            let before = self.received;
            let Err(error) = self.go_on().await else { return Ok(()) };
            if self.received > before {
                attempts.got_further();
            }
            attempts.after(error).await?;
        }
    }

    /// Asks for what is missing, and takes it.
    async fn go_on(&mut self) -> Result<(), Error> {
        let mut call = self.call.clone();
        if self.received > 0 {
            call = call.header(RANGE, &format!("bytes={}-", self.received))?;
        }
        let mut response = self.in_time(self.drive.once(&call)).await??;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if first_byte(&response) == Some(self.received) => {}
            StatusCode::PARTIAL_CONTENT => return Err(Error::Unreadable(self.call.subject.clone())),
            // Google began at the first byte, whatever was asked for.
            _ => {
                self.file.set_len(0).await?;
                self.file.rewind().await?;
                self.received = 0;
                self.digest = Md5::new();
            }
        }
        let broken = |error| Error::connection(&call.subject, error);
        while let Some(chunk) = self.in_time(response.chunk()).await?.map_err(broken)? {
            self.file.write_all(&chunk).await?;
            self.digest.update(&chunk);
            self.received += chunk.len() as u64;
            if self.size.is_some_and(|size| self.received > size) {
                // More than was listed: another revision, whose checksum will not match.
                return Ok(());
            }
        }
        match self.size {
            Some(size) if self.received < size => Err(Error::Unreadable(self.call.subject.clone())),
            _ => Ok(()),
        }
    }

    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Result<T, Error> {
        timeout(self.drive.in_time(STALL), future).await.map_err(|_| Error::TimedOut(self.call.subject.clone()))
    }
}

/// Names the file for which the disk has no room.
fn no_room(error: Error, entry: &Entry) -> Error {
    match error {
        Error::Disk(source) if matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            Error::NoRoom(entry.id.clone(), entry.size.unwrap_or_default(), source)
        }
        other => other,
    }
}

/// Where a part begins: `Content-Range: bytes 1000-1999/2000` at 1000.
fn first_byte(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_full_disk_names_the_file_and_what_to_do() {
        let entry = json!({ "id": "f", "name": "Contacts.csv", "mimeType": "text/csv", "size": "3",
            "createdTime": "2021-03-08T09:00:00Z", "modifiedTime": "2021-03-08T10:00:00Z" });
        let entry: Entry = serde_json::from_value(entry).expect("an entry");
        let full = fs::File::create("/dev/full").and_then(|mut disk| disk.write_all(b"x")).expect_err("no room");
        let error = no_room(full.into(), &entry);
        assert!(matches!(error, Error::NoRoom(_, 3, _)), "{error:?}");
        insta::assert_snapshot!(error, @"there is no room on this machine's disk to download the file `f` (1 MB): give the function more ephemeral storage than that; a list that is opened as a Google Sheet needs none");
        let other = no_room(std::io::Error::from(ErrorKind::PermissionDenied).into(), &entry);
        assert!(matches!(other, Error::Disk(_)), "{other:?}");
        assert!(!error.is_transient(), "no repeat makes room");
    }
}
