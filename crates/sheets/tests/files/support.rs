//! Files made of bytes, and their rows as plain texts.

use std::fs::File;
use std::io::{Seek, Write};

use sheets::{Format, Limits, ReadError, Rows};

/// The first bytes of an OLE container.
pub(crate) const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// A row's number and texts.
pub(crate) type Texts = (u32, Vec<String>);

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temp file");
    file.write_all(bytes).expect("written");
    file.rewind().expect("rewound");
    file
}

pub(crate) fn csv(bytes: &[u8]) -> Result<Rows, ReadError> {
    sheets::open(file(bytes), Format::Csv, &Limits::default())
}

pub(crate) fn xlsx(bytes: &[u8]) -> Result<Rows, ReadError> {
    xlsx_within(bytes, &Limits::default())
}

pub(crate) fn xlsx_within(bytes: &[u8], limits: &Limits) -> Result<Rows, ReadError> {
    sheets::open(file(bytes), Format::Xlsx, limits)
}

/// Why a file does not open.
pub(crate) fn refusal(rows: Result<Rows, ReadError>) -> ReadError {
    rows.map(drop).expect_err("it opened")
}

/// Opens a file and reads it to its first error.
pub(crate) fn error(rows: Result<Rows, ReadError>) -> Option<ReadError> {
    rows.expect("it opens").find_map(Result::err)
}

/// All rows of a file that is sound.
pub(crate) fn texts(rows: Result<Rows, ReadError>) -> Vec<Texts> {
    rows.expect("it opens")
        .map(|row| row.expect("it is readable"))
        .map(|row| (row.number, row.cells.into_iter().map(|cell| cell.text.into()).collect()))
        .collect()
}

pub(crate) fn row(number: u32, cells: &[&str]) -> Texts {
    (number, cells.iter().map(|&cell| cell.to_owned()).collect())
}
