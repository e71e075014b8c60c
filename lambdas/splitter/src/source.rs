//! The rows of a file in Drive, batch by batch, wherever they come from. Memory is bounded by a few batches.

use drive::{Drive, Entry, SheetReader};
use feeds::{FileProblem, SheetRow};
use sheets::{Format, Limits, ReadError};
use tokio::sync::mpsc;

use crate::select::{Readable, readable};

/// Rows of a downloaded file that are read ahead at once.
const BATCH: usize = 200;
/// Batches that are read ahead.
const AHEAD: usize = 2;

/// Where a file's rows come from.
pub(crate) enum Source {
    /// A Google Sheet, by the Sheets API.
    Sheet(SheetReader),
    /// A downloaded file, read on a thread of its own.
    File(mpsc::Receiver<Result<Vec<SheetRow>, ReadError>>),
}

/// Why no more rows come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// Google's fault, or the file was changed meanwhile.
    #[error(transparent)]
    Drive(#[from] drive::Error),
    /// Our own disk's fault: the file may be fine.
    #[error("the downloaded file could not be read from disk")]
    Disk(#[source] std::io::Error),
    /// The file's own fault: it is rejected.
    #[error("the file cannot be read")]
    File(FileProblem),
}

impl From<ReadError> for SourceError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io(error) => Self::Disk(error),
            error => Self::File(error.file_problem()),
        }
    }
}

impl Source {
    /// Opens a file after the rows that were read already. None where it is no sheet.
    pub(crate) async fn open(drive: &Drive, entry: &Entry, after_row: u32) -> Result<Option<Self>, SourceError> {
        Ok(match readable(entry) {
            Some(Readable::GoogleSheet) => {
                let sheet = drive.sheet(&entry.id).await?;
                Some(Self::Sheet(sheet.start_at(after_row.saturating_add(1))))
            }
            Some(Readable::File(format)) => {
                let file = drive.download(entry).await?;
                Some(Self::File(read(file, format, after_row)))
            }
            None => None,
        })
    }

    /// The next rows, perhaps none of them; nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<SheetRow>>, SourceError> {
        match self {
            Self::Sheet(sheet) => Ok(sheet.next().await?),
            Self::File(batches) => match batches.recv().await {
                Some(Ok(rows)) => Ok(Some(rows)),
                Some(Err(error)) => Err(error.into()),
                None => Ok(None),
            },
        }
    }
}

/// Reads a file on a thread of its own; it ends when the receiver is dropped.
fn read(file: std::fs::File, format: Format, after_row: u32) -> mpsc::Receiver<Result<Vec<SheetRow>, ReadError>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let rows = match sheets::open(file, format, &Limits::default()) {
            Ok(rows) => rows,
            Err(error) => return drop(sender.blocking_send(Err(error))),
        };
        let mut batch = Vec::with_capacity(BATCH);
        for row in rows {
            match row {
                Ok(row) if row.number <= after_row => {}
                Ok(row) => batch.push(row),
                Err(error) => return drop(sender.blocking_send(Err(error))),
            }
            if batch.len() == BATCH && sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                return;
            }
        }
        drop(sender.blocking_send(Ok(batch)));
    });
    receiver
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[test]
    fn our_own_disk_is_not_the_files_fault() {
        let disk = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert!(matches!(ReadError::Io(disk).into(), SourceError::Disk(_)));
        assert!(matches!(ReadError::Empty.into(), SourceError::File(_)));
    }

    #[tokio::test]
    async fn a_disk_that_fails_is_told_as_such() {
        let folder = File::open("/").expect("a folder, of which no byte can be read");
        let mut source = Source::File(read(folder, Format::Csv, 0));
        assert!(matches!(source.next().await, Err(SourceError::Disk(_))));
    }

    #[tokio::test]
    async fn a_file_of_which_no_more_is_wanted_is_let_go() {
        let mut content = tempfile::NamedTempFile::new().expect("a temp file");
        for row in 0..10_000 {
            writeln!(content, "{row},x").expect("written");
        }
        let read_from = File::open(content.path()).expect("opened");
        read_from.lock_shared().expect("locked");
        let mut source = Source::File(read(read_from, Format::Csv, 0));
        assert_eq!(source.next().await.expect("readable").expect("rows").len(), BATCH);
        drop(source);
        // The lock goes with the last handle, and so does the space of a file without a name.
        while content.as_file().try_lock().is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
