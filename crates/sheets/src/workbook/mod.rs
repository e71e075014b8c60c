//! XLSX out: a spreadsheet for people, row by row.

mod fit;
mod in_memory;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub use in_memory::{TextSheet, TextSheetError};
use rust_xlsxwriter::{Format, XlsxError};
use thiserror::Error;

/// The rows that a tab can hold, its header included.
const MOST_ROWS: u32 = 1_048_576;

/// The number of the format `@`, text (ECMA-376, 18.8.30).
const TEXT: u8 = 49;

/// A spreadsheet that is being written, in constant memory: rows go to a temporary file for each tab (deleted
/// with this), so they may come for any tab in any order. Every cell is text: nothing becomes a formula, a
/// number or a date, whatever it looks like.
///
/// The temporary files hold the rows as uncompressed XML, about 60 bytes a cell beside its text.
#[derive(Default)]
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    /// The next row of each tab.
    next_rows: Vec<u32>,
}

/// Why a spreadsheet cannot be written. Nothing of a row is held.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The tab of this name is full: split the spreadsheet into parts.
    #[error("the tab {0} is full: a tab holds {MOST_ROWS} rows")]
    TooManyRows(String),
    /// The temporary files cannot be written on: there is no room for them.
    #[error(
        "the disk has no room for the spreadsheet's temporary files: give the function more ephemeral storage \
         (docs/cost.md has how much a summary takes), or make room in the folder for temporary files"
    )]
    Disk,
    /// A name that Excel does not take, or a file that cannot be written. A tab or a column that there cannot be is a bug:
    /// no feed has so many.
    #[error("the spreadsheet could not be written")]
    Xlsx(#[from] XlsxError),
}

impl Workbook {
    /// Adds a tab behind those that are there and returns its number, the first is 0. Its columns' names, if
    /// there are any, become a bold row that stays in sight. The columns of one to fill in are formatted as text down to
    /// the last row, so that a phone that is typed there keeps its first 0, in Excel and once the file has become a
    /// Google Sheet.
    ///
    /// # Errors
    /// A name that Excel does not take (a name that is taken is found by [`Workbook::save`]); more columns than a
    /// tab can hold.
    pub fn add_tab(&mut self, name: &str, columns: &[String], to_fill_in: bool) -> Result<usize, WriteError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        if let Some(last) = columns.len().checked_sub(1) {
            let mut header = Format::new();
            if to_fill_in {
                header = header.set_num_format_index(TEXT);
                // A cell without a format of its own is written with its column's.
                sheet.set_column_range_format(0, number_of(last), &header)?;
            }
            header = header.set_bold();
            sheet.set_freeze_panes(1, 0)?;
            for (column, text) in columns.iter().enumerate() {
                sheet.write_string_with_format(0, number_of(column), fit::cell(text), &header)?;
            }
        }
        self.next_rows.push(u32::from(!columns.is_empty()));
        Ok(self.next_rows.len() - 1)
    }

    /// Adds a row to a tab. A text that no cell can hold is cut, and says so at its end; characters that no
    /// cell can hold become `�`.
    ///
    /// # Errors
    /// The tab is full, or does not exist; [`WriteError::Disk`].
    pub fn push<Text: AsRef<str>>(
        &mut self,
        tab: usize,
        cells: impl IntoIterator<Item = Text>,
    ) -> Result<(), WriteError> {
        let sheet = self.book.worksheet_from_index(tab)?;
        let full = || WriteError::TooManyRows(sheet.name());
        let next_row = self.next_rows.get_mut(tab).filter(|row| **row < MOST_ROWS).ok_or_else(full)?;
        writing(|| {
            for (column, text) in cells.into_iter().enumerate() {
                sheet.write_string(*next_row, number_of(column), fit::cell(text.as_ref()))?;
            }
            Ok(())
        })?;
        *next_row += 1;
        Ok(())
    }

    /// Makes a tab the one that opens first, wherever it stands.
    ///
    /// # Errors
    /// It does not exist.
    pub fn activate(&mut self, tab: usize) -> Result<(), WriteError> {
        self.book.worksheet_from_index(tab)?.set_active(true);
        Ok(())
    }

    /// Writes the finished file.
    ///
    /// # Errors
    /// It cannot be written, or two tabs have one name; [`WriteError::Disk`].
    pub fn save(mut self, file: impl Write + Send) -> Result<(), WriteError> {
        writing(|| Ok(self.book.save_to_writer(file)?))
    }
}

/// The library's number of a column; one that it refuses where there cannot be so many.
fn number_of(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// Runs work of the library that writes to its temporary files. A full disk is an error: the library has no other word for
/// it than a panic, for it takes for granted that they can be written. What was half done is not used again: every caller
/// gives the spreadsheet up with the error.
fn writing<T>(work: impl FnOnce() -> Result<T, WriteError>) -> Result<T, WriteError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| match panic.downcast_ref::<String>() {
        // An error of the system's, as its `Debug` shows it.
        Some(words) if words.contains("Os { code: ") => Err(WriteError::Disk),
        _ => resume_unwind(panic),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a bug")]
    fn any_other_panic_stays_one() {
        let _ = writing(|| -> Result<(), WriteError> { panic!("a bug") });
    }
}
