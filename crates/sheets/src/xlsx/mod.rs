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
mod plain;
mod reference;
mod sheet;
mod styles;
mod texts;
mod workbook;
mod xml;

use std::io::{Read, Seek};
use std::iter;

use feeds::{MergedCells, SheetRow};

use crate::Limits;
use crate::error::ReadError;

use bounded::Bound;
use package::Package;
use sheet::Sheet;
use workbook::Book;

/// The rows of an XLSX file, and the name of their tab. The tab is unpacked once before the first row comes: that it is
/// whole and not too large is known then, and which of its cells are merged, which it says at its end.
pub(crate) fn rows<F: Read + Seek + Send + 'static>(
    mut file: F,
    limits: &Limits,
) -> Result<(impl Iterator<Item = Result<SheetRow, ReadError>> + use<F>, String), ReadError> {
    let mut package = Package::open(&mut file, limits)?;
    let book = Book::read(&mut package, limits)?;
    let tab = book.tab.clone();
    let bound = Bound::new("one of its tabs", limits.unpacked);
    let (regions, place) = package.unpack(&book.sheet, bound, merged::find)?;
    let mut sheet = Sheet::open(place.reopen(file)?, book, MergedCells::of(regions), *limits)?;
    Ok((iter::from_fn(move || sheet.next_row().transpose()), tab))
}
