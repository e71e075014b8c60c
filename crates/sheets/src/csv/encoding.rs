//! Which encoding a text file is in: UTF-8 or Windows-1252 or, of exports that were pasted together, both.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom};

use crate::content;
use crate::error::ReadError;
use crate::format::Format;

/// How the bytes of a cell become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Without a fault in the whole file.
    Utf8,
    /// Byte by byte: what is UTF-8 is UTF-8, and the rest is Windows-1252, in which Excel on Windows writes plain "CSV". So
    /// one byte that was pasted in spoils no cell, and a file that is wholly in Windows-1252 is read as such.
    Mixed,
}

/// The findings of the first look through a text file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) encoding: Encoding,
    /// Where the text begins, behind its byte order marks: a script that joins files may leave several.
    pub(crate) start: u64,
    /// Where it ends, before what is not text.
    pub(crate) end: u64,
}

/// A byte order mark, and what becomes of one that is taken for Windows-1252 and written as UTF-8 again: `ï»¿`.
const BOMS: [&str; 2] = ["\u{FEFF}", "\u{EF}\u{BB}\u{BF}"];
const CHUNK: usize = 64 * 1024;

impl Encoding {
    /// The text of these bytes where nothing of it must be decoded.
    pub(crate) fn as_it_is(self, bytes: &[u8]) -> Option<&str> {
        str::from_utf8(bytes).ok().filter(|text| self == Self::Utf8 || text.is_ascii())
    }

    pub(crate) fn decode(self, bytes: &[u8]) -> String {
        match (self, self.as_it_is(bytes)) {
            (_, Some(text)) => text.to_owned(),
            // The file changed under our hands: the survey has seen that all of it is UTF-8.
            (Self::Utf8, None) => String::from_utf8_lossy(bytes).into_owned(),
            (Self::Mixed, None) => bytes.utf8_chunks().fold(String::with_capacity(bytes.len()), |mut text, chunk| {
                for character in chunk.valid().chars() {
                    match is_rather_two(character) {
                        true => text.push_str(&windows_1252(character.encode_utf8(&mut [0; 4]).as_bytes())),
                        false => text.push(character),
                    }
                }
                text + &windows_1252(chunk.invalid())
            }),
        }
    }
}

fn windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// True if the character's bytes are, beside others that are not UTF-8, rather two characters of Windows-1252: a
/// capital È, É, Ê or Ë and the mark behind it, as in `ANDRÉ’S`. As UTF-8 they are letters of phonetic alphabets (`ɒ`).
fn is_rather_two(character: char) -> bool {
    let mark = u32::from(character) & 0x3F | 0x80;
    matches!(character, '\u{200}'..='\u{2FF}') && matches!(mark, 0x85 | 0x91..=0x94 | 0x96 | 0x97 | 0xA0)
}

/// Looks through the whole file, for one byte that is not UTF-8 may stand far down.
pub(crate) fn survey(file: &mut (impl Read + Seek)) -> Result<Text, ReadError> {
    file.rewind().map_err(ReadError::Io)?;
    let mut head = Vec::with_capacity(CHUNK);
    fill(file, &mut head)?;
    if let Some(encoding) = wide(&head) {
        return Err(ReadError::WideText(encoding));
    }
    let mut text = &head[..];
    while let Some(behind) = BOMS.iter().find_map(|mark| text.strip_prefix(mark.as_bytes())) {
        text = behind;
    }
    if let Some(what) = content::named(text) {
        return Err(ReadError::other(Format::Csv, what));
    }
    let start = (head.len() - text.len()) as u64;
    Ok(Text { encoding: encoding(file, head)?, start, end: end(file)?.max(start) })
}

/// Which encoding the rest of the file is in, behind the chunk of it that was read.
fn encoding(file: &mut impl Read, mut chunk: Vec<u8>) -> Result<Encoding, ReadError> {
    while !chunk.is_empty() {
        let good = match std::str::from_utf8(&chunk) {
            Ok(text) => text.len(),
            // A character that the end of the chunk cuts through is looked at again with the next chunk.
            Err(error) if error.error_len().is_none() && chunk.len() == CHUNK => error.valid_up_to(),
            Err(_) => return Ok(Encoding::Mixed),
        };
        chunk.drain(..good);
        if fill(file, &mut chunk)? == 0 && !chunk.is_empty() {
            return Ok(Encoding::Mixed);
        }
    }
    Ok(Encoding::Utf8)
}

/// Fills the chunk behind what it holds already, as far as the file goes.
fn fill(file: &mut impl Read, chunk: &mut Vec<u8>) -> Result<usize, ReadError> {
    file.take((CHUNK - chunk.len()) as u64).read_to_end(chunk).map_err(ReadError::Io)
}

/// Where the text ends: before the mark of its end that DOS left (Ctrl-Z), and the NULs of a file whose room was never filled.
fn end(file: &mut (impl Read + Seek)) -> Result<u64, ReadError> {
    let mut buffer = vec![0; CHUNK];
    let mut end = file.seek(SeekFrom::End(0)).map_err(ReadError::Io)?;
    let mut before = end;
    while before > 0 {
        let length = before.min(buffer.len() as u64);
        before -= length;
        file.seek(SeekFrom::Start(before)).map_err(ReadError::Io)?;
        let chunk = &mut buffer[..length as usize];
        file.read_exact(chunk).map_err(ReadError::Io)?;
        for (place, byte) in chunk.iter().enumerate().rev() {
            match byte {
                b'\0' | b'\x1A' => end = before + place as u64,
                b'\r' | b'\n' => {}
                _ => return Ok(end),
            }
        }
    }
    Ok(end)
}

