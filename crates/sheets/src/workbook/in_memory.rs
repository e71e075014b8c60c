//! The twin of [`super::Workbook`] where there is no disk: one tab, written as its rows come.

use std::io::{self, Cursor, Write};

use feeds::column_letters;
use thiserror::Error;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::error::MOST_ROWS;
use super::fit;

/// The numbers of the formats in [`PARTS`].
const TEXT: &str = "1";
const BOLD: &str = "2";

/// Its parts but the tab. The second format is text, and the third bold text.
const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="TAB" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>"#,
    ),
];

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// A spreadsheet of one tab in memory, every cell text. Takes little more room than the finished file.
pub struct TextSheet {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    rows: u32,
    line: String,
    /// The columns' letters, as far as they were needed.
    letters: Vec<String>,
}

/// Why such a spreadsheet cannot be written. Nothing of a row is held.
#[derive(Debug, Error)]
pub enum TextSheetError {
    /// The tab is full.
    #[error("the tab is full: it holds {MOST_ROWS} rows")]
    TooManyRows,
    /// It has become too large for such a file.
    #[error("the spreadsheet could not be written")]
    Zip(#[from] ZipError),
    /// The same, in the middle of a part.
    #[error("the spreadsheet could not be written")]
    Io(#[from] io::Error),
}

impl TextSheet {
    /// Begins with the columns' names, which stay in sight, in bold. The columns are formatted as text down to the last row.
    ///
    /// # Errors
    /// Memory is a file that does not fail: none.
    pub fn new<Text: AsRef<str>>(tab: &str, columns: &[Text]) -> Result<Self, TextSheetError> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        // The quickest level: the form of cells repeats itself so much that better ones pay little.
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(1));
        for (name, part) in PARTS {
            zip.start_file(name, options)?;
            let mut escaped = String::new();
            escape(&mut escaped, tab);
            write!(zip, "{XML}{}", part.replace("TAB", &escaped))?;
        }
        zip.start_file("xl/worksheets/sheet1.xml", options)?;
        write!(
            zip,
            "{XML}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView \
             tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" \
             state=\"frozen\"/></sheetView></sheetViews><cols><col min=\"1\" max=\"{}\" width=\"18\" style=\"1\" \
             customWidth=\"1\"/></cols><sheetData>",
            columns.len().max(1)
        )?;
        let mut sheet = Self { zip, rows: 0, line: String::new(), letters: Vec::new() };
        sheet.write(columns, BOLD)?;
        Ok(sheet)
    }

    /// Adds a row. Its texts become what [`super::Workbook::push`] makes of them.
    ///
    /// # Errors
    /// The tab is full, or the file too large.
    pub fn push<Text: AsRef<str>>(&mut self, cells: &[Text]) -> Result<(), TextSheetError> {
        self.write(cells, TEXT)
    }

    fn write<Text: AsRef<str>>(&mut self, cells: &[Text], format: &str) -> Result<(), TextSheetError> {
        if self.rows == MOST_ROWS {
            return Err(TextSheetError::TooManyRows);
        }
        self.rows += 1;
        let row = self.rows.to_string();
        self.line.clear();
        self.line.extend(["<row r=\"", &row, "\">"]);
        for (column, text) in cells.iter().enumerate() {
            let text = fit::cell(text.as_ref());
            // A cell that is not there has its column's format: text.
            if text.is_empty() {
                continue;
            }
            while self.letters.len() <= column {
                self.letters.push(column_letters(self.letters.len()));
            }
            self.line.extend(["<c r=\"", &self.letters[column], &row, "\" s=\"", format, "\" t=\"inlineStr\"><is><t"]);
            if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
                self.line.push_str(" xml:space=\"preserve\"");
            }
            self.line.push('>');
            escape(&mut self.line, &text);
            self.line.push_str("</t></is></c>");
        }
        self.line.push_str("</row>");
        Ok(self.zip.write_all(self.line.as_bytes())?)
    }

    /// The finished file.
    ///
    /// # Errors
    /// It is too large for such a file.
    pub fn finish(mut self) -> Result<Vec<u8>, TextSheetError> {
        write!(self.zip, "</sheetData></worksheet>")?;
        Ok(self.zip.finish()?.into_inner())
    }
}

/// A text as XML holds it. `_x0041_` would be read as an escape, so its `_` is written as one.
fn escape(to: &mut String, text: &str) {
    if !text.contains(['&', '<', '>', '"', '_']) {
        return to.push_str(text);
    }
    for (at, character) in text.char_indices() {
        match character {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '_' if is_escape(&text.as_bytes()[at..]) => to.push_str("_x005F_"),
            other => to.push(other),
        }
    }
}

fn is_escape(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', a, b, c, d, b'_', ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()))
}
