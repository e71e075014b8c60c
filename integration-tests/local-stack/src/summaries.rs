//! Summaries in the outbound folders, read as a spreadsheet program would.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use calamine::{Data, Reader, Xlsx, open_workbook};
use ledger::RunId;
use simulators::google::{Direction, FileState};

use crate::Stack;

/// One spreadsheet of a run's summary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// The run's id.
    pub run: String,
    /// Which of the run's spreadsheets.
    pub kind: String,
    /// Its name in Drive.
    pub name: String,
    /// Its tabs in their order, each with all its lines. One that was made and not filled has none.
    pub tabs: Vec<(String, Vec<Vec<String>>)>,
}

/// A line of a tab, by the names of its columns.
pub type Line = BTreeMap<String, String>;

impl Book {
    /// All lines of a tab, its header first.
    ///
    /// # Panics
    /// Where there is no such tab: tests ask for those that must be there.
    pub fn tab(&self, name: &str) -> &[Vec<String>] {
        let tab = self.tabs.iter().find(|(tab, _)| tab == name);
        &tab.unwrap_or_else(|| panic!("no tab {name} in {}", self.name)).1
    }

    /// The lines of a tab below its header.
    ///
    /// # Panics
    /// As [`Book::tab`], and where there is no header.
    pub fn lines(&self, tab: &str) -> Vec<Line> {
        let (header, lines) = self.tab(tab).split_first().expect("a header");
        let line = |cells: &Vec<String>| header.iter().cloned().zip(cells.iter().cloned()).collect();
        lines.iter().map(line).collect()
    }

    /// All of it, a row a line.
    pub fn text(&self) -> String {
        self.tabs.iter().flat_map(|(_, rows)| rows).map(|row| row.join(" | ") + "\n").collect()
    }
}

/// Every spreadsheet in the outbound folders.
///
/// # Errors
/// One that cannot be opened, and one with a cell that is not text.
pub fn all(stack: &Stack) -> Result<Vec<Book>> {
    let files = stack.google.state().context("cannot look into the folders")?.files;
    let outbound = files.iter().filter(|file| file.folder.direction == Direction::Outbound && !file.trashed);
    outbound.map(|file| read(file).with_context(|| format!("the summary {} cannot be read", file.name))).collect()
}

/// A run's spreadsheets by their kind.
///
/// # Errors
/// As [`all`]; and two of one kind.
pub fn of(stack: &Stack, run: &RunId) -> Result<BTreeMap<String, Book>> {
    let mut books = BTreeMap::new();
    for book in all(stack)?.into_iter().filter(|book| book.run == run.as_str()) {
        if let Some(other) = books.insert(book.kind.clone(), book) {
            bail!("run {run} has two summaries of the kind {}", other.kind);
        }
    }
    Ok(books)
}

fn read(file: &FileState) -> Result<Book> {
    let property = |name: &str| file.properties.get(name).cloned().unwrap_or_default();
    let mut book = Book { run: property("run"), kind: property("kind"), name: file.name.clone(), ..Book::default() };
    // One that was made and not filled is an empty file: it holds no tab.
    if std::fs::metadata(&file.path)?.len() == 0 {
        return Ok(book);
    }
    let mut workbook: Xlsx<_> = open_workbook(&file.path)?;
    for tab in workbook.sheet_names() {
        ensure!(workbook.worksheet_formula(&tab)?.is_empty(), "the tab {tab} has a formula");
        let cells = workbook.worksheet_range(&tab)?;
        let lines = cells.rows().map(|row| row.iter().map(text).collect()).collect::<Result<_>>();
        book.tabs.push((tab.clone(), lines.with_context(|| format!("in the tab {tab}"))?));
    }
    Ok(book)
}

fn text(cell: &Data) -> Result<String> {
    match cell {
        Data::Empty => Ok(String::new()),
        Data::String(text) => Ok(text.clone()),
        other => bail!("a cell that is no text: {other:?}"),
    }
}
