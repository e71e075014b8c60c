//! A row as a sheet shows it: what every reader (CSV, XLSX, Google Sheet) gives, whatever it reads.

use smol_str::SmolStr;

use crate::clean::{self, Content};

/// The kind of sheet that rows are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A text with separators: one too many in a row shifts all that follows it.
    Separated,
    /// A tab of this name, of a workbook or a Google Sheet: every cell has its place.
    Tab(String),
}

/// One row of a sheet, the header and blank rows included.
#[derive(Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// The number that the sheet shows beside the row; the first is 1.
    pub number: u32,
    /// The cells from the first column on; trailing blank cells may be missing.
    pub cells: Vec<Cell>,
    /// The sheet hides the row: by hand, in a closed group or by a filter. It is read all the same.
    pub hidden: bool,
}

/// One cell: the text that the sheet shows, and what the file says it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Cell {
    /// The text as shown, not trimmed. Nearly all are short, and need no memory of their own.
    pub text: SmolStr,
    /// The kind of value that the file stores behind it.
    pub kind: CellKind,
    /// The row in which a merged cell begins of which this is a lower part: its value counts here too.
    pub merged_from: Option<u32>,
}

/// How the file stores a cell: a phone that is a number may have lost its leading zero, a house number that is a date
/// was never one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text, a boolean, or a source that has no types (CSV, a Google Sheet's shown values).
    Text,
    /// A number cell of an XLSX file.
    Number,
    /// A cell of an XLSX file that shows a date, a time or both.
    Moment,
    /// A formula whose result the file does not hold: the program that wrote it did not calculate. Shows nothing.
    Uncalculated,
}

impl SheetRow {
    /// A row in plain sight.
    pub fn new(number: u32, cells: Vec<Cell>) -> Self {
        Self { number, cells, hidden: false }
    }

    /// A row of text cells.
    pub fn of_text<T: Into<SmolStr>>(number: u32, cells: impl IntoIterator<Item = T>) -> Self {
        Self::new(number, cells.into_iter().map(Cell::text).collect())
    }

    /// Puts a cell into its column, the first is 0; the columns between are blank.
    pub fn put(&mut self, column: usize, cell: Cell) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::text(""));
        }
        self.cells[column] = cell;
    }

    /// True if no cell shows anything of its own: such rows are ignored and not counted. Checkboxes that nobody ticked
    /// show nothing, and a merged cell belongs to the row in which it begins.
    pub fn is_blank(&self) -> bool {
        let is_blank = |cell: &Cell| cell.kind != CellKind::Uncalculated && cell.shows_nothing();
        self.cells.iter().all(|cell| cell.merged_from.is_some() || is_blank(cell))
    }
}

impl Cell {
    /// A cell that is text.
    pub fn text(text: impl Into<SmolStr>) -> Self {
        Self::of(CellKind::Text, text)
    }

    /// True if there is no text to be seen; a checkbox that nobody ticked is not text.
    pub(crate) fn shows_nothing(&self) -> bool {
        let text = clean::cell(&self.text, Content::Plain);
        text.is_empty() || text.eq_ignore_ascii_case("false")
    }

    /// A cell that the file stores as a number.
    pub fn number(text: impl Into<SmolStr>) -> Self {
        Self::of(CellKind::Number, text)
    }

    /// A cell of this kind.
    pub fn of(kind: CellKind, text: impl Into<SmolStr>) -> Self {
        Self { text: text.into(), kind, merged_from: None }
    }
}

wire::debug_only!(SheetRow { number });
wire::debug_only!(Cell { kind });
