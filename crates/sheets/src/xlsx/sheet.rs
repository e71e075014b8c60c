//! The rows of a tab, one at a time.

use feeds::{Cell, CellKind, MergedCells, SheetRow};

use super::bounded::Bounded;
use super::cell::{Type, is_uncalculated, shown};
use super::plain::{Content, PlainCell};
use super::reference;
use super::texts::{rich_text, unescape};
use super::workbook::Book;
use super::xml::{Tag, Xml};
use crate::Limits;
use crate::error::ReadError;

const MISPLACED: ReadError = ReadError::broken("a cell lies where no cell can be");

/// A tab that is read as far as its last row that came.
pub(super) struct Sheet {
    xml: Xml<'static>,
    book: Book,
    merged: MergedCells,
    /// Bytes that the copies of merged cells may still take up.
    left: u64,
    limits: Limits,
    /// The last row that was read, and the last that came: those between are made up of merged cells.
    read: u32,
    last: u32,
    next: Option<SheetRow>,
    /// The value of the cell that is read.
    value: String,
}

/// The tag of a cell.
#[derive(Default)]
struct CellTag {
    /// Column and row.
    place: Option<(u32, u32)>,
    kind: Type,
    style: usize,
}

impl Sheet {
    pub(super) fn open(
        input: Bounded<'static>,
        book: Book,
        merged: MergedCells,
        limits: Limits,
    ) -> Result<Self, ReadError> {
        let mut xml = Xml::new(input);
        if xml.child()?.is_none() {
            return Err(ReadError::broken("it ends too early"));
        }
        while xml.child()?.is_some_and(|tag| tag.name != "sheetData") {
            xml.skip()?;
        }
        let (left, value) = (limits.unpacked, String::new());
        Ok(Self { xml, book, merged, left, limits, read: 0, last: 0, next: None, value })
    }

