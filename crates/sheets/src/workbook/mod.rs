//! XLSX out: a spreadsheet for people, row by row.

mod disk;
mod error;
mod fit;

use std::io::Write;

use rust_xlsxwriter::Format;

pub use self::error::WriteError;
use self::error::{MOST_COLUMNS, MOST_ROWS};

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
    tabs: Vec<Tab>,
}

struct Tab {
    name: String,
    next_row: u32,
}

impl Workbook {
    /// One without tabs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tab behind those that are there and returns its number, the first is 0. Its columns' names, if
    /// there are any, become a bold row that stays in sight.
    ///
    /// # Errors
    /// A name that Excel does not take (a name that is taken is found by [`Workbook::save`]); more columns than a
    /// tab can hold.
    pub fn add_tab(&mut self, name: &str, columns: &[String]) -> Result<usize, WriteError> {
        self.add(name, columns, None)
    }

    /// Adds a tab for people to write into: its columns are formatted as text down to the last row, so that a phone that
    /// is typed there keeps its first 0, in Excel and once the file has become a Google Sheet.
    ///
    /// # Errors
    /// As [`Workbook::add_tab`].
    pub fn add_tab_to_fill_in(&mut self, name: &str, columns: &[String]) -> Result<usize, WriteError> {
        self.add(name, columns, Some(Format::new().set_num_format_index(TEXT)))
    }

    fn add(&mut self, name: &str, columns: &[String], format: Option<Format>) -> Result<usize, WriteError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        let mut next_row = 0;
        if let Some(last) = columns.len().checked_sub(1) {
            if let Some(format) = &format {
                // A cell without a format of its own is written with its column's.
                sheet.set_column_range_format(0, number_of(last, name)?, format)?;
            }
            sheet.set_freeze_panes(1, 0)?;
            let header = format.unwrap_or_default().set_bold();
            for (column, text) in columns.iter().enumerate() {
                let column = number_of(column, name)?;
                sheet.write_string_with_format(0, column, fit::cell(text), &header)?;
            }
            next_row = 1;
        }
        self.tabs.push(Tab { name: name.to_owned(), next_row });
        Ok(self.tabs.len() - 1)
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
        let Tab { name, next_row } = self.tabs.get_mut(tab).ok_or(WriteError::NoSuchTab(tab))?;
        if *next_row == MOST_ROWS {
            return Err(WriteError::TooManyRows(name.clone()));
        }
        let sheet = self.book.worksheet_from_index(tab)?;
        disk::writing(|| {
            for (column, text) in cells.into_iter().enumerate() {
                sheet.write_string(*next_row, number_of(column, name)?, fit::cell(text.as_ref()))?;
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
        disk::writing(|| Ok(self.book.save_to_writer(file)?))
    }
}

fn number_of(column: usize, tab: &str) -> Result<u16, WriteError> {
    let number = u16::try_from(column).ok().filter(|_| column < MOST_COLUMNS);
    number.ok_or_else(|| WriteError::TooManyColumns(tab.to_owned()))
}
