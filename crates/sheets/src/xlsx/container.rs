//! Whether a file can be an XLSX file at all, by its first bytes.

use std::fs::File;
use std::io::{self, Read, Seek};

use memchr::memmem;

use crate::error::ReadError;
use crate::format;

const CHUNK: usize = 64 * 1024;

/// Looks at the first bytes: a zip archive goes on.
pub(super) fn check(mut file: &File) -> Result<(), ReadError> {
    let mut magic = [0; 8];
    let read = read_full(&mut file, &mut magic).map_err(ReadError::Io)?;
    if magic[..read] == *format::OLE {
        return Err(ole(file)?);
    }
    if !magic.starts_with(format::ZIP) {
        return Err(ReadError::NotXlsx);
    }
    file.rewind().map_err(ReadError::Io)
}

/// An OLE container holds a workbook that Excel encrypted, or one of before 2007.
fn ole(mut file: &File) -> Result<ReadError, ReadError> {
    let encrypted: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut buffer = vec![0; CHUNK];
    let mut kept = 0;
    loop {
        let read = read_full(&mut file, &mut buffer[kept..]).map_err(ReadError::Io)?;
        let seen = kept + read;
        if memmem::find(&buffer[..seen], &encrypted).is_some() {
            return Ok(ReadError::PasswordProtected);
        }
        if read == 0 {
            return Ok(ReadError::OldExcel);
        }
        // The name may lie across two chunks.
        kept = seen.min(encrypted.len() - 1);
        buffer.copy_within(seen - kept..seen, 0);
    }
}

/// Reads until the buffer is full or the input ends.
fn read_full(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
