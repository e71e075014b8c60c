//! The watch for columns that are written month first (docs/contract/feeds.md, Values): the dates up to the 12th would be
//! swapped without a word, so such a file is rejected whole.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::date;
use crate::decision::FileProblem;

const MONTHS: RangeInclusive<u32> = 1..=12;
const LATER_DAYS: RangeInclusive<u32> = 13..=31;

/// How many rows the message names.
const ROWS_NAMED: usize = 3;

/// What was seen of each date column so far: flags and row numbers, no personal data. Goes into the splitter's checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateEvidence(BTreeMap<String, ColumnEvidence>);

/// What was seen of one column: the first rows of each kind are enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ColumnEvidence {
    /// Rows that can only be month first, such as 03/25/1980.
    month_first: Vec<u32>,
    /// Rows that can be read both ways, such as 03/04/1980.
    both_ways: Vec<u32>,
    /// Whether some row can only be day first, such as 25/03/1980.
    day_first: bool,
}

impl DateEvidence {
    /// Takes in one cell of a date column, by the name that the header shows.
    pub(crate) fn note(&mut self, column: &str, row: u32, text: &str) {
        let Some((first, second)) = date::numbers_before_year(text) else { return };
        if !self.0.contains_key(column) {
            self.0.insert(column.to_owned(), ColumnEvidence::default());
        }
        if let Some(evidence) = self.0.get_mut(column) {
            evidence.note(first, second, row);
        }
    }

    /// The columns that are month first.
    pub(crate) fn problems(&self) -> Vec<FileProblem> {
        self.0.iter().filter(|(_, evidence)| evidence.is_month_first()).map(|(name, seen)| seen.problem(name)).collect()
    }
}

impl ColumnEvidence {
    fn note(&mut self, first: u32, second: u32, row: u32) {
        if MONTHS.contains(&first) && LATER_DAYS.contains(&second) {
            keep(&mut self.month_first, row);
        } else if MONTHS.contains(&first) && MONTHS.contains(&second) && first != second {
            keep(&mut self.both_ways, row);
        } else if LATER_DAYS.contains(&first) && MONTHS.contains(&second) {
            self.day_first = true;
        }
    }

    fn is_month_first(&self) -> bool {
        !self.month_first.is_empty() && !self.both_ways.is_empty() && !self.day_first
    }

    /// Names up to three rows: first such that give the month away, and at least one whose date would be swapped.
    fn problem(&self, column: &str) -> FileProblem {
        let certain = &self.month_first[..self.month_first.len().min(ROWS_NAMED - 1)];
        let swapped = &self.both_ways[..self.both_ways.len().min(ROWS_NAMED - certain.len())];
        FileProblem {
            problem: format!(
                "the dates in the column \"{column}\" are written with the month before the day: see {}. \
                 Others, such as {}, would be read with day and month swapped",
                rows(certain),
                rows(swapped)
            ),
            how_to_fix:
                "In Google Sheets choose File, Settings, Locale: United Kingdom, check that the dates now show the \
                         day first, and drop the file again."
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
