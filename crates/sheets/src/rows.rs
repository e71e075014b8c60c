//! One iterator of rows, whatever the file is.

use std::fs::File;

use feeds::{Origin, SheetRow};

use crate::csv::CsvRows;
use crate::disguise;
use crate::error::ReadError;
use crate::format::Format;
use crate::limits::Limits;
use crate::xlsx::XlsxRows;

/// The rows of a file in the order of the sheet. Blank rows of a CSV come as rows without cells, those of an
/// XLSX do not come; either way every row carries the number that the sheet shows. After an error nothing
/// more comes. Owned and `Send`: to be read on a thread of its own, for reading blocks.
pub struct Rows {
    source: Source,
    origin: Origin,
}

impl Rows {
    /// The origin of the rows' cells: the tab that is read, where there are tabs.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

enum Source {
    Csv(Box<CsvRows>),
    Xlsx(Box<XlsxRows>),
    Ended,
}

/// Opens a local file, if it is what its name says. The file is looked through once before the first row comes: for its encoding (CSV), or
/// for its real, unpacked sizes and its merged cells (XLSX).
///
/// # Errors
/// Faults of the file as a whole. Those of a row further down come from [`Rows`].
pub fn open(mut file: File, format: Format, limits: &Limits) -> Result<Rows, ReadError> {
    if file.metadata().map_err(ReadError::Io)?.len() == 0 {
        return Err(ReadError::Empty);
    }
    disguise::check(&mut file, format)?;
    match format {
        Format::Csv => {
            Ok(Rows { source: Source::Csv(Box::new(CsvRows::open(file, limits)?)), origin: Origin::Separated })
        }
        Format::Xlsx => {
            let (rows, tab) = XlsxRows::open(file, limits)?;
            Ok(Rows { source: Source::Xlsx(Box::new(rows)), origin: Origin::Tab(tab) })
        }
    }
}

impl Iterator for Rows {
    type Item = Result<SheetRow, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.source {
            Source::Csv(rows) => rows.next_row().transpose(),
            Source::Xlsx(rows) => rows.next_row().transpose(),
            Source::Ended => None,
        };
        if !matches!(next, Some(Ok(_))) {
            self.source = Source::Ended;
        }
        next
    }
}
