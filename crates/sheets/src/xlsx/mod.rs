//! XLSX: sizes are bounded first, then one tab is streamed.

mod cell;
mod markup;
mod scan;
mod tab;

use std::fs::File;
use std::io::BufReader;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use feeds::SheetRow;

use crate::error::ReadError;
use crate::limits::Limits;

/// How many rows the reading thread is ahead.
const ROWS_AHEAD: usize = 64;

type Read = Result<SheetRow, ReadError>;

/// The rows of an XLSX file. calamine's reader borrows the workbook, so it lives on a thread of its own; the
/// thread ends when this is dropped. It also keeps a panic in the parser, which a hostile file may cause,
/// from taking anything else with it.
pub(crate) struct XlsxRows {
    rows: Receiver<Read>,
    thread: Option<JoinHandle<()>>,
    /// The last row that came.
    last: u32,
}

impl XlsxRows {
    pub(crate) fn open(file: File, limits: &Limits) -> Result<Self, ReadError> {
        scan::scan(&file, limits)?;
        let (sender, rows) = mpsc::sync_channel(ROWS_AHEAD);
        let thread = thread::Builder::new()
            .name("xlsx".to_owned())
            .spawn(move || {
                // Where nobody listens any more, a row cannot be sent: the end.
                let mut send = |row| sender.send(Ok(row)).is_ok();
                if let Err(error) = tab::read(BufReader::new(file), &mut send) {
                    let _ = sender.send(Err(error));
                }
            })
            .map_err(ReadError::Io)?;
        Ok(Self { rows, thread: Some(thread), last: 0 })
    }

    pub(crate) fn next_row(&mut self) -> Option<Read> {
        if let Ok(read) = self.rows.recv() {
            self.last = read.as_ref().map_or(self.last, |row| row.number);
            return Some(read);
        }
        match self.thread.take()?.join() {
            Ok(()) => None,
            Err(_) => Some(Err(ReadError::Broken { row: self.last, what: "the reader gave up" })),
        }
    }
}
