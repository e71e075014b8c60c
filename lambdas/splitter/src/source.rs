//! The rows of a file in Drive, batch by batch, wherever they come from. Memory is bounded by a few batches.

use std::fs::File;

use drive::{Drive, Entry, SheetReader};
use feeds::{FileProblem, Origin, SheetRow};
use sheets::{Format, Limits, ReadError, Rows};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::select::{Readable, readable};

/// Rows of a downloaded file that are read ahead at once.
const BATCH: usize = 200;
/// Batches that are read ahead; then the reader waits (backpressure).
const AHEAD: usize = 2;

/// Where a file's rows come from.
pub(crate) enum Source {
    /// A Google Sheet, by the Sheets API.
    Sheet(SheetReader),
    /// A downloaded file.
    File(FileReader),
}

/// Reads a downloaded file on a thread of its own, for reading blocks; the thread ends when this is dropped.
pub(crate) struct FileReader {
    origin: Origin,
    batches: mpsc::Receiver<Result<Vec<SheetRow>, ReadError>>,
    thread: Option<JoinHandle<()>>,
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
    /// Opens a file after the rows that were read already. None where it is not a sheet.
    pub(crate) async fn open(drive: &Drive, entry: &Entry, after_row: u32) -> Result<Option<Self>, SourceError> {
        Ok(match readable(entry) {
            Some(Readable::GoogleSheet) => {
                let sheet = drive.sheet(&entry.id, feeds::TO_FIX).await?;
                Some(Self::Sheet(sheet.start_at(after_row.saturating_add(1))))
            }
            Some(Readable::File(format)) => {
                let file = drive.download(entry).await?;
                Some(Self::File(FileReader::open(file, format, after_row).await?))
            }
            None => None,
        })
    }

    /// The origin of the rows' cells.
    pub(crate) fn origin(&self) -> Origin {
        match self {
            Self::Sheet(sheet) => Origin::Tab(sheet.tab().to_owned()),
            Self::File(file) => file.origin.clone(),
        }
    }

    /// The next rows, perhaps none of them; nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<SheetRow>>, SourceError> {
        match self {
            Self::Sheet(sheet) => Ok(sheet.next().await?),
            Self::File(file) => Ok(file.next().await?),
        }
    }
}

impl FileReader {
    /// Opens the file after the rows that were read already. All of it is looked through before the first row comes.
    async fn open(file: File, format: Format, after_row: u32) -> Result<Self, ReadError> {
        let opened = tokio::task::spawn_blocking(move || sheets::open(file, format, &Limits::default()));
        let rows = opened.await.map_err(|_| GAVE_UP)??;
        let origin = rows.origin.clone();
        let (sender, batches) = mpsc::channel(AHEAD);
        let thread = tokio::task::spawn_blocking(move || send(rows, after_row, &sender));
        Ok(Self { origin, batches, thread: Some(thread) })
    }

    async fn next(&mut self) -> Result<Option<Vec<SheetRow>>, ReadError> {
        if let Some(batch) = self.batches.recv().await {
            return batch.map(Some);
        }
        // A parser that panics over a hostile file ends the rows too: that is not the end of the file.
        match self.thread.take() {
            Some(thread) => thread.await.map(|()| None).map_err(|_| GAVE_UP),
            None => Ok(None),
        }
    }
}

const GAVE_UP: ReadError = ReadError::Broken { row: 0, what: "the reader gave up" };

/// Sends the rows in batches until they end or nobody wants more.
fn send(rows: Rows, after_row: u32, batches: &mpsc::Sender<Result<Vec<SheetRow>, ReadError>>) {
    let mut batch = Vec::with_capacity(BATCH);
    for row in rows {
        match row {
            Ok(row) if row.number <= after_row => {}
            Ok(row) => batch.push(row),
            Err(error) => return drop(batches.blocking_send(Err(error))),
        }
        if batch.len() == BATCH && batches.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
            return;
        }
    }
    drop(batches.blocking_send(Ok(batch)));
}

#[cfg(test)]
mod tests {
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
        let opened = FileReader::open(folder, Format::Csv, 0).await;
        assert!(matches!(opened.map_err(SourceError::from), Err(SourceError::Disk(_))));
    }

    #[tokio::test]
    async fn a_file_of_which_no_more_is_wanted_is_let_go() {
        let mut content = tempfile::NamedTempFile::new().expect("a temp file");
        for row in 0..10_000 {
            writeln!(content, "{row},x").expect("written");
        }
        let read_from = File::open(content.path()).expect("opened");
        read_from.lock_shared().expect("locked");
        let mut source = Source::File(FileReader::open(read_from, Format::Csv, 0).await.expect("opened"));
        assert_eq!(source.next().await.expect("readable").expect("rows").len(), BATCH);
        drop(source);
        // The lock goes with the last handle, and so does the space of a file without a name.
        while content.as_file().try_lock().is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
