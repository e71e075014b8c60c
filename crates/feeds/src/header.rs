//! The header row, and where the columns that a feed uses are in it (docs/contract/feeds.md, "Reading a sheet").

use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::clean::{self, Content, is_same};
use crate::column::Column;
use crate::crammed;
use crate::feed::Feed;
use crate::garbled::looks_garbled;
use crate::nearest::{could_be_a_header, nearest, slip_of, spellings};
use crate::problem::{FileProblem, FileRejected, Problem};
use crate::row::{Cell, SheetRow};
use crate::row_reader::UsedCell;
use crate::text::column_letters;

/// The header is looked for in the first so many rows of the sheet.
pub(crate) const HEADER_WITHIN: u32 = 10;

/// The header row that was found. Stored with the run, so that the ledger's cells can be judged again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The number that the sheet shows beside the header row.
    pub row: u32,
    /// The columns' names as shown, trimmed and inner white space collapsed; nameless columns in between are `""`.
    pub columns: Vec<String>,
}

/// A column that the feed does not use: it goes into the summary and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedAlong<'h> {
    /// Its name as shown.
    pub name: &'h str,
    /// The column of the feed that it may be taken for.
    pub looks_like: Option<&'static str>,
}

impl Header {
    /// The named columns that the feed does not use, in the sheet's order.
    pub fn carried_along(&self, feed: &Feed) -> Vec<CarriedAlong<'_>> {
        let is_used = |name: &str| feed.columns.iter().any(|column| is_same(name, column.name));
        let others = self.columns.iter().map(String::as_str).filter(|name| !name.is_empty() && !is_used(name));
        others.map(|name| CarriedAlong { name, looks_like: slip_of(feed, name) }).collect()
    }

    /// The places of the columns that the feed uses, each with its use in plain words.
    pub fn used(&self, feed: &Feed) -> Vec<(usize, &'static str)> {
        let about =
            |name: &str| feed.columns.iter().find(|column| is_same(name, column.name)).map(|column| column.about);
        (0..).zip(&self.columns).filter_map(|(place, name)| Some((place, about(name)?))).collect()
    }

    /// The row that holds most of the feed's columns; the first of them where several do.
    pub(crate) fn find(feed: &Feed, rows: &[SheetRow]) -> Result<Self, FileRejected> {
        let candidates = || rows.iter().map(Self::of);
        let best = candidates().min_by_key(|header| Reverse(header.holds(feed)));
        best.filter(|header| header.holds(feed) > 0)
            .or_else(|| candidates().find(|header| could_be_a_header(feed, &header.columns)))
            .ok_or_else(|| not_found(feed, rows))
    }

    pub(crate) fn of(row: &SheetRow) -> Self {
        let mut columns: Vec<String> = row.cells.iter().map(|cell| name(&cell.text)).collect();
        let width = columns.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        columns.truncate(width);
        Self { row: row.number, columns }
    }

    pub(crate) fn holds(&self, feed: &Feed) -> usize {
        feed.columns.iter().filter(|column| self.columns.iter().any(|name| is_same(name, column.name))).count()
    }
}

/// Where the columns that the feed uses are, in the feed's order.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) columns: Vec<ColumnIndex>,
    /// For each column of the header, which of these it is.
    used: Vec<Option<usize>>,
}

/// Where one column is.
#[derive(Clone, Debug)]
pub(crate) struct ColumnIndex {
    pub(crate) index: usize,
    /// Its name as the header shows it.
    pub(crate) name: String,
    pub(crate) column: &'static Column,
}

impl Places {
    /// Every column that the feed uses, exactly once; else what is wrong with the header.
    pub(crate) fn of(feed: &Feed, header: &Header) -> Result<Self, FileRejected> {
        let mut columns = Vec::new();
        let mut problems = Vec::new();
        let candidates = OnceCell::new();
        for column in feed.columns {
            let mut found = (0..).zip(&header.columns).filter(|(_, name)| is_same(name, column.name));
            match (found.next(), found.next()) {
                (Some((index, name)), None) => columns.push(ColumnIndex { index, name: name.clone(), column }),
                (Some((first, _)), Some((second, _))) => problems.push(doubled(column, first, second)),
                (None, _) => {
                    let spellings = candidates.get_or_init(|| spellings(feed, &header.columns)).as_deref();
                    problems.push(missing(feed, column, header, spellings));
                }
            }
        }
        if !problems.is_empty() {
            return Err(FileRejected { problems });
        }
        let mut used = vec![None; header.columns.len()];
        for (place, column) in columns.iter().enumerate() {
            used[column.index] = Some(place);
        }
        Ok(Self { columns, used })
    }

