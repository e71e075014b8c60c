//! A bar for long files, on a terminal only.

use std::fs::File;
use std::io::Seek;

use crate::command_prelude::*;

/// Shorter files are read before anybody looks.
const LONG: u64 = 5_000;
/// The bar moves once for so many rows.
const STEP: u64 = 500;

/// How much of a file is read. Shown on standard error from the 5,000th row on.
pub(super) struct Progress {
    rows: u64,
    /// Shares its position with the file that is read.
    file: Option<File>,
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn of(file: &File) -> Self {
        let bytes = file.metadata().map_or(0, |file| file.len());
        Self { rows: 0, file: file.try_clone().ok(), bar: bar(bytes) }
    }

    pub(super) fn row(&mut self) {
        self.rows += 1;
        if self.rows < LONG || !self.rows.is_multiple_of(STEP) {
            return;
        }
        if let Some(position) = self.file.as_mut().and_then(|file| file.stream_position().ok()) {
            self.bar.set_position(position);
        }
        self.bar.set_message(format!("{} rows read", self.rows));
    }
}
