//! The spreadsheets of a run's summary.

use chrono::NaiveDate;

use super::columns::{self, RowResult};
use super::contact_tracing;
use super::parts::Spreadsheet;
use super::tab::Tab;
use crate::feed::{Feed, IdColumn, SummaryShape};
use crate::header::Header;

/// The layout of a run's summary: known before its first row is written.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The spreadsheets, in order.
    pub spreadsheets: Vec<Spreadsheet>,
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
}

impl Layout {
    /// The summary of a file of this feed. `date` is the London date on which the run was claimed
    /// (`Rules::as_of`), `inbound_name` the file's whole name as Drive shows it.
    pub fn of(feed: &Feed, header: &Header, inbound_name: &str, date: NaiveDate) -> Self {
        let file = format!("{inbound_name}_{date}");
        let spreadsheets = match feed.summary {
            SummaryShape::Processed { ids } => vec![processed(ids, header, &file)],
            SummaryShape::ContactTracing => contact_tracing::spreadsheets(header, &file),
        };
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
                placed.extend(lines.line(row).map(|cells| Placed { spreadsheet, tab, cells }));
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

wire::debug_only!(Placed { spreadsheet, tab });
