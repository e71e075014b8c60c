//! A CSV or XLSX file, brought into a temporary file.

use std::{
    fs,
    io::{ErrorKind, SeekFrom},
    time::Duration,
};

use md5::{Digest, Md5};
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_RANGE, HeaderValue, RANGE},
};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
    time::timeout,
};

use crate::{
    Drive, Entry,
    addresses::address,
    error::{Error, Refusal, Subject},
    http::{Api, Call},
    retry::Policy,
};

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
    /// [`Error::NoContent`]: a Google document. [`Error::NoRoom`], [`Error::Disk`]: the disk's. Otherwise whatever
    /// keeps Google from answering.
    pub async fn download(&self, entry: &Entry) -> Result<fs::File, Error> {
        self.content(entry).await.map_err(|error| no_room(error, entry))
    }

    async fn content(&self, entry: &Entry) -> Result<fs::File, Error> {
        let Some(md5) = &entry.md5 else { return Err(Error::NoContent(entry.id.clone())) };
        for _ in 0..DOWNLOADS {
            let mut download = Download::start(self.api.clone(), entry)?;
            download.complete().await?;
            if download.md5() == *md5 {
                return download.into_file().await;
            }
            // Another revision, or damaged on the way? The file itself tells.
            match self.entry(&entry.id).await? {
                Some(now) if now.md5.as_ref() == Some(md5) => {}
                Some(_) => return Err(Error::Changed(entry.id.clone())),
                None => {
                    return Err(Error::NotFound(Refusal {
                        subject: Subject::File(entry.id.clone()),
                        account: self.api.account().to_owned(),
                        status: 404,
                        reason: "notFound".to_owned(),
                    }));
                }
            }
        }
        Err(Error::Damaged(entry.id.clone()))
    }
}

/// The part of a file that has arrived.
struct Download {
    api: Api,
    call: Call,
    size: Option<u64>,
    file: File,
    received: u64,
    digest: Md5,
}

impl Download {
    fn start(api: Api, entry: &Entry) -> Result<Self, Error> {
        let query = [("alt", "media"), ("supportsAllDrives", "true")];
        let url = address(&api.shared.addresses.drive, &["files", &entry.id], &query);
        Ok(Self {
            call: Call { timeout: None, ..Call::get(url, Subject::File(entry.id.clone())) },
            api,
            size: entry.size,
            file: File::from_std(tempfile::tempfile()?),
            received: 0,
            digest: Md5::new(),
        })
    }

    /// Until all has arrived. The waits start anew whenever something did.
    async fn complete(&mut self) -> Result<(), Error> {
        let mut attempts = self.api.attempts(Policy::Repeatable);
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
            let range = HeaderValue::try_from(format!("bytes={}-", self.received));
            call = call.header(RANGE, range.map_err(|_| self.unreadable())?);
        }
        let api = self.api.clone();
        let response = self.in_time(api.once(&call)).await??;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if first_byte(&response) == Some(self.received) => {}
            StatusCode::PARTIAL_CONTENT => return Err(self.unreadable()),
            _ => self.start_over().await?,
        }
        self.take(response).await
    }

    async fn take(&mut self, mut response: Response) -> Result<(), Error> {
        while let Some(chunk) =
            self.in_time(response.chunk()).await?.map_err(|error| Error::connection(&self.call.subject, error))?
        {
            self.file.write_all(&chunk).await?;
            self.digest.update(&chunk);
            self.received += chunk.len() as u64;
            if self.size.is_some_and(|size| self.received > size) {
                // More than was listed: another revision, whose checksum will not match.
                return Ok(());
            }
        }
        match self.size {
            Some(size) if self.received < size => Err(self.unreadable()),
            _ => Ok(()),
        }
    }

    /// Google began at the first byte, whatever was asked for.
    async fn start_over(&mut self) -> Result<(), Error> {
        self.file.set_len(0).await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        self.received = 0;
        self.digest = Md5::new();
        Ok(())
    }

    fn md5(&self) -> String {
        self.digest.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn into_file(mut self) -> Result<fs::File, Error> {
        self.file.flush().await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        Ok(self.file.into_std().await)
    }

    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Result<T, Error> {
        timeout(self.api.in_time(STALL), future).await.map_err(|_| Error::TimedOut(self.call.subject.clone()))
    }

    fn unreadable(&self) -> Error {
        Error::Unreadable(self.call.subject.clone())
    }
}

/// Names the file for which the disk has no room.
fn no_room(error: Error, entry: &Entry) -> Error {
    match error {
        Error::Disk(source) if matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            Error::NoRoom { file: entry.id.clone(), bytes: entry.size.unwrap_or_default(), source }
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
        assert!(matches!(error, Error::NoRoom { bytes: 3, .. }), "{error:?}");
        insta::assert_snapshot!(error, @"there is no room on this machine's disk to download the file `f` (1 MB): give the function more ephemeral storage than that; a list that is opened as a Google Sheet needs none");
        let other = no_room(std::io::Error::from(ErrorKind::PermissionDenied).into(), &entry);
        assert!(matches!(other, Error::Disk(_)), "{other:?}");
        assert!(!error.is_transient(), "no repeat makes room");
    }
}
