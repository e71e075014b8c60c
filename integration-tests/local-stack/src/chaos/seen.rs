//! The state at the end: the API's state, the ledger's runs, and the summaries as a person would open them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::DateTime;
use feeds::{Feed, Outcome};
use simulators::desk::Desk;
use simulators::here_to_help::{self, Touch};

use super::posting;
use crate::Stack;
use crate::summaries::{self, Book};

/// Everything that the verdict looks at.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The state of Here to Help.
    pub api: here_to_help::State,
    /// The ledger's runs.
    pub runs: Vec<SeenRun>,
    /// The spreadsheets in the outbound folders.
    pub summaries: Vec<Summary>,
    /// Where posting stands.
    pub posting: posting::State,
    /// The functions' log of it.
    pub told: posting::Told,
    /// What staff corrected.
    pub desk: Desk,
    /// What calls to the API saw of residents and wrote to them.
    pub touches: Vec<Touch>,
}

/// A run as the ledger has it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenRun {
    /// Its id.
    pub id: String,
    /// Its feed.
    pub feed: &'static Feed,
    /// The file's name.
    pub file: String,
    /// Rows by outcome.
    pub totals: BTreeMap<Outcome, u64>,
}

/// A spreadsheet of a run's summary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The run's id.
    pub run: String,
    /// Which of the run's spreadsheets.
    pub kind: String,
    /// The counts of the tab `summary`; none where it has no such tab, or no counts in it.
    pub counts: Option<BTreeMap<Outcome, u64>>,
    /// The rows that it lists.
    pub lines: Vec<Line>,
}

/// A row in a summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The row's number in the sheet.
    pub row: u32,
    /// Its outcome.
    pub outcome: Outcome,
    /// A reason is given.
    pub has_reason: bool,
    /// The warnings, in one text.
    pub warnings: String,
}

impl Seen {
    /// Looks at a stack, at whose desk staff sat.
    pub async fn look(stack: &Stack, desk: Desk) -> Result<Self> {
        let api = stack.here_to_help.as_ref().context("chaos needs the stack's own simulator")?;
        let (api, touches) = (api.state(), api.touches());
        let mut runs = Vec::new();
        for feed in feeds::all() {
            for run in stack.ledger.runs(feed, DateTime::UNIX_EPOCH).await? {
                let totals = stack.ledger.progress(&run).await?.totals(&run);
                let totals = totals.into_iter().filter(|(_, rows)| *rows > 0).collect();
                runs.push(SeenRun { id: run.id.to_string(), feed, file: run.file_name, totals });
            }
        }
        let summaries = summaries::all(stack)?.iter().map(summary).collect();
        let (posting, told) = (posting::State::look(stack).await?, posting::Told::read(stack)?);
        Ok(Self { api, runs, summaries, posting, told, desk, touches })
    }
}

fn summary(book: &Book) -> Summary {
    let mut seen = Summary { run: book.run.clone(), kind: book.kind.clone(), ..Summary::default() };
    for (tab, cells) in &book.tabs {
        match tab.as_str() {
            "summary" => seen.counts = counts(cells),
            "hackney_cases" | "city_cases" => seen.lines.extend(lines(cells, None)),
            "skipped" => seen.lines.extend(lines(cells, Some(Outcome::Skipped))),
            _ => {}
        }
    }
    seen
}

/// The counts by outcome; none where one of them or the total is missing or wrong.
fn counts(cells: &[Vec<String>]) -> Option<BTreeMap<Outcome, u64>> {
    let value = |label: &str| {
        let row = cells.iter().find(|row| row.first().is_some_and(|cell| cell == label))?;
        row.get(1)?.parse::<u64>().ok()
    };
    let mut counts = BTreeMap::new();
    for &outcome in Outcome::ALL {
        counts.insert(outcome, value(outcome.as_str())?);
    }
    (counts.values().sum::<u64>() == value("total")?)
        .then(|| counts.into_iter().filter(|(_, rows)| *rows > 0).collect())
}

/// The rows of a tab, of an outcome that the tab stands for where it has no column for it.
fn lines(cells: &[Vec<String>], stands_for: Option<Outcome>) -> Vec<Line> {
    let Some((header, rows)) = cells.split_first() else { return Vec::new() };
    // The sheet's own columns come first; what became of the row stands in the last of a name.
    let place = |name: &str| header.iter().rposition(|column| column == name);
    let (row, status, reason, warnings) = (place("source_row"), place("status"), place("reason"), place("warnings"));
    let line = |cells: &Vec<String>| {
        let cell = |place: Option<usize>| place.and_then(|place| cells.get(place)).map(String::as_str);
        let status = cell(status);
        let outcome = stands_for.or_else(|| status?.parse().ok());
        let has_reason = cell(reason).is_some_and(|reason| !reason.trim().is_empty());
        let warnings = cell(warnings).unwrap_or_default().to_owned();
        Some(Line { row: cell(row)?.parse().ok()?, outcome: outcome?, has_reason, warnings })
    };
    rows.iter().filter_map(line).collect()
}
