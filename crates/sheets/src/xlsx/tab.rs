//! The rows of the tab that counts.

use std::io::{Read, Seek};

use calamine::{Reader, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};
use feeds::{Cell, SheetRow};

use super::cell::{Shown, digits};
use crate::error::{ReadError, of_the_disk};

/// The tab of a summary that holds the rows to correct: where it is, it is what was dropped again.
const TO_FIX: &str = "to_fix";

const MOST_COLUMNS: u32 = 16_384;
const MOST_ROWS: u32 = 1_048_576;

/// Reads the tab, row by row, until it ends or `send` says that nobody wants more. Rows without cells are left out.
pub(super) fn read(file: impl Read + Seek, send: &mut impl FnMut(SheetRow) -> bool) -> Result<(), ReadError> {
    let mut book = Xlsx::new(file).map_err(|error| damaged(&error, 0))?;
    let tab = choose(book.sheets_metadata()).ok_or(ReadError::NoTab)?;
    let is_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(&tab).map_err(|error| damaged(&error, 0))?;
    let formats: Vec<usize> = cells.styles().iter().map(digits).collect();
    let mut row = SheetRow::new(0, Vec::new());
    loop {
        let next = cells.next_cell_with_style_id().map_err(|error| damaged(&error, row.number))?;
        let Some((cell, style)) = next else { break };
        let shown = Shown { digits: formats.get(style).copied().unwrap_or(0), is_1904 };
        let (row_index, column) = cell.get_position();
        let Some(cell) = shown.cell(cell.get_value().clone()) else { continue };
        if row_index >= MOST_ROWS || column >= MOST_COLUMNS || row_index + 1 < row.number {
            return Err(ReadError::Broken { row: row.number, what: "a cell lies where no cell can be" });
        }
        if row_index + 1 > row.number {
            let finished = std::mem::replace(&mut row, SheetRow::new(row_index + 1, Vec::new()));
            if !finished.cells.is_empty() && !send(finished) {
                return Ok(());
            }
        }
        put(&mut row.cells, column as usize, cell);
    }
    if !row.cells.is_empty() {
        send(row);
    }
    Ok(())
}

fn put(cells: &mut Vec<Cell>, column: usize, cell: Cell) {
    if cells.len() <= column {
        cells.resize(column + 1, Cell::text(""));
    }
    cells[column] = cell;
}

/// `to_fix` where there is one, else the first visible tab.
fn choose(sheets: &[Sheet]) -> Option<String> {
    let mut tabs = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let to_fix = tabs.clone().find(|tab| tab.name.eq_ignore_ascii_case(TO_FIX));
    to_fix.or_else(|| tabs.find(|tab| tab.visible == SheetVisible::Visible)).map(|tab| tab.name.clone())
}

/// calamine's errors may quote the file, and are not passed on.
fn damaged(error: &XlsxError, row: u32) -> ReadError {
    if let Some(disk) = of_the_disk(error) {
        return ReadError::Io(disk);
    }
    let what = match error {
        XlsxError::Password => return ReadError::PasswordProtected,
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound | XlsxError::WorksheetNotFound(_) => {
            "one of its parts is missing"
        }
        XlsxError::Io(_) | XlsxError::Zip(_) => "it is cut off, or was changed on its way",
        XlsxError::XmlEof(_) => "it ends too early",
        XlsxError::CellError(_) => "a formula shows an error that is not known here",
        _ => "what it holds is not what Excel writes",
    };
    ReadError::Broken { row, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, typ: SheetType, visible: SheetVisible) -> Sheet {
        Sheet { name: name.to_owned(), typ, visible }
    }

    /// A disk that gives up after so many bytes.
    struct Failing(std::io::Cursor<Vec<u8>>, u64);

    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.1.checked_sub(buffer.len() as u64) {
                Some(left) => self.1 = left,
                None => return Err(std::io::Error::from_raw_os_error(5)),
            }
            self.0.read(buffer)
        }
    }

    impl Seek for Failing {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn a_failing_disk_is_not_the_files_fault_wherever_it_fails() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..20_000 {
            sheet.write_number(row, 0, f64::from(row)).expect("a number");
        }
        let bytes = book.save_to_buffer().expect("a workbook");
        let mut failures = 0;
        for good in (0..).step_by(997).take_while(|good| *good < 3 * bytes.len() as u64) {
            match read(Failing(std::io::Cursor::new(bytes.clone()), good), &mut |_| true) {
                Ok(()) => break,
                Err(ReadError::Io(_)) => failures += 1,
                Err(other) => panic!("after {good} bytes: {other:?}"),
            }
        }
        assert!(failures > 10, "{failures}");
    }

    #[test]
    fn reading_ends_when_nobody_wants_more() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..100 {
            sheet.write_string(row, 0, "x").expect("text");
        }
        let file = std::io::Cursor::new(book.save_to_buffer().expect("a workbook"));
        let mut sent = 0;
        let mut send = |_| {
            sent += 1;
            sent < 3
        };
        read(file, &mut send).expect("readable");
        assert_eq!(sent, 3);
    }

    #[test]
    fn the_tab_that_counts() {
        use SheetType::{ChartSheet, WorkSheet};
        use SheetVisible::{Hidden, VeryHidden, Visible};
        let list = |visible| sheet("list", WorkSheet, visible);
        for (sheets, chosen) in [
            (vec![sheet("notes", WorkSheet, Hidden), list(Visible)], Some("list")),
            (vec![sheet("picture", ChartSheet, Visible), list(Visible)], Some("list")),
            (vec![list(Visible), sheet("to_fix", WorkSheet, Visible)], Some("to_fix")),
            (vec![list(Visible), sheet("To_Fix", WorkSheet, Hidden)], Some("To_Fix")),
            (vec![list(Hidden), sheet("more", WorkSheet, VeryHidden)], None),
            (vec![], None),
        ] {
            assert_eq!(choose(&sheets).as_deref(), chosen);
        }
    }
}
