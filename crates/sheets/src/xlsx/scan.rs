//! A look through an XLSX file before it is opened: is it one, and what would it take up unpacked? Every part
//! is unpacked once and thrown away, for nothing that an archive declares about sizes can be trusted.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use memchr::memmem;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::markup::{Markup, TooLong};
use crate::error::{ReadError, of_the_disk};
use crate::format;
use crate::limits::Limits;

/// The most bytes of one tag or one text. A cell of 32,767 characters takes up 230 KB where each is escaped.
const LONGEST_PIECE: usize = 1 << 20;

/// The same for styles: their fonts are copied into every cell format.
const LONGEST_STYLE: usize = 4 << 10;

/// Bytes of the styles, for the same reason. Excel's own are some 20 to 200 KB.
const STYLES: u64 = 2 << 20;

/// Bytes of a part that is not XML (a picture, say): it is not looked into, so it must be small enough to hold.
const NOT_XML: u64 = 64 << 20;

/// The fewest bytes that a shared text takes up: `<si/>`.
const SHORTEST_TEXT: usize = 5;

const CHUNK: usize = 64 * 1024;

/// Whether the file can be opened within the limits.
pub(super) fn scan(mut file: &File, limits: &Limits) -> Result<(), ReadError> {
    let mut magic = [0; 8];
    let read = read_full(&mut file, &mut magic).map_err(ReadError::Io)?;
    if magic[..read] == *format::OLE {
        return Err(ole(file)?);
    }
    if !magic.starts_with(format::ZIP) {
        return Err(ReadError::NotXlsx);
    }
    file.seek(SeekFrom::Start(0)).map_err(ReadError::Io)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let mut left = limits.unpacked;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(damaged)?;
        left -= scan_part(part, left, limits)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(ReadError::Io)?;
    Ok(())
}

/// What the bounds of a part are; the name says what calamine takes it for.
struct Bounds {
    what: &'static str,
    bytes: u64,
    piece: Option<usize>,
}

impl Bounds {
    fn of(name: &str, limits: &Limits) -> Self {
        if name.ends_with("sharedstrings.xml") {
            Self { what: "its table of texts", bytes: limits.shared_texts, piece: Some(LONGEST_PIECE) }
        } else if name.ends_with("styles.xml") {
            Self { what: "the list of its cell formats", bytes: STYLES, piece: Some(LONGEST_STYLE) }
        } else if name.ends_with(".xml") || name.ends_with(".rels") {
            Self { what: "one of its tabs", bytes: limits.unpacked, piece: Some(LONGEST_PIECE) }
        } else {
            Self { what: "a picture or another object in it", bytes: NOT_XML, piece: None }
        }
    }
}

/// Unpacks one part; its real size comes back.
fn scan_part(mut part: ZipFile<'_, BufReader<&File>>, left: u64, limits: &Limits) -> Result<u64, ReadError> {
    let name = part.name().map_err(damaged)?.to_ascii_lowercase();
    let bounds = Bounds::of(&name, limits);
    let mut markup = bounds.piece.map(Markup::new);
    let mut texts = name.ends_with("sharedstrings.xml").then(Vec::new);
    let mut buffer = vec![0; CHUNK];
    let mut size = 0;
    loop {
        let read = read_full(&mut part, &mut buffer).map_err(|error| damaged(ZipError::Io(error)))?;
        let chunk = &buffer[..read];
        size += read as u64;
        if size > left {
            return Err(ReadError::TooLarge { what: "everything in it together", limit: limits.unpacked });
        }
        if size > bounds.bytes {
            return Err(ReadError::TooLarge { what: bounds.what, limit: bounds.bytes });
        }
        if let Some(Err(TooLong)) = markup.as_mut().map(|markup| markup.push(chunk)) {
            return Err(ReadError::TooLarge { what: "a single cell or format in it", limit: LONGEST_PIECE as u64 });
        }
        if let Some(texts) = &mut texts {
            texts.extend_from_slice(chunk);
        }
        if chunk.is_empty() {
            break;
        }
    }
    if texts.is_some_and(|texts| promises_too_many(&texts)) {
        return Err(ReadError::Broken { row: 0, what: "its table of texts promises more texts than it holds" });
    }
    Ok(size)
}

/// calamine reserves memory for as many texts as the table says it has.
fn promises_too_many(texts: &[u8]) -> bool {
    let most = texts.len() / SHORTEST_TEXT;
    memmem::find_iter(texts, b"uniqueCount").any(|at| {
        let digits = texts[at..].iter().take(64).skip_while(|byte| !byte.is_ascii_digit());
        let promised = digits
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0_usize, |number, digit| number.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
        promised > most
    })
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

/// An archive that cannot be unpacked.
fn damaged(error: ZipError) -> ReadError {
    if let Some(disk) = of_the_disk(&error) {
        return ReadError::Io(disk);
    }
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ReadError::PasswordProtected
        }
        _ => ReadError::Broken { row: 0, what: "it is cut off, or was changed on its way" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disks_errors_are_not_the_files() {
        let (io_error, invalid_seek) = (5, 22);
        let of_the_system = |code| damaged(ZipError::Io(io::Error::from_raw_os_error(code)));
        assert!(matches!(of_the_system(io_error), ReadError::Io(_)));
        assert!(matches!(of_the_system(invalid_seek), ReadError::Broken { .. }));
        let cut_off = damaged(ZipError::Io(io::ErrorKind::UnexpectedEof.into()));
        assert!(matches!(cut_off, ReadError::Broken { .. }));
    }

    #[test]
    fn a_promise_of_texts_is_held_against_the_bytes() {
        for (table, lies) in [
            ("<sst count=\"9\" uniqueCount=\"2\"><si/><si/></sst>", false),
            ("<sst uniqueCount=\"99999999999\"><si/></sst>", true),
            ("<sst uniqueCount=\"99999999999999999999999999\"><si/></sst>", true),
            ("<sst uniqueCount=\"\"><si/></sst>", false),
            ("<sst><si/></sst>", false),
        ] {
            assert_eq!(promises_too_many(table.as_bytes()), lies, "{table}");
        }
    }
}
