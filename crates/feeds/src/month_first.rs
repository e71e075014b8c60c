//! The watch for columns that are written month first (docs/contract/feeds.md, Values): the dates up to the 12th would be
//! swapped without a word, so such a file is rejected whole.
//!
//! In a workbook they are swapped already: a program that expects the day first takes `03/04/1980` for a date, and leaves
//! `03/25/1980` as text.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::date;
use crate::decision::FileProblem;
use crate::row::{Cell, CellKind};

const MONTHS: RangeInclusive<u32> = 1..=12;
const LATER_DAYS: RangeInclusive<u32> = 13..=31;

/// How many rows the message names.
const ROWS_NAMED: usize = 3;

/// What was seen of each date column so far: flags and row numbers, no personal data. Goes into the splitter's checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DateEvidence(BTreeMap<String, ColumnEvidence>);

/// What was seen of one column: the first rows of each kind are enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ColumnEvidence {
    /// Rows that can only be month first, such as 03/25/1980.
    month_first: Vec<u32>,
    /// Rows that can be read both ways, such as 03/04/1980.
    both_ways: Vec<u32>,
    /// Whether some row can only be day first, such as 25/03/1980.
    day_first: bool,
    /// Rows with a date cell that another day and month may have become: the day is no later than the 12th.
    early_cells: Vec<u32>,
    /// Whether some date cell shows a later day.
    late_cells: bool,
}

impl DateEvidence {
    /// Takes in one cell of a date column, by the name that the header shows.
    pub(crate) fn note(&mut self, column: &str, row: u32, cell: &Cell) {
        let numbers = match cell.kind {
            CellKind::Moment => date::month_and_day(&cell.text),
            _ => date::numbers_before_year(&cell.text),
        };
        let Some((first, second)) = numbers else { return };
        if !self.0.contains_key(column) {
            self.0.insert(column.to_owned(), ColumnEvidence::default());
        }
        if let Some(evidence) = self.0.get_mut(column) {
            match cell.kind {
                CellKind::Moment => evidence.note_cell(first, second, row),
                _ => evidence.note_text(first, second, row),
            }
        }
    }

    /// The columns that are month first.
    pub(crate) fn problems(&self) -> Vec<FileProblem> {
        self.0.iter().filter(|(_, evidence)| evidence.is_month_first()).map(|(name, seen)| seen.problem(name)).collect()
    }

    /// The columns that may be day first in a program that expected the month first.
    pub(crate) fn warnings(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|(_, evidence)| evidence.may_be_swapped()).map(|(name, seen)| seen.warning(name))
    }
}

impl ColumnEvidence {
    fn note_cell(&mut self, month: u32, day: u32, row: u32) {
        if LATER_DAYS.contains(&day) {
            self.late_cells = true;
        } else if day != month {
            keep(&mut self.early_cells, row);
        }
    }

    fn note_text(&mut self, first: u32, second: u32, row: u32) {
        if MONTHS.contains(&first) && LATER_DAYS.contains(&second) {
            keep(&mut self.month_first, row);
        } else if MONTHS.contains(&first) && MONTHS.contains(&second) && first != second {
            keep(&mut self.both_ways, row);
        } else if LATER_DAYS.contains(&first) && MONTHS.contains(&second) {
            self.day_first = true;
        }
    }

    fn is_month_first(&self) -> bool {
        let swapped = !self.both_ways.is_empty() || !self.early_cells.is_empty();
        !self.month_first.is_empty() && swapped && !self.day_first
    }

    /// Every date cell is early, every text late: a day-first list looks like that in a program set to American dates, and
    /// so does one in which a few dates were typed as text.
    fn may_be_swapped(&self) -> bool {
        let no_early_text = self.month_first.is_empty() && self.both_ways.is_empty();
        self.day_first && no_early_text && !self.early_cells.is_empty() && !self.late_cells
    }

    fn warning(&self, column: &str) -> String {
        format!(
            "{column}: the dates up to the 12th are date cells ({}), the later ones text: if the list was opened in a program \
             that expects the month first, their day and month are swapped",
            rows(&self.early_cells)
        )
    }

    /// Names up to three rows: first such that give the month away, and at least one whose date would be swapped.
    fn problem(&self, column: &str) -> FileProblem {
        let certain = &self.month_first[..self.month_first.len().min(ROWS_NAMED - 1)];
        let swapped = if self.both_ways.is_empty() { &self.early_cells } else { &self.both_ways };
        let swapped = &swapped[..swapped.len().min(ROWS_NAMED - certain.len())];
        FileProblem {
            problem: format!(
                "the dates in the column \"{column}\" are written with the month before the day: see {}. \
                 Others, such as {}, would be read with day and month swapped",
                rows(certain),
                rows(swapped)
            ),
            how_to_fix:
                "Have the list written with the day first, or open it in a program that is set to American dates and save it \
                 as a workbook there (in Google Sheets: File, Settings, Locale, before the list is imported). Check that the \
                 dates are right, and drop the file again."
                    .to_owned(),
        }
    }
}

fn keep(rows: &mut Vec<u32>, row: u32) {
    if rows.len() < ROWS_NAMED {
        rows.push(row);
    }
}

fn rows(numbers: &[u32]) -> String {
    let list: Vec<String> = numbers.iter().map(u32::to_string).collect();
    format!("{} {}", if list.len() == 1 { "row" } else { "rows" }, list.join(" and "))
}
