//! The rows of a tab, one at a time.

use feeds::{Cell, CellKind, SheetRow};

use super::bounded::Bounded;
use super::cell::{Stored, Type, shown};
use super::merged::Merges;
use super::reference;
use super::styles::Styles;
use super::texts::{SharedTexts, rich_text, unescape};
use super::workbook::{Settings, is_true};
use super::xml::{Tag, Xml};
use crate::error::ReadError;

/// The parts that all cells of a workbook draw upon.
pub(super) struct Common {
    pub(super) texts: SharedTexts,
    pub(super) styles: Styles,
    pub(super) settings: Settings,
}

/// A tab that is read as far as its last row that came.
pub(super) struct Sheet {
    xml: Xml<'static>,
    common: Common,
    merges: Merges,
    /// The most bytes of a row.
    longest: usize,
    /// The last row that was read, and the last that came: those between are made up of merged cells.
    read: u32,
    last: u32,
    next: Option<SheetRow>,
    /// The value of the cell that is read.
    value: String,
}

/// The tag of a row.
struct RowTag {
    number: Option<u32>,
    hidden: bool,
}

/// The tag of a cell.
struct CellTag {
    /// Column and row.
    place: Option<(u32, u32)>,
    kind: Type,
    style: usize,
}

impl Sheet {
    pub(super) fn open(
        input: Bounded<'static>,
        common: Common,
        merges: Merges,
        longest: usize,
    ) -> Result<Self, ReadError> {
        let mut xml = Xml::new(input);
        if xml.child()?.is_none() {
            return Err(ReadError::broken("it ends too early"));
        }
        while xml.child()?.is_some_and(|tag| tag.name != "sheetData") {
            xml.skip()?;
        }
        Ok(Self { xml, common, merges, longest, read: 0, last: 0, next: None, value: String::new() })
    }

    /// The next row that shows something.
    pub(super) fn next_row(&mut self) -> Result<Option<SheetRow>, ReadError> {
        loop {
            let last = self.last;
            let next = self.next.take();
            let read = next.map_or_else(|| self.read_row(), |row| Ok(Some(row)));
            let Some(mut row) = read.map_err(|error| error.below(last))? else { return Ok(None) };
            if row.number > last + 1 && self.merges.reach(last + 1) {
                self.next = Some(row);
                row = SheetRow::new(last + 1, Vec::new());
            }
            self.merges.apply(&mut row)?;
            self.last = row.number;
            if row.cells.iter().map(|cell| cell.text.len()).sum::<usize>() > self.longest {
                return Err(ReadError::RowTooLong { row: row.number, limit: self.longest });
            }
            if !row.cells.is_empty() {
                return Ok(Some(row));
            }
        }
    }

    fn read_row(&mut self) -> Result<Option<SheetRow>, ReadError> {
        let tag = loop {
            match self.xml.child()? {
                None => return Ok(None),
                Some(tag) if tag.name == "row" => break RowTag::of(tag)?,
                Some(_) => self.xml.skip()?,
            }
        };
        let mut number = tag.number;
        let mut row = SheetRow { number: 0, cells: Vec::new(), hidden: tag.hidden };
        let mut column = 0;
        while let Some(tag) = self.xml.child()? {
            if tag.name != "c" {
                self.xml.skip()?;
                continue;
            }
            let tag = CellTag::of(tag)?;
            if let Some((at, of_row)) = tag.place {
                column = at;
                if *number.get_or_insert(of_row) != of_row {
                    return Err(misplaced());
                }
            }
            if !reference::is_column(column) {
                return Err(misplaced());
            }
            if let Some(cell) = self.cell(&tag)? {
                row.put(column as usize, cell);
            }
            column += 1;
        }
        let number = number.unwrap_or(self.read + 1);
        if number <= self.read || !reference::is_row(number) {
            return Err(misplaced());
        }
        self.read = number;
        row.number = number;
        Ok(Some(row))
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
        let stored = Stored { kind: tag.kind, value: has_value.then_some(self.value.as_str()), is_formula };
        if stored.is_uncalculated(self.common.settings) {
            return Ok(Some(Cell::of(CellKind::Uncalculated, "")));
        }
        if self.value.is_empty() {
            return Ok(None);
        }
        if tag.kind != Type::Shared {
            let format = self.common.styles.format(tag.style);
            return Ok(Some(shown(tag.kind, &self.value, format, self.common.settings)));
        }
        let text = self.value.trim().parse().ok().and_then(|index| self.common.texts.get(index));
        text.map(|text| Some(Cell::text(text))).ok_or(ReadError::broken("a cell points to a text that is not there"))
    }
}

impl RowTag {
    fn of(tag: Tag<'_>) -> Result<Self, ReadError> {
        let number = tag.attribute("r").map(|number| reference::row(&number).ok_or(misplaced())).transpose()?;
        let no_height = tag.attribute("ht").is_some_and(|height| height.parse() == Ok(0.0));
        Ok(Self { number, hidden: no_height || is_true(tag, "hidden") })
    }
}

impl CellTag {
    fn of(tag: Tag<'_>) -> Result<Self, ReadError> {
        let mut read = Self { place: None, kind: Type::Number, style: 0 };
        for (name, value) in tag.attributes() {
            match name {
                "r" => read.place = Some(reference::parse(&value).ok_or(misplaced())?),
                "t" => read.kind = Type::of(&value),
                "s" => read.style = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        Ok(read)
    }
}

fn misplaced() -> ReadError {
    ReadError::broken("a cell lies where no cell can be")
}