    /// The next row that shows something.
    pub(super) fn next_row(&mut self) -> Result<Option<SheetRow>, ReadError> {
        loop {
            let last = self.last;
            let next = self.next.take();
            let read = next.map_or_else(|| self.read_row(), |row| Ok(Some(row)));
            let below_last = |error| match error {
                ReadError::Broken { what, .. } => ReadError::Broken { row: last, what },
                other => other,
            };
            let Some(mut row) = read.map_err(below_last)? else { return Ok(None) };
            if row.number > last + 1 && self.merged.reach(last + 1) {
                self.next = Some(row);
                row = SheetRow::new(last + 1, Vec::new());
            }
            let too_large = ReadError::TooLarge { what: "what its merged cells show", limit: self.limits.unpacked };
            self.left = self.left.checked_sub(self.merged.fill(&mut row)).ok_or(too_large)?;
            self.merged.begin(&row);
            self.last = row.number;
            if row.cells.iter().map(|cell| cell.text.len()).sum::<usize>() > self.limits.row {
                return Err(ReadError::RowTooLong { row: row.number, limit: self.limits.row });
            }
            if !row.cells.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    fn read_row(&mut self) -> Result<Option<SheetRow>, ReadError> {
        let (mut number, hidden) = loop {
            match self.xml.child()? {
                None => return Ok(None),
                Some(tag) if tag.name == "row" => break number_and_hidden(tag)?,
                Some(_) => self.xml.skip()?,
            }
        };
        let mut row = SheetRow { number: 0, cells: Vec::new(), hidden };
        let mut column = 0;
        while let Some((tag, is_read)) = self.next_cell()? {
            if let Some((at, of_row)) = tag.place {
                column = at;
                if *number.get_or_insert(of_row) != of_row {
                    return Err(MISPLACED);
                }
            }
            if !reference::COLUMNS.contains(&column) {
                return Err(MISPLACED);
            }
            let cell = if is_read { self.shown(&tag) } else { self.cell(&tag) };
            if let Some(cell) = cell? {
                row.put(column as usize, cell);
            }
            column += 1;
        }
        let number = number.unwrap_or(self.read + 1);
        if number <= self.read || !reference::ROWS.contains(&number) {
            return Err(MISPLACED);
        }
        self.read = number;
        row.number = number;
        Ok(Some(row))
    }

    /// The next cell of the row. True if it was read to its end, and its value with it.
    fn next_cell(&mut self) -> Result<Option<(CellTag, bool)>, ReadError> {
        if let Some(cell) = PlainCell::read(self.xml.ahead()?) {
            let tag = CellTag::of(cell.attributes.into_iter().flatten())?;
            let (value, is_text) = match cell.content {
                Content::Nothing => (None, false),
                Content::Value(value) => (Some(value), tag.kind == Type::Text),
                Content::Text(text) => (Some(text), true),
            };
            self.value.clear();
            self.value.push_str(value.unwrap_or_default());
            if is_text {
                unescape(&mut self.value);
            }
            let length = cell.length;
            self.xml.consume(length);
            return Ok(Some((tag, true)));
        }
        while let Some(tag) = self.xml.child()? {
            if tag.name == "c" {
                return Ok(Some((CellTag::of(tag.attributes())?, false)));
            }
            self.xml.skip()?;
        }
        Ok(None)
    }

    /// `None`: the cell shows nothing.
    fn cell(&mut self, tag: &CellTag) -> Result<Option<Cell>, ReadError> {
        self.value.clear();
        let (mut has_value, mut is_formula) = (false, false);
        while let Some(child) = self.xml.child()? {
            match child.name {
                // Beside a text that is written in the cell, a value only repeats it.
                "v" if !has_value => {
                    has_value = true;
                    self.xml.text(&mut self.value)?;
                    if tag.kind == Type::Text {
                        unescape(&mut self.value);
                    }
                }
                "is" => {
                    has_value = true;
                    self.value.clear();
                    rich_text(&mut self.xml, &mut self.value)?;
                }
                "f" => {
                    is_formula = true;
                    self.xml.skip()?;
                }
                _ => self.xml.skip()?,
            }
        }
        let value = has_value.then_some(self.value.as_str());
        if is_formula && is_uncalculated(tag.kind, value, self.book.settings) {
            return Ok(Some(Cell::of(CellKind::Uncalculated, "")));
        }
        self.shown(tag)
    }

    /// What a cell with the value that was read shows.
    fn shown(&self, tag: &CellTag) -> Result<Option<Cell>, ReadError> {
        if self.value.is_empty() {
            return Ok(None);
        }
        if tag.kind != Type::Shared {
            let format = self.book.styles.format(tag.style);
            return Ok(Some(shown(tag.kind, &self.value, format, self.book.settings)));
        }
        let text = self.value.trim().parse().ok().and_then(|index| self.book.texts.get(index));
        text.map(|text| Some(Cell::text(text))).ok_or(ReadError::broken("a cell points to a text that is not there"))
    }
}

fn number_and_hidden(row: Tag<'_>) -> Result<(Option<u32>, bool), ReadError> {
    let number = row.attribute("r").map(|number| reference::row(&number).ok_or(MISPLACED)).transpose()?;
    let no_height = row.attribute("ht").is_some_and(|height| height.parse() == Ok(0.0));
    Ok((number, no_height || row.is_true("hidden")))
}

impl CellTag {
    fn of<'t, V: AsRef<str>>(attributes: impl Iterator<Item = (&'t str, V)>) -> Result<Self, ReadError> {
        let mut read = Self::default();
        for (name, value) in attributes {
            let value = value.as_ref();
            match name {
                "r" => read.place = Some(reference::parse(value).ok_or(MISPLACED)?),
                "t" => read.kind = value.parse().unwrap_or_default(),
                "s" => read.style = value.trim().parse().unwrap_or_default(),
                _ => {}
            }
        }
        Ok(read)
    }
}
