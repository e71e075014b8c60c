//! Which encoding a text file is in: strict UTF-8 over the whole file, else Windows-1252.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use crate::error::ReadError;
use crate::format;

/// How the bytes of a cell become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    /// What Excel on Windows writes as plain "CSV".
    Windows1252,
}

/// What the first look through a text file found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) encoding: Encoding,
    /// Where the text begins, behind a byte order mark.
    pub(crate) start: u64,
}

const BOM: &[u8] = b"\xEF\xBB\xBF";
const CHUNK: usize = 64 * 1024;

impl Encoding {
    pub(crate) fn decode(self, bytes: Vec<u8>) -> String {
        match self {
            // Lossy only where the file changed under our hands: the survey has seen that all of it is UTF-8.
            Self::Utf8 => {
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
            }
            Self::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned(),
        }
    }
}

/// Looks through the whole file: one cell in Windows-1252 far down decides for all of it.
pub(crate) fn survey(file: &mut File) -> Result<Text, ReadError> {
    file.seek(SeekFrom::Start(0)).map_err(ReadError::Io)?;
    let mut buffer = vec![0; CHUNK];
    let mut filled = fill(file, &mut buffer, 0)?;
    let head = &buffer[..filled];
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Err(ReadError::Utf16);
    }
    if let Some(what) = format::not_csv(head) {
        return Err(ReadError::NotCsv(what));
    }
    let start = if head.starts_with(BOM) { BOM.len() as u64 } else { 0 };
    while filled > 0 {
        let good = match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => filled,
            // A character that the end of the chunk cuts through is looked at again with the next chunk.
            Err(error) if error.error_len().is_none() && filled == CHUNK => error.valid_up_to(),
            Err(_) => return Ok(Text { encoding: Encoding::Windows1252, start }),
        };
        buffer.copy_within(good..filled, 0);
        let carried = filled - good;
        filled = fill(file, &mut buffer, carried)?;
        if filled == carried && carried > 0 {
            return Ok(Text { encoding: Encoding::Windows1252, start });
        }
    }
    Ok(Text { encoding: Encoding::Utf8, start })
}

/// Fills the buffer behind what it holds already, as far as the file goes.
fn fill(file: &mut File, buffer: &mut [u8], mut filled: usize) -> Result<usize, ReadError> {
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]).map_err(ReadError::Io)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn survey_of(bytes: &[u8]) -> Result<Text, ReadError> {
        let mut file = tempfile::tempfile().expect("a temp file");
        file.write_all(bytes).expect("written");
        survey(&mut file)
    }

    #[test]
    fn utf8_is_strict_over_the_whole_file() {
        // The two bytes of é at every place around the end of a chunk.
        for pad in CHUNK - 4..CHUNK + 2 {
            let mut text = vec![b'a'; pad];
            text.extend_from_slice("é".as_bytes());
            assert_eq!(survey_of(&text).expect("text").encoding, Encoding::Utf8, "whole, after {pad}");
            text.pop();
            assert_eq!(survey_of(&text).expect("text").encoding, Encoding::Windows1252, "cut, after {pad}");
            text.extend_from_slice(b", more");
            assert_eq!(survey_of(&text).expect("text").encoding, Encoding::Windows1252, "broken, after {pad}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let text = survey_of(b"\xEF\xBB\xBFname").expect("text");
        assert_eq!(text, Text { encoding: Encoding::Utf8, start: 3 });
        assert!(matches!(survey_of(b"\xFF\xFEn\0a\0"), Err(ReadError::Utf16)));
        assert!(matches!(survey_of(b"\xFE\xFF\0n\0a"), Err(ReadError::Utf16)));
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert!(matches!(survey_of(b"%PDF-1.7"), Err(ReadError::NotCsv("a PDF"))));
        assert!(matches!(survey_of(b"<html><body>Sign in"), Err(ReadError::NotCsv("a web page"))));
    }
}
