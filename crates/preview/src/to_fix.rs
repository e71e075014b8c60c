//! The rows to correct, in the form of the summary's tab.

use chrono::NaiveDate;
use feeds::{Decision, Feed, Header, Judged, Layout, Placed, RowResult, Settlement, TO_FIX, Tab};

/// The lines of a sheet with nothing but the rows to correct: to be corrected, and dropped.
pub struct ToFix {
    layout: Layout,
    spreadsheet: usize,
    tab: usize,
}

impl ToFix {
    /// The tab's name.
    pub const TAB: &str = TO_FIX;

    /// The form for sheets of this feed that have this header; none where the feed's summary has no such tab.
    pub fn of(feed: &Feed, header: &Header, as_of: NaiveDate) -> Option<Self> {
        let layout = Layout::of(feed, header, "", as_of);
        let mut places = (0..).zip(&layout.spreadsheets).flat_map(|(spreadsheet, book)| {
            (0..).zip(&book.tabs).filter(|(_, tab)| tab.is_to_fix()).map(move |(tab, _)| (spreadsheet, tab))
        });
        let (spreadsheet, tab) = places.next()?;
        Some(Self { layout, spreadsheet, tab })
    }

    /// The header line.
    pub fn columns(&self) -> Vec<String> {
        self.tab().columns().into_iter().map(ToOwned::to_owned).collect()
    }

    /// How many of its first columns stay in sight.
    pub fn in_sight(&self) -> usize {
        self.tab().in_sight()
    }

    /// The row's line, as the summary would show it; none where it need not be corrected.
    pub fn line(&self, judged: &Judged) -> Option<Placed> {
        let Decision::Rejected { problems } = &judged.decision else { return None };
        let row = RowResult {
            row: judged.row,
            cells: judged.cells.iter().map(ToString::to_string).collect(),
            warnings: judged.warnings.clone(),
            help_request_id: None,
            settlement: Settlement::rejected(problems),
        };
        let mut lines = self.layout.place(&row).into_iter();
        lines.find(|line| self.layout.spreadsheets[line.spreadsheet].tabs[line.tab].is_to_fix())
    }

    fn tab(&self) -> &Tab {
        &self.layout.spreadsheets[self.spreadsheet].tabs[self.tab]
    }
}
