//! The zip archive that an XLSX file is: parts by their names, and how they point to each other.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::DeflateDecoder;
use percent_encoding::percent_decode_str;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::bounded::{Bound, Bounded, unreadable};
use super::xml::{NOT_UTF8, Xml};
use crate::Limits;
use crate::csv::wide;
use crate::error::ReadError;

/// Bytes of a part that only says which others there are.
const DIRECTORY: Bound = Bound::new("the list of its parts", 16 << 20);

pub(super) const MISSING: ReadError = ReadError::broken("one of its parts is missing");

/// An archive whose parts are unpacked one at a time, and only those that are asked for.
pub(super) struct Package<'f, F> {
    archive: ZipArchive<BufReader<&'f mut F>>,
    limit: u64,
    left: u64,
}

/// Where a part lies in the file, and its real size.
pub(super) struct Place {
    start: u64,
    packed: u64,
    deflated: bool,
    size: u64,
}

impl<'f, F: Read + Seek + Send> Package<'f, F> {
    pub(super) fn open(file: &'f mut F, limits: &Limits) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        Ok(Self { archive, limit: limits.unpacked, left: limits.unpacked })
    }

    /// Reads the XML of a part; `None` where no part is named, or there is none of this name.
    pub(super) fn part<T>(
        &mut self,
        name: Option<&str>,
        bound: Bound,
        read: impl FnOnce(&mut Xml<'_>) -> Result<T, ReadError>,
    ) -> Result<Option<T>, ReadError> {
        let Some(name) = name.filter(|name| self.find(name).is_some()) else { return Ok(None) };
        let (value, _) = self.unpack(name, bound, |input| {
            let mut xml = Xml::new(input);
            read(&mut xml).map(|value| (value, xml.into_inner()))
        })?;
        Ok(Some(value))
    }

    /// Unpacks a part from its beginning to its end, whatever is read of it.
    pub(super) fn unpack<T>(
        &mut self,
        name: &str,
        bound: Bound,
        read: impl for<'p> FnOnce(Bounded<'p>) -> Result<(T, Bounded<'p>), ReadError>,
    ) -> Result<(T, Place), ReadError> {
        let part = self.archive.by_index(self.find(name).ok_or(MISSING)?).map_err(damaged)?;
        let start = part.data_start().ok_or(MISSING)?;
        let (packed, deflated) = (part.compressed_size(), part.compression() == CompressionMethod::Deflated);
        let mut input = Bounded::new(part, bound.within(self.left, self.limit));
        if wide(input.fill_buf().map_err(|error| unreadable(&error))?).is_some() {
            return Err(ReadError::broken(NOT_UTF8));
        }
        let (value, rest) = read(input)?;
        let size = rest.finish()?;
        self.left -= size;
        Ok((value, Place { start, packed, deflated, size }))
    }

    fn find(&self, name: &str) -> Option<usize> {
        let name = canonical(name);
        self.archive.file_names().position(|other| other.is_ok_and(|other| canonical(&other) == name))
    }

    /// The relationships of a part, or of the package as a whole (`""`).
    pub(super) fn relationships(&mut self, part: &str) -> Result<Relationships, ReadError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}/_rels/{name}.rels");
        let read = self.part(Some(&name), DIRECTORY, |xml| Relationships::read(xml, folder))?;
        Ok(read.unwrap_or_default())
    }
}

impl Place {
    /// The part once more, from the file itself: owned, so that it can be read bit by bit.
    pub(super) fn reopen(&self, mut file: impl Read + Seek + Send + 'static) -> Result<Bounded<'static>, ReadError> {
        file.seek(SeekFrom::Start(self.start)).map_err(ReadError::Io)?;
        let packed = BufReader::new(file.take(self.packed));
        let bound = Bound::new("one of its tabs", self.size);
        Ok(if self.deflated { Bounded::new(DeflateDecoder::new(packed), bound) } else { Bounded::new(packed, bound) })
    }
}

/// Which part holds what.
#[derive(Default)]
pub(super) struct Relationships(Vec<Relationship>);

struct Relationship {
    id: String,
    /// The end of the type, which is the same in the transitional and in the strict namespace.
    kind: String,
    part: String,
}

impl Relationships {
    fn read(xml: &mut Xml<'_>, folder: &str) -> Result<Self, ReadError> {
        let mut list = Vec::new();
        xml.child()?;
        while let Some(tag) = xml.child()? {
            let text = |name| tag.attribute(name).unwrap_or_default();
            let kind = text("Type").rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
            if text("TargetMode") != "External" {
                list.push(Relationship { id: text("Id").into_owned(), kind, part: resolve(folder, &text("Target")) });
            }
            xml.skip()?;
        }
        Ok(Self(list))
    }

    /// The part of a kind, and of this id where there may be several.
    pub(super) fn part(&self, kind: &str, id: Option<&str>) -> Option<&str> {
        let is_it = |one: &&Relationship| one.kind.eq_ignore_ascii_case(kind) && id.is_none_or(|id| one.id == id);
        self.0.iter().find(is_it).map(|one| one.part.as_str())
    }
}

/// A target as a name from the package's root: it is relative to the folder of the part that points to it.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let base = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = Vec::new();
    for step in base.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// Part names differ neither in case nor in how they are escaped (ECMA-376, part 2, 6.2.2); some programs write `\`.
pub(crate) fn canonical(name: &str) -> String {
    let name = name.replace('\\', "/");
    percent_decode_str(name.trim_start_matches('/')).decode_utf8_lossy().to_ascii_lowercase()
}

/// An archive that cannot be unpacked.
fn damaged(error: ZipError) -> ReadError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ReadError::PasswordProtected
        }
        other => unreadable(&other),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

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
    fn where_a_target_points_to() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/styles22.xml", "xl/styles22.xml"),
            ("xl", "../xl/./styles.xml", "xl/styles.xml"),
            ("xl", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("", "../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolve(folder, target), part, "{folder}, {target}");
        }
    }

    #[test]
    fn names_that_are_the_same() {
        for name in ["xl/Sheet 1.xml", "XL/sheet%201.XML", "\\xl\\sheet 1.xml", "/xl/sheet%20%31.xml"] {
            assert_eq!(canonical(name), "xl/sheet 1.xml", "{name}");
        }
        assert_eq!(canonical("100%/%zz%é%"), "100%/%zz%é%");
    }
}