/// Text of two or four bytes a character: with a byte order mark; or without one, where every other byte of the first
/// characters is NUL.
pub(crate) fn wide(head: &[u8]) -> Option<&'static str> {
    let pairs = || head.chunks_exact(2).take(32);
    let nul_in = |place: usize| head.len() > 2 && pairs().all(|pair| pair[place] == 0 && pair[1 - place] != 0);
    let begins = |mark: &[u8]| head.starts_with(mark);
    match head {
        _ if begins(b"\xFF\xFE\0\0") || begins(b"\0\0\xFE\xFF") => Some("UTF-32"),
        _ if begins(b"\xFF\xFE") || begins(b"\xFE\xFF") || nul_in(0) || nul_in(1) => Some("UTF-16"),
        _ => None,
    }
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
            assert_eq!(survey_of(&text).expect("text").encoding, Encoding::Mixed, "cut, after {pad}");
            text.extend_from_slice(b", more");
            assert_eq!(survey_of(&text).expect("text").encoding, Encoding::Mixed, "broken, after {pad}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        let text = survey_of(b"\xEF\xBB\xBFname").expect("text");
        assert_eq!(text, Text { encoding: Encoding::Utf8, start: 3, end: 7 });
        for (marks, what) in [
            ("\u{FEFF}\u{FEFF}\u{FEFF}", "files that were joined"),
            ("ï»¿", "read as Windows-1252"),
            ("\u{FEFF}ï»¿", "and saved with a mark"),
        ] {
            assert_eq!(
                survey_of(format!("{marks}ïname").as_bytes()).expect("text").start,
                marks.len() as u64,
                "{what}"
            );
        }
    }

    #[test]
    fn text_of_wide_characters_is_named() {
        for (bytes, named) in [
            (b"\xFF\xFEn\0a\0".as_slice(), Some("UTF-16")),
            (b"\xFE\xFF\0n\0a", Some("UTF-16")),
            (b"n\0a\0m\0e\0,\0", Some("UTF-16")),
            (b"\0n\0a\0m\0e", Some("UTF-16")),
            (b"\xFF\xFE\0\0n\0\0\0", Some("UTF-32")),
            (b"\0\0\xFE\xFF\0\0\0n", Some("UTF-32")),
            // A NUL alone is a cell's fault.
            (b"a\0", None),
            (b"\0\0\0\0", None),
        ] {
            match (survey_of(bytes), named) {
                (Ok(_), None) => {}
                (Err(ReadError::WideText(encoding)), Some(named)) => assert_eq!(encoding, named),
                (found, _) => panic!("{bytes:?}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_text_ends_before_the_mark_of_its_end() {
        let nuls = vec![0; CHUNK + 3];
        for (text, tail) in [
            ("a,b\n1,2\n", b"\x1A".as_slice()),
            ("a,b\n1,2\n", b"\x1A\r\n"),
            ("a,b\n1,2\n\n", b"\0\0\0"),
            ("a,b\n1,\"2\"", b"\x1A\n\0\n"),
            ("a,b\n1,2\n\n", b""),
            ("a,b\n1,t\0w\x1Ao\n", b""),
            ("a,b\n1,2\n", &nuls),
            ("", b"\0\0"),
            ("\u{FEFF}", b"\x1A"),
        ] {
            let found = survey_of(&[text.as_bytes(), tail].concat()).expect("text");
            assert_eq!(found.end, text.len() as u64, "{text:?}");
        }
    }

    #[test]
    fn a_wrong_byte_spoils_nothing_beside_it() {
        for (bytes, text) in [
            (b"Si\xE2n \x96 Zo\xC3\xAB".as_slice(), "Siân – Zoë"),
            (b"\xC3\xA9\xE9\xC3\xA9", "ééé"),
            (b"\xE2\x80", "â€"),
            (b"\xEF\xBF\xBD\x81", "\u{FFFD}\u{81}"),
            (b"ANDR\xC9\x92S CAF\xC9 \x96", "ANDRÉ’S CAFÉ –"),
            (b"\xC8\x98tefan \xC9\x99 O\xCA\xBCNeil \xE9", "Ștefan ə OʼNeil é"),
            (b"plain", "plain"),
            (b"", ""),
        ] {
            assert_eq!(Encoding::Mixed.decode(bytes), text);
        }
        assert_eq!(Encoding::Utf8.decode(b"\xC9\x92"), "ɒ", "where the whole file is UTF-8");
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert!(matches!(survey_of(b"%PDF-1.7"), Err(ReadError::Other(_, "a PDF", _))));
        let page = survey_of("\u{FEFF}\r\n<html><body>Sign in".as_bytes());
        assert!(matches!(page, Err(ReadError::Other(_, "a web page (HTML)", _))));
    }
}
