//! CSV: encoding and separator are found out, then rows are read strictly.

mod encoding;
mod records;
mod separator;

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::iter;

use feeds::SheetRow;

pub(crate) use self::encoding::wide;
use self::records::Records;
use crate::Limits;
use crate::error::ReadError;

/// The rows of a CSV file.
pub(crate) fn rows<F: Read + Seek + Send + 'static>(
    mut file: F,
    limits: &Limits,
) -> Result<impl Iterator<Item = Result<SheetRow, ReadError>> + use<F>, ReadError> {
    let text = encoding::survey(&mut file)?;
    let (separator, text) = match separator::declared(&mut file, text)? {
        Some(declared) => declared,
        None => (separator::detect(&mut file, text, limits.row)?, text),
    };
    file.seek(SeekFrom::Start(text.start)).map_err(ReadError::Io)?;
    let input = BufReader::new(file.take(text.end.saturating_sub(text.start)));
    let mut records = Records::new(input, text.encoding, separator, limits.row);
    Ok(iter::from_fn(move || records.next_record().transpose()))
}
