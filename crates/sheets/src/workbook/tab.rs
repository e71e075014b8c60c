//! A tab that is being written.

use rust_xlsxwriter::{IgnoreError, Note, Worksheet, XlsxError};

use super::widths::Widths;

/// The height of a line of text in points, and of the highest row; Excel's is a little higher.
pub(super) const LINE: f64 = 15.0;
pub(super) const HIGHEST: f64 = 400.0;

/// How far a tab is written, and what is set at its end.
pub(super) struct Tab {
    pub(super) next_row: u32,
    pub(super) widths: Widths,
    /// How many columns stay in sight at most.
    pub(super) in_sight: usize,
    /// Its last row has a height of its own.
    pub(super) ends_high: bool,
}

impl Tab {
    /// Sets what is known when the last row is there. A tab without names of columns is no table.
    pub(super) fn finish(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let Some((last, _)) = self.widths.each().last() else { return Ok(()) };
        for (column, width) in self.widths.each() {
            sheet.set_column_width(number_of(column), width)?;
        }
        sheet.set_freeze_panes(1, number_of(self.widths.in_sight(self.in_sight)))?;
        let (last_row, last) = (self.next_row.saturating_sub(1), number_of(last));
        sheet.autofilter(0, 0, last_row, last)?;
        // A phone is a number stored as text, and means to be: no green corners.
        sheet.ignore_error_range(0, 0, last_row, last, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }
}

/// A note that shows all of its text.
pub(super) fn note(text: &str) -> Note {
    let lines: u32 = text.lines().map(|line| u32::try_from(line.len()).unwrap_or(u32::MAX) / 44 + 1).sum();
    Note::new(text).add_author_prefix(false).set_font_size(9).set_width(260).set_height(16 * lines.min(20) + 16)
}

/// The library's number of a column; one that it refuses where there cannot be so many.
pub(super) fn number_of(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}
