//! The columns of a tab: where each takes its cell from.

use crate::clean::is_same;
use crate::feed::{Feed, IdColumn};
use crate::header::Header;
use crate::settlement::{Outcome, Settlement};

/// A settled row, to be shown in the summary.
#[derive(Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the header's order; missing ones count as blank.
    pub cells: Vec<String>,
    /// Warnings of what was left out or looks odd.
    pub warnings: Vec<String>,
    /// The help request's number, where it is known.
    pub help_request_id: Option<i64>,
    /// How it ended.
    pub settlement: Settlement,
}

impl RowResult {
    /// What keeps the row back; of a rejected one also what would be left out or looks odd once that is put right.
    fn problem(&self) -> String {
        let reason = std::iter::once(self.settlement.reason.as_str());
        let is_rejected = self.settlement.outcome == Outcome::Rejected;
        let warnings = self.warnings.iter().filter(|_| is_rejected).map(String::as_str);
        reason.chain(warnings).collect::<Vec<_>>().join("; ")
    }
}

/// A column of a tab.
#[derive(Clone, Debug)]
pub(super) struct OutColumn {
    pub(super) name: String,
    source: Source,
}

/// Where a column takes its cell from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// The sheet's own cell at this place; none where the sheet has no such column.
    Sheet(Option<usize>),
    Result(Cell),
}

type Cell = fn(&RowResult) -> String;

pub(super) const SOURCE_ROW: (&str, Cell) = ("source_row", |row| row.row.to_string());
pub(super) const REASON: (&str, Cell) = ("reason", |row| row.settlement.reason.clone());
const HOW_TO_FIX: (&str, Cell) = ("how_to_fix", |row| row.settlement.how_to_fix.clone());
pub(super) const STATUS: (&str, Cell) = ("status", |row| row.settlement.outcome.to_string());
const WARNINGS: (&str, Cell) = ("warnings", |row| row.warnings.join("; "));

/// The columns that follow the known ones of every tab that lists people.
pub(super) const WHAT_BECAME_OF_IT: [(&str, Cell); 5] = [SOURCE_ROW, STATUS, REASON, HOW_TO_FIX, WARNINGS];

/// The columns that follow the sheet's own ones in `to_fix`. A sheet of corrections has columns of its own beside them, such as
/// a `status`: the row's number has another name than in the other tabs, by which such columns are taken for ours.
pub(super) const WHAT_TO_FIX: [(&str, Cell); 3] =
    [("row_in_sheet", SOURCE_ROW.1), ("problem", RowResult::problem), HOW_TO_FIX];

/// The ids that Here to Help gave.
const IDS: [&str; 3] = ["resident_id", "help_request_id", "cev_case_added_id"];

/// Columns of our own summaries, beside the ids, that nobody else has.
const OURS: [&str; 3] = ["source_row", "row_in_sheet", "how_to_fix"];

/// Columns of our own summaries that a sheet may well have by itself: ours where the other column is there too.
const OURS_BESIDE: [(&str, &str); 4] =
    [("problem", "how_to_fix"), ("status", "source_row"), ("reason", "source_row"), ("warnings", "source_row")];

impl OutColumn {
    /// True if it tells who the row is about: a name, or an id of the sheet's or of Here to Help's.
    pub(super) fn identifies(&self, feed: &Feed) -> bool {
        match self.source {
            Source::Sheet(_) => feed.columns.iter().any(|known| {
                (known.field.is_name() || known.field.is_one_persons()) && is_same(known.name, &self.name)
            }),
            Source::Result(_) => IDS.contains(&self.name.as_str()),
        }
    }

    pub(super) fn cell(&self, row: &RowResult) -> String {
        match self.source {
            Source::Sheet(place) => place.and_then(|place| row.cells.get(place)).cloned().unwrap_or_default(),
            Source::Result(cell) => cell(row),
        }
    }
}

/// The sheet's columns of these names, under these names.
pub(super) fn named(header: &Header, names: &[&str]) -> Vec<OutColumn> {
    let source = |name| Source::Sheet(place(header, name));
    names.iter().map(|name| OutColumn { name: (*name).to_owned(), source: source(name) }).collect()
}

/// All the sheet's own columns in its order. Those of an earlier summary, dropped again, are not carried twice.
pub(super) fn own(header: &Header) -> Vec<OutColumn> {
    let own = (0..).zip(&header.columns).filter(|(_, name)| !is_ours(header, name));
    own.map(|(place, name)| OutColumn { name: name.clone(), source: Source::Sheet(Some(place)) }).collect()
}

fn is_ours(header: &Header, name: &str) -> bool {
    let beside = |(ours, other): &(&str, &str)| is_same(name, ours) && place(header, other).is_some();
    IDS.iter().chain(&OURS).any(|ours| is_same(name, ours)) || OURS_BESIDE.iter().any(beside)
}

pub(super) fn ids(ids: &[IdColumn]) -> Vec<OutColumn> {
    let column = |id: &IdColumn| -> (&str, Cell) {
        match id {
            IdColumn::Resident => (IDS[0], |row| shown(row.settlement.resident_id)),
            IdColumn::HelpRequest => (IDS[1], |row| shown(row.help_request_id)),
            IdColumn::FollowUp => (IDS[2], |row| shown(row.settlement.follow_up_id)),
        }
    };
    added(&ids.iter().map(column).collect::<Vec<_>>())
}

fn shown(id: Option<i64>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// Columns that no sheet brings along.
pub(super) fn added(columns: &[(&str, Cell)]) -> Vec<OutColumn> {
    let column = |(name, cell): &(&str, Cell)| OutColumn { name: (*name).to_owned(), source: Source::Result(*cell) };
    columns.iter().map(column).collect()
}

/// Where the sheet has the column of this name.
pub(super) fn place(header: &Header, name: &str) -> Option<usize> {
    header.columns.iter().position(|shown| is_same(shown, name))
}

wire::debug_only!(RowResult { row, settlement });
