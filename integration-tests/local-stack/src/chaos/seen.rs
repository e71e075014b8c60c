//! What is there at the end: the API's state, the ledger's runs, and the summaries as a person would open them.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result};
use calamine::{Data, Range, Reader as _, Xlsx, open_workbook};
use chrono::DateTime;
use feeds::{Feed, Outcome};
use simulators::google::{Direction, FileState};
use simulators::here_to_help;

use super::posting;
use crate::Stack;

/// Everything that the verdict looks at.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What Here to Help holds.
    pub api: here_to_help::State,
    /// The ledger's runs.
    pub runs: Vec<SeenRun>,
    /// The spreadsheets in the outbound folders.
    pub summaries: Vec<Summary>,
    /// Where posting stands.
    pub posting: posting::State,
    /// What the functions told of it.
    pub told: posting::Told,
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
    /// What became of it.
    pub outcome: Outcome,
    /// Whether a reason is given.
    pub has_reason: bool,
}

impl Seen {
    /// Looks at a stack.
    pub async fn look(stack: &Stack) -> Result<Self> {
        let api = stack.here_to_help.as_ref().context("chaos needs the stack's own simulator")?.state();
        let mut runs = Vec::new();
        for feed in feeds::all() {
            for run in stack.ledger.runs(feed, DateTime::UNIX_EPOCH).await? {
                let totals = stack.ledger.progress(&run).await?.totals(&run);
                let totals = totals.into_iter().filter(|(_, rows)| *rows > 0).collect();
                runs.push(SeenRun { id: run.id.to_string(), feed, file: run.file_name, totals });
            }
        }
        let files = stack.google.state().context("cannot look into the folders")?.files;
        let outbound = files.iter().filter(|file| file.folder.direction == Direction::Outbound && !file.trashed);
        let summaries = outbound.map(summary).collect::<Result<_>>()?;
        let (posting, told) = (posting::State::look(stack).await?, posting::Told::read(stack)?);
        Ok(Self { api, runs, summaries, posting, told })
    }
}

fn summary(file: &FileState) -> Result<Summary> {
    let property = |name| file.properties.get(name).cloned().unwrap_or_default();
    let seen = Summary { run: property("run"), kind: property("kind"), ..Summary::default() };
    let what = || format!("the summary {} cannot be read", file.name);
    read(&file.path, seen).with_context(what)
}

fn read(path: &Path, mut seen: Summary) -> Result<Summary> {
    // A summary that was made and not filled is an empty file: it holds no tab.
    if std::fs::metadata(path)?.len() == 0 {
        return Ok(seen);
    }
    let mut book: Xlsx<_> = open_workbook(path)?;
    for tab in book.sheet_names() {
        let cells = book.worksheet_range(&tab)?;
        match tab.as_str() {
            "summary" => seen.counts = counts(&cells),
            "hackney_cases" | "city_cases" => seen.lines.extend(lines(&cells, None)),
            "skipped" => seen.lines.extend(lines(&cells, Some(Outcome::Skipped))),
            _ => {}
        }
    }
    Ok(seen)
}

/// The counts by outcome; none where one of them or the total is missing or wrong.
fn counts(cells: &Range<Data>) -> Option<BTreeMap<Outcome, u64>> {
    let value = |label: &str| {
        let row = cells.rows().find(|row| row.first().is_some_and(|cell| *cell == label))?;
        u64::from_str(&row.get(1)?.to_string()).ok()
    };
    let mut counts = BTreeMap::new();
    for outcome in Outcome::ALL {
        counts.insert(outcome, value(outcome.as_str())?);
    }
    (counts.values().sum::<u64>() == value("total")?)
        .then(|| counts.into_iter().filter(|(_, rows)| *rows > 0).collect())
}

/// The rows of a tab, of an outcome that the tab stands for where it has no column for it.
fn lines(cells: &Range<Data>, stands_for: Option<Outcome>) -> Vec<Line> {
    let mut rows = cells.rows();
    let header: Vec<String> = rows.next().into_iter().flatten().map(ToString::to_string).collect();
    // The sheet's own columns come first; what became of the row stands in the last of a name.
    let place = |name: &str| header.iter().rposition(|column| column == name);
    let (row, status, reason) = (place("source_row"), place("status"), place("reason"));
    let cell = |cells: &[Data], place: Option<usize>| place.and_then(|place| cells.get(place)).map(ToString::to_string);
    let line = |cells: &[Data]| {
        let status = cell(cells, status);
        let outcome =
            stands_for.or_else(|| Outcome::ALL.into_iter().find(|one| Some(one.as_str()) == status.as_deref()));
        let has_reason = cell(cells, reason).is_some_and(|reason| !reason.trim().is_empty());
        Some(Line { row: cell(cells, row)?.parse().ok()?, outcome: outcome?, has_reason })
    };
    rows.filter_map(line).collect()
}
