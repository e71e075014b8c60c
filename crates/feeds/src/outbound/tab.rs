//! A tab of a spreadsheet: its columns, and which rows it takes.

use std::collections::BTreeMap;

use super::columns::{self, OutColumn, RowResult};
use super::look::{self, Look};
use crate::feed::Feed;
use crate::header::Header;
use crate::settlement::Outcome;

/// The tab whose rows people correct; a spreadsheet that has it is read there when it is dropped again.
pub const TO_FIX: &str = "to_fix";

const SUMMARY: &str = "summary";

/// How many columns stay in sight at most: more would leave a small screen no room for the others.
const MOST_IN_SIGHT: usize = 6;

/// One spreadsheet of a summary.
#[derive(Clone, Debug)]
pub struct Spreadsheet {
    /// `processed`, `hackney`, `city`, `rejected` or `cancelled`: with the run and the part what the file is found again by.
    pub kind: &'static str,
    /// The name of the file where it is not in parts (see [`Parts`](super::Parts)).
    pub name: String,
    /// The tabs in their order.
    pub tabs: Vec<Tab>,
}

/// A tab, with a header line unless it is the summary.
#[derive(Clone, Debug)]
pub struct Tab {
    /// The name on the tab.
    pub name: &'static str,
    columns: Vec<OutColumn>,
    /// The rows that it lists, by how they ended.
    takes: fn(Outcome) -> bool,
    /// Of these only the rows of one council.
    pub(super) cases: Option<Cases>,
    /// How many of its first columns stay in sight.
    in_sight: usize,
}

/// A council's rows; for the lists of people to write to, only those with some cells filled and some blank.
#[derive(Clone, Debug)]
pub(super) struct Cases {
    pub(super) council: Council,
    /// Where the sheet names the council.
    pub(super) utla: Option<usize>,
    pub(super) filled: Vec<Option<usize>>,
    pub(super) blank: Vec<Option<usize>>,
}

impl Tab {
    pub(super) fn new(name: &'static str, columns: Vec<OutColumn>, takes: fn(Outcome) -> bool) -> Self {
        Self { name, columns, takes, cases: None, in_sight: 0 }
    }

    /// The tab that opens first, though it is not the first in order.
    pub(super) fn summary() -> Self {
        Self::new(SUMMARY, Vec::new(), |_| false)
    }

    /// The rejected and failed rows, ready to be corrected and dropped again: all the sheet's own columns first.
    pub(super) fn to_fix(header: &Header) -> Self {
        let columns = [columns::own(header), columns::added(&columns::WHAT_TO_FIX)].concat();
        Self::new(TO_FIX, columns, |outcome| matches!(outcome, Outcome::Rejected | Outcome::Failed))
    }

    /// True if this tab holds the lines of [`super::summary_tab`] and no rows. It is the one that opens first.
    pub fn is_summary(&self) -> bool {
        self.name == SUMMARY
    }

    /// True if people write into this tab: the rows to correct.
    pub fn is_to_fix(&self) -> bool {
        self.name == TO_FIX
    }

    /// The header line; empty for the summary.
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// How many of its first columns stay in sight beside the others: up to the last one that tells who a row is about, if
    /// that is among the first few.
    pub fn in_sight(&self) -> usize {
        self.in_sight
    }

    /// With the columns in sight by which this feed knows people.
    pub(super) fn with_people_in_sight(mut self, feed: &Feed) -> Self {
        let first = self.columns.iter().take(MOST_IN_SIGHT);
        self.in_sight =
            first.enumerate().filter(|(_, column)| column.identifies(feed)).map(|(at, _)| at + 1).max().unwrap_or(0);
        self
    }

    pub(super) fn width(&self) -> u64 {
        self.columns.len() as u64
    }

    /// The line that the row adds, and its look; none if the tab does not list it.
    pub(super) fn line(&self, row: &RowResult) -> Option<(Vec<String>, Look)> {
        let is_listed =
            (self.takes)(row.settlement.outcome) && self.cases.as_ref().is_none_or(|cases| cases.include(row));
        is_listed.then(|| (self.columns.iter().map(|column| column.cell(row)).collect(), self.look(row)))
    }

    fn look(&self, row: &RowResult) -> Look {
        let settlement = &row.settlement;
        if self.is_to_fix() {
            return Look::ToFix(look::marks(&self.columns(), &settlement.reason, &settlement.how_to_fix));
        }
        match self.columns.iter().rposition(|column| column.name == columns::STATUS.0) {
            Some(status) => Look::Case { outcome: settlement.outcome, status },
            None => Look::Plain,
        }
    }

    pub(super) fn rows_at_most(&self, settled: &BTreeMap<Outcome, u64>) -> u64 {
        settled.iter().filter(|(outcome, _)| (self.takes)(**outcome)).map(|(_, rows)| rows).sum()
    }
}

impl Cases {
    fn include(&self, row: &RowResult) -> bool {
        let cell = |place: &Option<usize>| {
            let text = place.and_then(|place| row.cells.get(place)).map_or("", String::as_str);
            text.trim()
        };
        Council::of(cell(&self.utla)) == Some(self.council)
            && self.filled.iter().all(|place| !cell(place).is_empty())
            && self.blank.iter().all(|place| cell(place).is_empty())
    }
}

/// A council, by the column UTLA of contact tracing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Council {
    Hackney,
    City,
}

impl Council {
    /// The council that the cell names, trimmed and in any case; none for another one.
    pub(crate) fn of(utla: &str) -> Option<Self> {
        match utla.trim().to_lowercase().as_str() {
            "hackney" => Some(Self::Hackney),
            "city of london" | "cityoflondon" => Some(Self::City),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_council_is_known_by_its_names_in_any_case() {
        for hackney in ["Hackney", "Hackney ", "HACKNEY"] {
            assert_eq!(Council::of(hackney), Some(Council::Hackney), "{hackney}");
        }
        for city in ["City of London", "CityofLondon", " city of london"] {
            assert_eq!(Council::of(city), Some(Council::City), "{city}");
        }
        for other in ["", "Hackney and City of London", "Islington", "City"] {
            assert_eq!(Council::of(other), None, "{other}");
        }
    }
}
