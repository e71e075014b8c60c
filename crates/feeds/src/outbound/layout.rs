//! The spreadsheets of a run's summary. One that is too large for one file goes out in parts.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::columns::{self, RowResult};
use super::contact_tracing;
use super::look::Look;
use super::named;
use super::tab::{Spreadsheet, Tab};
use crate::feed::{Feed, IdColumn, SummaryShape};
use crate::header::Header;
use crate::settlement::Outcome;

/// How many cells one Google Sheet may have, all tabs together.
pub const CELLS_PER_SPREADSHEET: u64 = 10_000_000;

/// Kept free in every part for the tab `summary`.
const CELLS_FOR_SUMMARY: u64 = 1_000;

/// The layout of a run's summary: known before its first row is written.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The spreadsheets, in order.
    pub spreadsheets: Vec<Spreadsheet>,
}

/// Which rows of a run go into which part of a spreadsheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    rows_per_part: u64,
    count: u64,
}

/// A line that a row adds to a tab.
#[derive(Clone, PartialEq, Eq)]
pub struct Placed {
    /// Which of [`Layout::spreadsheets`].
    pub spreadsheet: usize,
    /// Which of its tabs.
    pub tab: usize,
    /// One cell for each column of the tab.
    pub cells: Vec<String>,
    /// What people shall see of it at once.
    pub look: Look,
}

impl Layout {
    /// The summary of a file of this feed. `date` is the London date on which the run was claimed
    /// (`Rules::as_of`), `inbound_name` the file's whole name as Drive shows it. Of a summary that is dropped again only the
    /// name of its list is taken.
    pub fn of(feed: &Feed, header: &Header, inbound_name: &str, date: NaiveDate) -> Self {
        let file = format!("{}_{date}", named::inbound(inbound_name));
        let mut spreadsheets = match feed.summary {
            SummaryShape::Processed { ids } => vec![processed(ids, header, &file)],
            SummaryShape::ContactTracing => contact_tracing::spreadsheets(header, &file),
        };
        for spreadsheet in &mut spreadsheets {
            let tabs = spreadsheet.tabs.drain(..).map(|tab| tab.with_people_in_sight(feed));
            spreadsheet.tabs = tabs.collect();
        }
        Self { spreadsheets }
    }

    /// The summary of a file, of any feed, that was rejected whole: nothing but the tab `summary`.
    pub fn rejected(inbound_name: &str, date: NaiveDate) -> Self {
        Self::without_rows("rejected", format!("REJECTED_{inbound_name}_{date}"))
    }

    /// The summary of a file that a person cancelled while it was read: nothing but the tab `summary` either.
    pub fn cancelled(inbound_name: &str, date: NaiveDate) -> Self {
        Self::without_rows("cancelled", format!("CANCELLED_{inbound_name}_{date}"))
    }

    fn without_rows(kind: &'static str, name: String) -> Self {
        Self { spreadsheets: vec![Spreadsheet { kind, name, tabs: vec![Tab::summary()] }] }
    }

    /// The lines that one row adds. Every row is in at most one line of a tab.
    pub fn place(&self, row: &RowResult) -> Vec<Placed> {
        let mut placed = Vec::new();
        for (spreadsheet, Spreadsheet { tabs, .. }) in self.spreadsheets.iter().enumerate() {
            for (tab, lines) in tabs.iter().enumerate() {
                placed.extend(lines.line(row).map(|(cells, look)| Placed { spreadsheet, tab, cells, look }));
            }
        }
        placed
    }
}

/// The summary of every feed but contact tracing: every row of the sheet with the ids that Here to Help gave, then its
/// own columns.
fn processed(ids: &[IdColumn], header: &Header, file: &str) -> Spreadsheet {
    let columns = [columns::ids(ids), columns::own(header), columns::added(&columns::WHAT_BECAME_OF_IT)].concat();
    let cases = Tab::new("hackney_cases", columns, |_| true);
    let tabs = vec![cases, Tab::summary(), Tab::to_fix(header)];
    Spreadsheet { kind: "processed", name: format!("PROCESSED_{file}"), tabs }
}

impl Parts {
    /// How many files there are; at least one.
    pub fn count(self) -> u64 {
        self.count
    }

    /// The part that the run's row belongs to, by its place among all rows of the run; both count from 0.
    pub fn of_row(self, place: u64) -> u64 {
        (place / self.rows_per_part).min(self.count - 1)
    }

    /// The file's name for one part, which counts from 0: `… (1 of 3)`, or as it is where there is only one.
    pub fn name(self, spreadsheet: &Spreadsheet, part: u64) -> String {
        match self.count {
            1 => spreadsheet.name.clone(),
            count => format!("{} ({} of {count})", spreadsheet.name, part + 1),
        }
    }
}

impl Spreadsheet {
    /// The parts in which a run goes out whose rows settled so. Outcomes that change later change the
    /// parts only where the spreadsheet is too large for one file.
    pub fn parts(&self, settled: &BTreeMap<Outcome, u64>) -> Parts {
        self.parts_within(CELLS_PER_SPREADSHEET, settled)
    }

    pub(super) fn parts_within(&self, limit: u64, settled: &BTreeMap<Outcome, u64>) -> Parts {
        let width: u64 = self.tabs.iter().map(|tab| tab.width()).sum();
        let free = limit.saturating_sub(CELLS_FOR_SUMMARY + width);
        let cells: u64 = self.tabs.iter().map(|tab| tab.width() * tab.rows_at_most(settled)).sum();
        let rows: u64 = settled.values().sum();
        if cells <= free {
            return Parts { rows_per_part: rows.max(1), count: 1 };
        }
        // In the worst case each row adds a line to every tab.
        let rows_per_part = (free / width.max(1)).max(1);
        Parts { rows_per_part, count: rows.div_ceil(rows_per_part).max(1) }
    }
}

wire::debug_only!(Placed { spreadsheet, tab });
