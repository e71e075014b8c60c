//! The evidence of a sheet as a whole, and the watch for columns that are written month first (docs/contract/feeds.md,
//! Values): the dates up to the 12th would be swapped without a word, so such a file is rejected whole. In a workbook they are swapped already: a program that expects the day first takes `03/04/1980` for a date, and leaves
//! `03/25/1980` as text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::{self, BeforeYear};
use crate::header::Header;
use crate::problem::FileProblem;
use crate::row::{Cell, CellKind};
use crate::tally::Rows;

/// How many rows the message names.
const ROWS_NAMED: u64 = 3;
/// In a sheet of more columns nobody looks for one that is blank, and a list of them would crowd the run's item.
const MOST_COLUMNS: usize = 1_000;

/// The evidence of a sheet so far: flags and row numbers, no personal data. Goes into the splitter's checkpoint, and
/// stays with the run for the summary.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetEvidence {
    /// The tab that is read; none of a text file.
    pub tab: Option<String>,
    /// The date columns, by the names that the header shows.
    pub(crate) dates: BTreeMap<String, ColumnEvidence>,
    pub(crate) hidden: Rows,
    /// The columns that no row had a cell in so far, by their places. Not kept of a sheet of very many columns, nor by
    /// earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blank_columns: Option<Vec<usize>>,
}

/// The evidence of one date column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ColumnEvidence {
    /// Rows that can only be month first, such as 03/25/1980.
    month_first: Rows,
    /// How many of these have a year of two digits, such as 3/25/80: one among dates in other forms may be a slip.
    short_years: u32,
    /// Some text has another form, such as 1980-03-25.
    other_forms: bool,
    /// Rows that can be read both ways, such as 03/04/1980.
    both_ways: Rows,
    /// Rows that can only be day first, such as 25/03/1980.
    day_first: Rows,
    /// Rows with a date cell that another day and month may have become: the day is no later than the 12th.
    early_cells: Rows,
    /// Some date cell shows a later day.
    late_cells: bool,
    /// How many do; earlier versions did not count them.
    #[serde(default)]
    late: u64,
}

impl SheetEvidence {
    /// Takes in one cell of a date column, by the name that the header shows.
    pub(crate) fn note_date(&mut self, column: &str, row: u32, cell: &Cell) {
        match self.dates.get_mut(column) {
            Some(evidence) => evidence.note(row, cell),
            None => self.dates.entry(column.to_owned()).or_default().note(row, cell),
        }
    }

    /// Takes in that the header was found: before any row, every column is blank.
    pub(crate) fn begin(&mut self, header: &Header) {
        let width = header.columns.len();
        self.blank_columns = (width <= MOST_COLUMNS).then(|| (0..width).collect());
    }

    /// Takes in a row's cells.
    pub(crate) fn note_cells(&mut self, cells: &[Cell]) {
        if let Some(blank) = &mut self.blank_columns {
            blank.retain(|place| cells.get(*place).is_none_or(|cell| cell.text.is_empty()));
        }
    }

    /// The named columns of this sheet, whose header that is, that no row has a cell in; none where that is not known.
    pub fn blank_columns<'h>(&self, header: &'h Header) -> Option<Vec<&'h str>> {
        let names = self.blank_columns.as_ref()?.iter().filter_map(|place| header.columns.get(*place));
        Some(names.map(String::as_str).filter(|name| !name.is_empty()).collect())
    }

    pub(crate) fn problems(&self) -> Vec<FileProblem> {
        let month_first = self.dates.iter().filter(|(_, evidence)| evidence.is_month_first());
        month_first.map(|(name, evidence)| evidence.problem(name)).collect()
    }

    /// Warnings of what is odd about the sheet and keeps nothing back, for the summary: hidden rows, and columns in which
    /// some date cells may have day and month swapped.
    pub fn warnings(&self) -> Vec<String> {
        let hidden = (!self.hidden.is_empty())
            .then(|| format!("hidden rows are read too: the sheet hides {}, by a filter or by hand", self.hidden));
        hidden.into_iter().chain(self.dates.iter().filter_map(|(name, seen)| seen.warning(name))).collect()
    }
}

