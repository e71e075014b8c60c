//! The content of a Google Sheet: its tabs and cells as people see them, read from the CSV or XLSX on disk.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, SheetVisible, Xlsx, XlsxError};
use csv::{ReaderBuilder, StringRecord};
use rust_xlsxwriter::{Workbook, XlsxError as WriteError};
use zip::ZipArchive;
use zip::result::ZipError;

use super::entry::Stamp;
use super::lock::lock;

/// A spreadsheet.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) tabs: Vec<Tab>,
}

/// One tab. Rows may be shorter than the widest one.
#[derive(Debug, Default)]
pub(super) struct Tab {
    pub(super) title: String,
    pub(super) hidden: bool,
    pub(super) rows: Vec<StringRecord>,
    pub(super) columns: usize,
    /// The first and the last cell of each merged region, as row and column from 0.
    pub(super) merges: Vec<Dimensions>,
    /// The rows that an XLSX hides, from 0.
    pub(super) hidden_rows: BTreeSet<usize>,
    /// True if it hides them by a filter.
    pub(super) filtered: bool,
}

impl Tab {
    fn new(title: &str, hidden: bool, rows: Vec<StringRecord>) -> Self {
        let columns = rows.iter().map(StringRecord::len).max().unwrap_or(0);
        Self { title: title.to_owned(), hidden, rows, columns, ..Self::default() }
    }

    /// Rows of the grid: a Google Sheet has at least 1,000, most of them empty.
    pub(super) fn grid_rows(&self) -> usize {
        self.rows.len().max(1_000)
    }

    /// Columns of the grid: at least A to Z.
    pub(super) fn grid_columns(&self) -> usize {
        self.columns.max(26)
    }
}

/// Sheets that were read lately. A client reads a sheet range by range; it is parsed once for all of them.
#[derive(Default)]
pub(super) struct Books(Mutex<Vec<(PathBuf, Stamp, Arc<Book>)>>);

impl Books {
    const KEPT: usize = 8;

    /// The sheet at `path`, as it was at `stamp`. `title` names the tab of a CSV.
    pub(super) fn get(&self, path: &Path, stamp: Stamp, title: &str) -> io::Result<Arc<Book>> {
        let mut kept = lock(&self.0);
        if let Some((.., book)) = kept.iter().find(|(at, of, _)| at == path && *of == stamp) {
            return Ok(Arc::clone(book));
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let book = Arc::new(read(path, extension, title)?);
        kept.retain(|(at, ..)| at != path);
        kept.insert(0, (path.to_owned(), stamp, Arc::clone(&book)));
        kept.truncate(Self::KEPT);
        Ok(book)
    }
}

/// Reads a spreadsheet.
///
/// # Errors
/// The disk's, and what is wrong with an XLSX.
pub(super) fn read(path: &Path, extension: &str, title: &str) -> io::Result<Book> {
    if extension == "csv" {
        let rows = csv_rows(&fs::read(path)?)?;
        return Ok(Book { tabs: vec![Tab::new(title, false, rows)] });
    }
    let broken = |error: XlsxError| io::Error::new(ErrorKind::InvalidData, error);
    let mut file = Xlsx::new(BufReader::new(File::open(path)?)).map_err(broken)?;
    let sheets = file.sheets_metadata().to_vec();
    let mut tabs = Vec::new();
    for (number, sheet) in (1..).zip(sheets) {
        let rows = xlsx_rows(&mut file, &sheet.name).map_err(broken)?;
        let mut tab = Tab::new(&sheet.name, sheet.visible != SheetVisible::Visible, rows);
        tab.merges = file.merge_cells_by_sheet_name(&sheet.name).map_err(broken)?;
        let markup = worksheet(path, number)?;
        tab.hidden_rows = markup.split("<row ").skip(1).filter_map(hidden_row).collect();
        tab.filtered = markup.contains("<autoFilter");
        tabs.push(tab);
    }
    Ok(Book { tabs })
}

/// The XML of a tab, by the name that Excel gives its part; nothing where it has another.
fn worksheet(path: &Path, number: usize) -> io::Result<String> {
    let mut parts = ZipArchive::new(File::open(path)?).map_err(io::Error::other)?;
    match parts.by_name(&format!("xl/worksheets/sheet{number}.xml")) {
        Ok(part) => io::read_to_string(part),
        Err(ZipError::FileNotFound) => Ok(String::new()),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// The number, from 0, of a row whose tag says that it is hidden.
fn hidden_row(markup: &str) -> Option<usize> {
    let tag = markup.split('>').next()?;
    let number: usize = tag.split_once("r=\"")?.1.split('"').next()?.parse().ok()?;
    tag.contains("hidden=\"1\"").then_some(number.checked_sub(1)?)
}

/// The rows of a CSV with commas, in UTF-8. A line without anything is an empty row: it stands in the sheet, too.
fn csv_rows(bytes: &[u8]) -> io::Result<Vec<StringRecord>> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let before = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let more = reader.read_record(&mut record).map_err(io::Error::other)?;
        // The reader jumps over empty lines; they are counted in what it jumped over. It stops before the `\n` of a `\r\n`.
        let left = &text.as_bytes()[before..];
        let ended = text.as_bytes()[..before].last() == Some(&b'\r') && left.first() == Some(&b'\n');
        let skipped = left.iter().skip(usize::from(ended)).take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let blank = skipped.filter(|byte| **byte == b'\n').count();
        if !more {
            return Ok(rows);
        }
        rows.resize_with(rows.len() + blank, StringRecord::new);
        rows.push(record.clone());
    }
}

fn xlsx_rows(file: &mut Xlsx<BufReader<File>>, sheet: &str) -> Result<Vec<StringRecord>, XlsxError> {
    let mut cells = file.worksheet_cells_reader(sheet)?;
    let mut rows: Vec<StringRecord> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let shown = shown(cell.get_value());
        if shown.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if rows.len() <= row {
            rows.resize_with(row + 1, StringRecord::new);
        }
        while rows[row].len() < column {
            rows[row].push_field("");
        }
        rows[row].push_field(&shown);
    }
    Ok(rows)
}

