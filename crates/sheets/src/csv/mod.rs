//! CSV: encoding and separator are found out, then rows are read strictly.

mod encoding;
mod records;
mod separator;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};

use feeds::SheetRow;

pub(crate) use self::encoding::wide;
use self::records::Records;
use crate::error::ReadError;
use crate::limits::Limits;

/// The rows of a CSV file.
pub(crate) struct CsvRows(Records<BufReader<Take<File>>>);

impl CsvRows {
    pub(crate) fn open(mut file: File, limits: &Limits) -> Result<Self, ReadError> {
        let text = encoding::survey(&mut file)?;
        let (separator, text) = match separator::declared(&mut file, text)? {
            Some(declared) => declared,
            None => (separator::detect(&mut file, text, limits.row)?, text),
        };
        file.seek(SeekFrom::Start(text.start)).map_err(ReadError::Io)?;
        let input = file.take(text.end.saturating_sub(text.start));
        Ok(Self(Records::new(BufReader::new(input), text.encoding, separator, limits.row)))
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<SheetRow>, ReadError> {
        self.0.next_record()
    }
}
