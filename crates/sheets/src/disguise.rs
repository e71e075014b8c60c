//! Checks that a file can be what its name says: what is inside counts, not the name (docs/decisions/0022).

use std::io::{BufReader, Read, Seek};

use zip::ZipArchive;

use crate::content;
use crate::csv::wide;
use crate::error::{ReadError, of_the_disk};
use crate::format::{Format, OLE, ZIP};
use crate::no_sheet;
use crate::xlsx::package::canonical;

/// The size of an entry in an OLE container's directory, which begins at a multiple of it.
const ENTRY: u64 = 128;

/// Where an entry says how many bytes its name has, with the NUL behind it.
const NAME_LENGTH: std::ops::Range<usize> = 64..66;

/// The streams by which OLE containers are told apart, and the endings of such files' names.
const STREAMS: [(&str, &str); 6] = [
    ("EncryptedPackage", PASSWORD),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", E_MAIL),
];

const PASSWORD: &str = "a password";
const E_MAIL: &str = "msg";

/// Goes on where the file may be what it is called; else says what it is, and what to do with it. A CSV file is looked at
/// further when its encoding is found out.
pub(crate) fn check(file: &mut (impl Read + Seek), format: Format) -> Result<(), ReadError> {
    let mut head = Vec::new();
    file.rewind().map_err(ReadError::Io)?;
    file.by_ref().take(content::HEAD as u64).read_to_end(&mut head).map_err(ReadError::Io)?;
    file.rewind().map_err(ReadError::Io)?;
    match format {
        _ if head.starts_with(OLE) => Err(ole(file, format)?),
        _ if head.starts_with(ZIP) => zip(file, format),
        Format::Csv => Ok(()),
        Format::Xlsx => Err(no_archive(&head)),
    }
}

/// The error of a file that is called an Excel workbook, and is not one by its first bytes.
fn no_archive(head: &[u8]) -> ReadError {
    let text = head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head);
    if let Some(what) = content::named(text) {
        ReadError::other(Format::Xlsx, what)
    } else if let Some(encoding) = wide(head) {
        ReadError::WideText(encoding)
    } else if head.iter().all(|byte| !byte.is_ascii_control() || matches!(byte, b'\t' | b'\r' | b'\n' | b'\x1A')) {
        let how_to_fix =
            "If it is a list with commas or other separators, end its name in .csv instead, and drop it again.";
        ReadError::Other(Format::Xlsx, "plain text", how_to_fix.to_owned())
    } else {
        ReadError::NotXlsx
    }
}

/// A zip archive is known by the names of its parts. A damaged one goes on: its fault is found further down.
fn zip(file: &mut (impl Read + Seek), format: Format) -> Result<(), ReadError> {
    let mut archive = match ZipArchive::new(BufReader::new(file)) {
        Ok(archive) => archive,
        Err(error) => return of_the_disk(&error).map_or(Ok(()), |error| Err(ReadError::Io(error))),
    };
    let names: Vec<String> = archive.file_names().flatten().map(|name| canonical(&name)).collect();
    let holds = |part: &str| names.iter().any(|name| name == part);
    let has_folder = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    let ending = if holds("xl/workbook.bin") {
        "xlsb"
    } else if holds("xl/workbook.xml") {
        return workbook(format);
    } else if has_folder("word/") {
        "docx"
    } else if has_folder("ppt/") {
        "pptx"
    } else if holds("mimetype") {
        open_document(&mut archive)
    } else if names.iter().any(|name| name.ends_with(".iwa")) || holds("index.zip") {
        "numbers"
    } else if holds("_rels/.rels") {
        // A workbook may call its parts as it likes.
        return workbook(format);
    } else {
        "zip"
    };
    Err(no_sheet::disguised(format, ending))
}

fn workbook(format: Format) -> Result<(), ReadError> {
    match format {
        Format::Xlsx => Ok(()),
        Format::Csv => {
            let how_to_fix = "End its name in .xlsx instead, and drop it again.".to_owned();
            Err(ReadError::Other(format, "an Excel workbook (.xlsx)", how_to_fix))
        }
    }
}

/// An OpenDocument file says in its first part which kind it is.
fn open_document(archive: &mut ZipArchive<impl Read + Seek>) -> &'static str {
    let mut kind = String::new();
    let read = archive.by_name("mimetype").map(|part| part.take(100).read_to_string(&mut kind));
    match kind.trim().strip_prefix("application/vnd.oasis.opendocument.").filter(|_| matches!(read, Ok(Ok(_)))) {
        Some(kind) if kind.starts_with("spreadsheet") => "ods",
        Some(kind) if kind.starts_with("text") => "odt",
        Some(kind) if kind.starts_with("presentation") => "odp",
        _ => "zip",
    }
}

/// An OLE container is recognised by its first known stream: what is embedded in a document comes behind its own. An
/// e-mail's attachments may come before.
fn ole(file: &mut impl Read, format: Format) -> Result<ReadError, ReadError> {
    let names: [(Vec<u8>, _); 6] =
        STREAMS.map(|(name, ending)| (name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect(), ending));
    let is_called = |entry: &[u8], name: &[u8]| {
        entry.starts_with(name) && entry.get(NAME_LENGTH) == Some(&(name.len() as u16).to_le_bytes()[..])
    };
    let (mut first, mut entry) = (None, Vec::new());
    let mut entries = BufReader::new(file);
    while entries.by_ref().take(ENTRY).read_to_end(&mut entry).map_err(ReadError::Io)? > 0 {
        let known = names.iter().find(|(name, _)| is_called(&entry, name)).map(|(_, ending)| *ending);
        first = if known == Some(E_MAIL) { known } else { first.or(known) };
        entry.clear();
    }
    Ok(match first {
        Some(PASSWORD) => ReadError::PasswordProtected,
        Some(ending) => no_sheet::disguised(format, ending),
        None => ReadError::other(format, "an Excel workbook of the old kind (.xls), or another file of old programs"),
    })
}
