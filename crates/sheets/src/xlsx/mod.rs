//! XLSX: what the workbook says of itself is read first, then one tab is streamed (docs/decisions/0060).
//!
//! A workbook is a zip archive of parts that point to each other. Only those that are needed are unpacked, each within a
//! limit, and none is held but the table of shared texts.

mod bounded;
mod cell;
mod merged;
mod moment;
mod number_format;
pub(crate) mod package;
mod reference;
mod sheet;
mod styles;
mod texts;
mod workbook;
mod xml;

use std::fs::File;

use feeds::SheetRow;

use crate::error::ReadError;
use crate::limits::Limits;

use bounded::Bound;
use merged::Merges;
use package::Package;
use sheet::{Common, Sheet};
use styles::Styles;
use texts::SharedTexts;
use workbook::Book;

/// The rows of an XLSX file.
pub(crate) struct XlsxRows(Sheet);

impl XlsxRows {
    /// The rows, and the name of their tab. The tab is unpacked once before the first row comes: that it is whole and not
    /// too large is known then, and which of its cells are merged, which it says at its end.
    pub(crate) fn open(file: File, limits: &Limits) -> Result<(Self, String), ReadError> {
        let mut package = Package::open(&file, limits)?;
        let book = Book::read(&mut package)?;
        let part = |kind| book.relationships.of_kind(kind);
        let texts = SharedTexts::read(&mut package, part("sharedStrings"), limits)?;
        let styles = Styles::read(&mut package, part("styles"))?;
        let found = package.unpack(&book.sheet, Bound::new("one of its tabs", limits.unpacked), merged::find)?;
        let (regions, place) = found.ok_or(ReadError::broken("one of its parts is missing"))?;
        let common = Common { texts, styles, settings: book.settings };
        let merges = Merges::new(regions, limits.unpacked);
        let sheet = Sheet::open(place.reopen(file)?, common, merges, limits.row)?;
        Ok((Self(sheet), book.tab))
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<SheetRow>, ReadError> {
        self.0.next_row()
    }
}
