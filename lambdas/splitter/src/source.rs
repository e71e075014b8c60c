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
    /// The file's own fault: it is rejected.
    #[error("the file cannot be read")]
    File(FileProblem),
}

impl Source {
    /// Opens a file after the rows that were read already. None where it is no sheet (any more).
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
                Some(Err(error)) => Err(SourceError::File(error.file_problem())),
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
