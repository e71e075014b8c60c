//! A row being decided: its cells by the columns' names, and what is wrong or odd about them.

use crate::column::Column;
use crate::date;
use crate::nothing::is_error_value;
use crate::problem::Problem;
use crate::row::CellKind;
use crate::rules::Rules;
use crate::text::shown;
use wire::{HelpRequest, Note};

/// A row with cleaned cells. Problems and warnings are gathered, so that people learn of all of them at once.
pub(crate) struct RowReader<'a> {
    /// The author of the feed's case notes.
    pub(crate) author: &'static str,
    pub(crate) rules: &'a Rules,
    /// The cells of the columns that the feed uses, in the feed's order; blank ones too.
    pub(crate) cells: &'a [UsedCell<'a>],
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<String>,
}

/// A rule of the feed leaves the row out, for this reason.
pub(crate) struct Skip(pub(crate) String);

/// A date stands in an address, and people were warned.
pub(crate) struct NotAnAddress;

/// A cell of a column that the feed uses.
#[derive(Clone, Copy)]
pub(crate) struct UsedCell<'a> {
    pub(crate) column: &'static Column,
    /// The column's name as the header shows it.
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    pub(crate) kind: CellKind,
}

impl<'a> RowReader<'a> {
    /// The cell in this column; none where it is blank or shows an error value.
    pub(crate) fn text(&self, column: &str) -> Option<&'a str> {
        self.cell(column).map(|cell| cell.text).filter(|text| !is_error_value(text))
    }

    /// The cell in this column, which is a part of an address. A date is not one (see [`RowReader::address`]).
    pub(crate) fn address_part(&mut self, column: &str) -> Result<Option<&'a str>, NotAnAddress> {
        match self.cell(column) {
            Some(cell) if !is_error_value(cell.text) => self.address(cell).map(Some).ok_or(NotAnAddress),
            _ => Ok(None),
        }
    }

    fn cell(&self, column: &str) -> Option<UsedCell<'a>> {
        self.cells.iter().find(|cell| cell.column.name == column && !cell.text.is_empty()).copied()
    }

    /// Puts the cell of this column into the request's metadata; left out where it is blank.
    pub(crate) fn add_metadata(&self, request: &mut HelpRequest, key: &str, column: &str) {
        if let Some(text) = self.text(column) {
            request.metadata.insert(key.to_owned(), text.into());
        }
    }

    /// A case note of this feed.
    pub(crate) fn note(&self, text: String) -> Note {
        Note { author: self.author.to_owned(), note: text }
    }

    /// Lets through who was tested at most so many days ago, or will be.
    ///
    /// A blank date skips the row; one that cannot be read rejects it, and so does not skip it.
    pub(crate) fn tested_within(&mut self, days: i64, column: &str) -> Result<(), Skip> {
        let cell = self.cell(column).ok_or_else(|| Skip(format!("{column} is blank")))?;
        match date::of_test(cell.text) {
            Ok(date) => {
                let ago = (self.rules.as_of - date).num_days();
                let reason = || Skip(format!("{column} is {ago} days ago: only the last {days} days are taken"));
                (ago <= days).then_some(()).ok_or_else(reason)
            }
            Err(error) => {
                self.reject(cell, error, error.how_to_fix());
                Ok(())
            }
        }
    }

    pub(crate) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    pub(crate) fn reject(&mut self, cell: UsedCell<'_>, problem: impl ToString, how_to_fix: impl ToString) {
        self.problems.push(Problem {
            column: Some(cell.name.to_owned()),
            text: shown(cell.text),
            problem: problem.to_string(),
            how_to_fix: how_to_fix.to_string(),
        });
    }
}