impl ColumnEvidence {
    fn note(&mut self, row: u32, cell: &Cell) {
        if cell.kind == CellKind::Moment {
            match date::month_and_day(&cell.text) {
                Some((_, 13..=31)) => {
                    self.late_cells = true;
                    self.late += 1;
                }
                Some((month, day)) if day != month => self.early_cells.add(row),
                _ => {}
            }
        } else if let Some(BeforeYear { first, second, short_year }) = date::numbers_before_year(&cell.text) {
            match (first, second) {
                (1..=12, 13..=31) => {
                    self.month_first.add(row);
                    self.short_years += u32::from(short_year);
                }
                (1..=12, 1..=12) if first != second => self.both_ways.add(row),
                (13..=31, 1..=12) => self.day_first.add(row),
                _ => {}
            }
        } else if !cell.text.is_empty() {
            self.other_forms = true;
        }
    }

    /// Texts that can only be day first speak for the texts. For date cells speaks what the texts mostly are, unless cells show
    /// that they are not months taken for days: any beside day-first texts. Where there are more cells of later days than
    /// month-first texts, those are slips.
    fn is_month_first(&self) -> bool {
        let no_day_first = self.day_first.is_empty();
        let has_other_forms = self.other_forms || self.late_cells;
        let short_years = self.short_years > 1 || (self.short_years == 1 && !has_other_forms);
        let texts_are = no_day_first && (!self.both_ways.is_empty() || short_years);
        let mostly = self.month_first.count >= self.day_first.count && !self.late_cells;
        let cells_are = !self.early_cells.is_empty() && (no_day_first || mostly);
        let are_slips = self.month_first.count < self.late;
        !self.month_first.is_empty() && !are_slips && (texts_are || cells_are)
    }

    fn warning(&self, column: &str) -> Option<String> {
        let cells = &self.early_cells;
        let is_one_way = self.day_first.is_empty() && (self.month_first.is_empty() || self.late == 0);
        if cells.is_empty() || is_one_way || self.is_month_first() {
            None
        } else if !self.month_first.is_empty() {
            let others = if self.day_first.is_empty() {
                "others are date cells of later days".to_owned()
            } else {
                format!("others with the day first ({})", self.day_first)
            };
            Some(format!(
                "{column}: some dates are written with the month before the day ({}), {others}: look \
                 whether day and month are swapped in the date cells up to the 12th ({cells})",
                self.month_first
            ))
        } else if self.both_ways.is_empty() && !self.late_cells {
            // A day-first list looks like that in a program set to American dates, and so does one in which a few dates
            // were typed as text.
            Some(format!(
                "{column}: the dates up to the 12th are date cells ({cells}), the later ones text: if the list was opened in \
                 a program that expects the month first, their day and month are swapped"
            ))
        } else {
            None
        }
    }

    /// Names up to three rows: first such that give the month away, then those whose date would be swapped.
    fn problem(&self, column: &str) -> FileProblem {
        let certain = self.month_first.first(ROWS_NAMED - 1);
        let swapped = if self.both_ways.is_empty() { &self.early_cells } else { &self.both_ways };
        let swapped = swapped.first(ROWS_NAMED - certain.count);
        let others = if swapped.is_empty() {
            String::new()
        } else {
            format!(". Others, such as {swapped}, would be read with day and month swapped")
        };
        let have = if self.month_first.count < ROWS_NAMED {
            format!("If that is a slip of {certain} alone, correct it there. Otherwise have")
        } else {
            "Have".to_owned()
        };
        FileProblem {
            problem: format!(
                "the dates in the column \"{column}\" are written with the month before the day: see {certain}{others}"
            ),
            how_to_fix: format!(
                "{have} the list written with the day first, or open it in a program that is set to American dates and save \
                 it as a workbook there (in Google Sheets: File, Settings, Locale, before the list is imported). Check that the \
                 dates are right, and drop the file again."
            ),
        }
    }
}

wire::debug_only!(SheetEvidence { dates, hidden });
