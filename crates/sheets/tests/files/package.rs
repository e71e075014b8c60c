//! XLSX files put together part by part, as no program would write them.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The parts of an XLSX file by their names.
#[derive(Default)]
pub(crate) struct Package(BTreeMap<String, Vec<u8>>);

impl Package {
    /// A workbook of one tab, `list`, with this sheet; cell format 1 is a date.
    pub(crate) fn of(sheet: &str) -> Self {
        Self::default()
            .with("_rels/.rels", &relationships(&[("rId1", "officeDocument", "xl/workbook.xml")]))
            .with(
                "xl/_rels/workbook.xml.rels",
                &relationships(&[
                    ("rId1", "worksheet", "worksheets/sheet1.xml"),
                    ("rId2", "styles", "styles.xml"),
                    ("rId3", "sharedStrings", "sharedStrings.xml"),
                ]),
            )
            .with("xl/workbook.xml", &workbook(""))
            .with(
                "xl/styles.xml",
                "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
            )
            .with("xl/worksheets/sheet1.xml", sheet)
    }

    /// With this part, in place of one of the same name.
    pub(crate) fn with(self, name: &str, part: &str) -> Self {
        self.with_bytes(name, part.as_bytes())
    }

    /// The same of a part that need not be text.
    pub(crate) fn with_bytes(mut self, name: &str, part: &[u8]) -> Self {
        self.0.insert(name.to_owned(), part.to_owned());
        self
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    pub(crate) fn part(&self, name: &str) -> &[u8] {
        &self.0[name]
    }

    /// With this table of shared texts.
    pub(crate) fn with_texts(self, table: &str) -> Self {
        self.with("xl/sharedStrings.xml", table)
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, part) in &self.0 {
            zip.start_file(name.as_str(), SimpleFileOptions::default()).expect("a new part");
            zip.write_all(part).expect("written to memory");
        }
        zip.finish().expect("written to memory").into_inner()
    }
}

/// The XML of a sheet around its rows.
pub(crate) fn sheet(rows: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData>{rows}</sheetData></worksheet>"
    )
}

/// The XML of the workbook with its properties.
pub(crate) fn workbook(properties: &str) -> String {
    format!("<workbook>{properties}<sheets><sheet name=\"list\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>")
}

pub(crate) fn relationships(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        let kind = format!("http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}");
        format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
    };
    format!("<Relationships>{}</Relationships>", list.iter().map(one).collect::<String>())
}

/// Makes every part of an archive declare this unpacked size, in its own header and in the directory.
pub(crate) fn declare_sizes(archive: &mut [u8], size: u32) {
    for (signature, offset) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let headers: Vec<usize> = (0..archive.len() - 30).filter(|&at| archive[at..].starts_with(signature)).collect();
        for at in headers {
            archive[at + offset..at + offset + 4].copy_from_slice(&size.to_le_bytes());
        }
    }
}
