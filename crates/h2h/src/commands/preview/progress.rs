//! A bar for long files, on a terminal only.

use std::fs::File;
use std::io::Seek;
use std::time::Duration;

use indicatif::ProgressBar;

use crate::bar::bar;
use crate::render::columns;

/// Shorter files are read before anybody looks.
const LONG: u64 = 5_000;
/// The bar moves once for so many rows.
const STEP: u64 = 500;

/// How much of a file is read. Shown on standard error from the 5,000th row on.
pub(super) struct Progress {
    rows: u64,
    /// Shares its position with the file that is read.
    file: Option<File>,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn of(file: &File) -> Self {
        Self { rows: 0, file: file.try_clone().ok(), bar: None }
    }

    /// One more row was read.
    pub(super) fn row(&mut self) {
        self.rows += 1;
        if self.rows < LONG || !self.rows.is_multiple_of(STEP) {
            return;
        }
        let Some(file) = &mut self.file else { return };
        let bar = self.bar.get_or_insert_with(|| moving_bar(file.metadata().map_or(0, |file| file.len())));
        if let Ok(position) = file.stream_position() {
            bar.set_position(position);
        }
        bar.set_message(format!("{} rows read", self.rows));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A bar over the file's bytes.
fn moving_bar(bytes: u64) -> ProgressBar {
    let bar = bar(bytes, columns());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