    /// The cells of the columns that the feed uses, in the feed's order; blank ones too.
    pub(crate) fn used<'a>(&'a self, cells: &'a [Cell]) -> impl Iterator<Item = UsedCell<'a>> + Clone {
        self.columns.iter().filter_map(|place| {
            let cell = cells.get(place.index)?;
            Some(UsedCell { column: place.column, name: &place.name, text: &cell.text, kind: cell.kind })
        })
    }

    /// The row's cells, cleaned, one for each column of the header.
    pub(crate) fn clean(&self, row: u32, mut cells: Vec<Cell>) -> CleanRow {
        let width = self.used.len();
        let crammed = crammed::whole_row(row, &cells, width);
        let beyond = cells.split_off(width.min(cells.len()));
        cells.resize(width, Cell::text(""));
        let mut garbled = Vec::new();
        for (cell, used) in cells.iter_mut().zip(&self.used) {
            let place = used.and_then(|place| self.columns.get(place));
            let clean = clean::cell(&cell.text, place.map_or(Content::Plain, |place| place.column.field.content()));
            let is_garbled = |place: &&ColumnIndex| {
                let looks_garbled = |text| looks_garbled(text, place.column.field.is_name());
                looks_garbled(&cell.text) || (*clean != *cell.text && looks_garbled(&clean))
            };
            garbled.extend(place.filter(is_garbled).map(|place| place.name.clone()));
            if let Cow::Owned(clean) = clean {
                cell.text = clean.into();
            }
        }
        let filled = beyond.iter().map(|cell| clean::cell(&cell.text, Content::Plain)).filter(|text| !text.is_empty());
        CleanRow { beyond: filled.count(), cells, garbled, crammed }
    }
}

/// A row's cells as far as the header goes, cleaned.
pub(crate) struct CleanRow {
    pub(crate) cells: Vec<Cell>,
    /// How many filled cells there are to the right of the last column's name.
    pub(crate) beyond: usize,
    /// The used columns whose cells look wrong, as they came or cleaned: a part of a letter may look like a blank.
    pub(crate) garbled: Vec<String>,
    /// Where everything stands in one cell.
    pub(crate) crammed: Option<Problem>,
}

/// A column's name as shown, without a byte order mark that was read as letters and the quotation marks that it hid.
fn name(cell: &str) -> String {
    let name = clean::cell(cell, Content::Plain);
    name.strip_prefix("ï»¿").map_or(&*name, |name| name.trim_matches('"')).to_owned()
}

/// `spellings` is none where the row may not be a header at all.
fn missing(feed: &Feed, column: &Column, header: &Header, spellings: Option<&[&str]>) -> FileProblem {
    let (name, row) = (column.name, header.row);
    let problem = match spellings.and_then(|spellings| nearest(spellings, name)) {
        Some(near) => format!("the column \"{name}\" is missing; the nearest that was found is \"{near}\""),
        None => format!("the column \"{name}\" is missing, and nothing like it was found"),
    };
    let how_to_fix = match spellings {
        Some(_) => format!("Name the column \"{name}\" in row {row}, or add it there, and drop the file again."),
        None => format!(
            "Row {row} was taken for the column names. Check that this is a sheet for \"{}\" with its column names in one \
             row, and drop the file again.",
            feed.title
        ),
    };
    FileProblem { problem, how_to_fix }
}

fn doubled(column: &Column, first: usize, second: usize) -> FileProblem {
    let (name, first, second) = (column.name, column_letters(first), column_letters(second));
    FileProblem {
        problem: format!("the column \"{name}\" is there more than once, in {first} and {second}"),
        how_to_fix: format!("Keep the right column \"{name}\", delete or rename the others, and drop the file again."),
    }
}

fn not_found(feed: &Feed, rows: &[SheetRow]) -> FileRejected {
    if let Some(problem) = crammed::into_one_cell(feed, rows) {
        return FileRejected { problems: vec![problem] };
    }
    let names = feed.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ");
    let problem = if rows.iter().all(SheetRow::is_blank) {
        format!("the sheet is empty: its first {HEADER_WITHIN} rows hold nothing. Looked for were the columns {names}")
    } else {
        format!(
            "no row with column names was found in the first {HEADER_WITHIN} rows. Looked for were the columns {names}"
        )
    };
    let how_to_fix = format!(
        "Put the column names in one row at the top of the first tab, and check that this is a sheet for \"{}\"; \
         drop the file again.",
        feed.title
    );
    FileRejected { problems: vec![FileProblem { problem, how_to_fix }] }
}
