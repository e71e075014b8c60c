//! A spreadsheet of a summary. One that is too large for one file goes out in parts.

use std::collections::BTreeMap;

use super::tab::Tab;
use crate::settlement::Outcome;

/// How many cells one Google Sheet may have, all tabs together.
pub const CELLS_PER_SPREADSHEET: u64 = 10_000_000;

/// Kept free in every part for the tab `summary`.
const CELLS_FOR_SUMMARY: u64 = 1_000;

/// One spreadsheet of a summary.
#[derive(Clone, Debug)]
pub struct Spreadsheet {
    /// `processed`, `hackney`, `city`, `rejected` or `cancelled`: with the run and the part what the file is found again by.
    pub kind: &'static str,
    /// The name of the file where it is not in parts (see [`Parts`]).
    pub name: String,
    /// The tabs in their order.
    pub tabs: Vec<Tab>,
}

/// Which rows of a run go into which part of a spreadsheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    rows_per_part: u64,
    count: u64,
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
