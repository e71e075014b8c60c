//! One iterator of rows, whatever the file is.

use std::io::{Read, Seek, SeekFrom};

use feeds::{Origin, SheetRow};

use crate::Limits;
use crate::error::ReadError;
use crate::format::Format;
use crate::{csv, disguise, xlsx};

/// The rows of a file in the order of the sheet. Blank rows of a CSV come as rows without cells, those of an
/// XLSX do not come; either way every row carries the number that the sheet shows. After an error nothing
/// more comes. Owned and `Send`: to be read on a thread of its own, for reading blocks.
pub struct Rows {
    source: Option<Box<dyn Iterator<Item = Result<SheetRow, ReadError>> + Send>>,
    /// The origin of the rows' cells: the tab that is read, where there are tabs.
    pub origin: Origin,
}

/// Opens a local file, or its bytes in memory, if it is what its name says. It is looked through once before the first row comes: for
/// its encoding (CSV), or for its real, unpacked sizes and its merged cells (XLSX).
///
/// # Errors
/// Faults of the file as a whole. Those of a row further down come from [`Rows`].
pub fn open(mut file: impl Read + Seek + Send + 'static, format: Format, limits: &Limits) -> Result<Rows, ReadError> {
    if file.seek(SeekFrom::End(0)).map_err(ReadError::Io)? == 0 {
        return Err(ReadError::Empty);
    }
    disguise::check(&mut file, format)?;
    Ok(match format {
        Format::Csv => Rows { source: Some(Box::new(csv::rows(file, limits)?)), origin: Origin::Separated },
        Format::Xlsx => {
            let (rows, tab) = xlsx::rows(file, limits)?;
            Rows { source: Some(Box::new(rows)), origin: Origin::Tab(tab) }
        }
    })
}

impl Iterator for Rows {
    type Item = Result<SheetRow, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.source.as_mut()?.next();
        if !matches!(next, Some(Ok(_))) {
            self.source = None;
        }
        next
    }
}
