//! Which files are read at all.

/// A kind of file that can be read; shown as people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Format {
    /// Text with separators: commas, semicolons, tabs and some more.
    Csv,
    /// An Excel workbook of 2007 or later.
    Xlsx,
}

impl Format {
    /// By the name's extension or, where that says nothing, by the MIME type. The name goes first: browsers
    /// on Windows upload CSV files as `application/vnd.ms-excel`. `None`: not supported.
    pub fn of(name: &str, mime: Option<&str>) -> Option<Self> {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("csv" | "tsv") => return Some(Self::Csv),
            Some("xlsx" | "xlsm") => return Some(Self::Xlsx),
            _ => {}
        }
        match mime? {
            "text/csv" | "application/csv" | "text/tab-separated-values" => Some(Self::Csv),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            | "application/vnd.ms-excel.sheet.macroEnabled.12" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// An OLE container: what Excel makes of a workbook with a password, and the `.xls` files of before 2007.
pub(crate) const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// The first bytes of a zip archive, and so of an XLSX file.
pub(crate) const ZIP: &[u8] = b"PK\x03\x04";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides_before_the_type() {
        let excel = Some("application/vnd.ms-excel");
        let sheet = Some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        for (name, mime, format) in [
            ("spl.csv", excel, Some(Format::Csv)),
            ("SPL.CSV", None, Some(Format::Csv)),
            ("spl.tsv", None, Some(Format::Csv)),
            ("week 9.xlsx", None, Some(Format::Xlsx)),
            ("week 9.XLSM", None, Some(Format::Xlsx)),
            ("export", Some("text/csv"), Some(Format::Csv)),
            ("export v1.2", sheet, Some(Format::Xlsx)),
            ("old.xls", excel, None),
            ("letter.docx", None, None),
            ("csv", None, None),
            ("", None, None),
        ] {
            assert_eq!(Format::of(name, mime), format, "{name}, {mime:?}");
        }
    }
}