/// A cell as a British user's Google Sheet shows it.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(time) => shown_time(time),
    }
}

fn shown_time(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    if time.is_duration() || time.as_f64() < 1.0 {
        return clock;
    }
    let date = format!("{day:02}/{month:02}/{year:04}");
    if time.as_f64().fract() == 0.0 { date } else { format!("{date} {clock}") }
}

/// The content of a Google Sheet that was just made: one empty tab.
pub(super) fn write_empty(path: &Path) -> io::Result<()> {
    let write = || -> Result<(), WriteError> {
        let mut book = Workbook::new();
        book.add_worksheet().set_name("Sheet1")?;
        book.save(path)
    };
    write().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let rows = csv_rows(text.as_bytes()).expect("a csv");
        rows.iter().map(|row| row.iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn blank_lines_of_a_csv_are_rows() {
        let none: Vec<String> = Vec::new();
        assert_eq!(
            rows("a,b\n\n\n1,2\n"),
            [vec!["a".into(), "b".into()], none.clone(), none.clone(), vec!["1".to_owned(), "2".into()]]
        );
        assert_eq!(rows("a\r\n\r\n1\r\n\r\n"), [vec!["a".to_owned()], none.clone(), vec!["1".into()]]);
        assert_eq!(rows("\n\na\n"), [none.clone(), none, vec!["a".to_owned()]]);
        assert_eq!(rows("\u{feff}a\n\"x\n\ny\",é"), [vec!["a".to_owned()], vec!["x\n\ny".into(), "é".into()]]);
    }

    #[test]
    fn a_new_sheet_has_one_empty_tab_with_a_grid() {
        let path = std::env::temp_dir().join(format!("empty-{}.xlsx", std::process::id()));
        write_empty(&path).expect("written");
        let book = read(&path, "xlsx", "").expect("read");
        fs::remove_file(&path).expect("removed");
        assert_eq!(book.tabs.len(), 1);
        assert_eq!(book.tabs[0].title, "Sheet1");
        assert_eq!((book.tabs[0].grid_rows(), book.tabs[0].grid_columns()), (1_000, 26));
        assert!(book.tabs[0].rows.is_empty());
    }
}
