//! XLSX out: a spreadsheet for people, row by row.

mod colours;
mod error;
mod fit;
mod in_memory;
mod style;
mod summary;
mod tab;
mod widths;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use error::MOST_ROWS;
pub use error::WriteError;
use feeds::{Look, SummaryLine};
pub use in_memory::{TextSheet, TextSheetError};
use rust_xlsxwriter::Worksheet;
use style::Styles;
use tab::{HIGHEST, LINE, Tab, number_of};
use widths::Widths;

/// How many cells of a workbook have notes. Notes are held in memory, and no program stays quick with very many; what they
/// say stands beside the row as well.
const MOST_NOTES: usize = 2_000;

/// How many rows to correct have the height that their texts need written: so many that somebody will read them.
const MOST_HEIGHTS: u32 = 2_000;

/// A spreadsheet that is being written, in constant memory: rows go to a temporary file for each tab (deleted
/// with this), so they may come for any tab in any order. Every cell is text: nothing becomes a formula, a
/// number or a date, whatever it looks like, nor does what people type into one.
///
/// The temporary files hold the rows as uncompressed XML, about 60 bytes a cell beside its text.
#[derive(Default)]
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    styles: Styles,
    tabs: Vec<Tab>,
    notes: usize,
}

impl Workbook {
    /// Adds a tab behind those that are there and returns its number, the first is 0. Its columns' names, if
    /// there are any, become a row with filters that stays in sight, as do so many of its first columns where there is room.
    /// Columns are as wide as what is in them. They are formatted as text down to the last row, so that a phone that is typed
    /// there keeps its first 0, in Excel and once the file has become a Google Sheet.
    ///
    /// # Errors
    /// A name that Excel does not take (a name that is taken is found by [`Workbook::save`]); more columns than a
    /// tab can hold.
    pub fn add_tab(&mut self, name: &str, columns: &[String], in_sight: usize) -> Result<usize, WriteError> {
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_landscape();
        if let Some(last) = columns.len().checked_sub(1) {
            // A cell without a format of its own is written with its column's.
            sheet.set_column_range_format(0, number_of(last), &self.styles.plain)?;
            sheet.set_repeat_rows(0, 0)?;
            for (column, text) in columns.iter().enumerate() {
                sheet.write_string_with_format(0, number_of(column), fit::cell(text), &self.styles.header)?;
            }
        }
        let next_row = u32::from(!columns.is_empty());
        self.tabs.push(Tab { next_row, widths: Widths::of_names(columns), in_sight, ends_high: false });
        Ok(self.tabs.len() - 1)
    }

    /// Adds the tab of [`feeds::summary_tab`], as [`Workbook::add_tab`] does, and makes it the one that opens first, wherever
    /// it stands. Its lines come by [`Workbook::push_summary`].
    ///
    /// # Errors
    /// A name that Excel does not take.
    pub fn add_summary(&mut self, name: &str) -> Result<usize, WriteError> {
        let number = self.add_tab(name, &[], 0)?;
        let sheet = self.book.worksheet_from_index(number)?;
        sheet.set_active(true);
        summary::begin(sheet)?;
        Ok(number)
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
        let cells: Vec<Text> = cells.into_iter().collect();
        self.push_with_look(tab, &cells, &Look::Plain)
    }

    /// Adds a row that is to be seen as it is said: filled by its status, or with notes on the cells to correct.
    ///
    /// # Errors
    /// As [`Workbook::push`].
    pub fn push_with_look<Text: AsRef<str>>(
        &mut self,
        tab: usize,
        cells: &[Text],
        look: &Look,
    ) -> Result<(), WriteError> {
        let (sheet, tab) = writable(&mut self.book, &mut self.tabs, tab)?;
        let row = tab.next_row;
        let lines = cells.iter().map(|text| widths::lines(text.as_ref())).max().unwrap_or(1);
        // Not every program makes room for what is wrapped; the library keeps each height in memory.
        tab.ends_high = matches!(look, Look::ToFix(_)) && lines > 1 && row <= MOST_HEIGHTS;
        if tab.ends_high {
            sheet.set_row_height(row, (LINE * lines as f64).min(HIGHEST))?;
        }
        writing(|| {
            for (column, text) in cells.iter().enumerate() {
                let text = fit::cell(text.as_ref());
                tab.widths.note(column, &text);
                match self.styles.of(look, column, cells.len()) {
                    None => sheet.write_string(row, number_of(column), text)?,
                    Some(format) => sheet.write_string_with_format(row, number_of(column), text, format)?,
                };
            }
            Ok(())
        })?;
        if let Look::ToFix(marks) = look {
            for mark in marks.iter().take(MOST_NOTES.saturating_sub(self.notes)) {
                sheet.insert_note(row, number_of(mark.column), &tab::note(&mark.note))?;
                self.notes += 1;
            }
        }
        tab.next_row += 1;
        Ok(())
    }

    /// Adds a line to the summary.
    ///
    /// # Errors
    /// As [`Workbook::push`].
    pub fn push_summary(&mut self, tab: usize, line: &SummaryLine) -> Result<(), WriteError> {
        let (sheet, tab) = writable(&mut self.book, &mut self.tabs, tab)?;
        writing(|| summary::push(sheet, tab, &self.styles, line))
    }

    /// Writes the finished file.
    ///
    /// # Errors
    /// It cannot be written, or two tabs have one name; [`WriteError::Disk`].
    pub fn save(mut self, file: impl Write + Send) -> Result<(), WriteError> {
        for (number, tab) in self.tabs.iter().enumerate() {
            let sheet = self.book.worksheet_from_index(number)?;
            tab.finish(sheet)?;
            if tab.ends_high {
                // The library writes a last row that has a height a second time, and no program need read such a file: a blank
                // cell below is the last row instead.
                writing(|| Ok(sheet.write_blank(tab.next_row, 0, &self.styles.plain).map(drop)?))?;
            }
        }
        writing(|| Ok(self.book.save_to_writer(file)?))
    }
}

/// A tab with room for a row more.
fn writable<'a>(
    book: &'a mut rust_xlsxwriter::Workbook,
    tabs: &'a mut [Tab],
    tab: usize,
) -> Result<(&'a mut Worksheet, &'a mut Tab), WriteError> {
    let sheet = book.worksheet_from_index(tab)?;
    let full = || WriteError::TooManyRows(sheet.name());
    let tab = tabs.get_mut(tab).filter(|tab| tab.next_row < MOST_ROWS).ok_or_else(full)?;
    Ok((sheet, tab))
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
