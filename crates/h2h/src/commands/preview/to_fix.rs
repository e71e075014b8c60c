//! `--to-fix`: the rows to correct, in the form of the summary's tab.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::NaiveDate;
use feeds::{Decision, Feed, FileProblem, Header, Judged, Layout, Problem, RowResult, Settlement, SheetEvidence};
use sheets::{Workbook, WriteError};

use super::doubles::Doubles;
use super::view::{Counts, View};

/// The name of the summary's tab.
const TAB: &str = "to_fix";

/// Writes the rows to correct beside what another view shows.
pub(super) struct ToFix<'a> {
    shown: Box<dyn View + 'a>,
    path: PathBuf,
    file: File,
    feed: &'static Feed,
    as_of: NaiveDate,
    sheet: Option<Sheet>,
}

struct Sheet {
    layout: Layout,
    book: Workbook,
    tab: usize,
}

impl<'a> ToFix<'a> {
    /// Makes the file; one that is there already stays as it is.
    pub(super) fn new(
        shown: Box<dyn View + 'a>,
        path: &Path,
        feed: &'static Feed,
        as_of: NaiveDate,
    ) -> anyhow::Result<Self> {
        let file = File::create_new(path)
            .with_context(|| format!("cannot write {}: name a file that is not there", path.display()))?;
        Ok(Self { shown, path: path.to_owned(), file, feed, as_of, sheet: None })
    }

    /// Nothing is to be corrected row by row: no file is left behind.
    fn leave_nothing(&self) -> io::Result<()> {
        std::fs::remove_file(&self.path)
    }
}

impl View for ToFix<'_> {
    fn header(&mut self, header: &Header, tab_read: Option<&str>) -> io::Result<()> {
        let layout = Layout::of(self.feed, header, "", self.as_of);
        let tabs = layout.spreadsheets.iter().flat_map(|spreadsheet| &spreadsheet.tabs);
        if let Some(tab) = tabs.into_iter().find(|tab| tab.name == TAB) {
            let columns: Vec<String> = tab.columns().into_iter().map(ToOwned::to_owned).collect();
            let mut book = Workbook::default();
            let tab = book.add_tab(TAB, &columns, true).map_err(broken)?;
            self.sheet = Some(Sheet { layout, book, tab });
        }
        self.shown.header(header, tab_read)
    }

    fn row(&mut self, judged: &Judged) -> io::Result<()> {
        if let (Decision::Rejected { problems }, Some(sheet)) = (&judged.decision, &mut self.sheet) {
            sheet.push(&result(judged, problems)).map_err(broken)?;
        }
        self.shown.row(judged)
    }

    fn accepted(&mut self, counts: &Counts, doubles: &Doubles, sheet: &SheetEvidence) -> io::Result<()> {
        match self.sheet.take().filter(|_| counts.to_fix > 0) {
            Some(to_fix) => to_fix.book.save(&mut self.file).map_err(broken)?,
            None => self.leave_nothing()?,
        }
        self.shown.accepted(counts, doubles, sheet)
    }

    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()> {
        self.leave_nothing()?;
        self.shown.rejected(problems)
    }
}

impl Sheet {
    fn push(&mut self, row: &RowResult) -> Result<(), WriteError> {
        for line in self.layout.place(row) {
            if self.layout.spreadsheets[line.spreadsheet].tabs[line.tab].name == TAB {
                self.book.push(self.tab, &line.cells)?;
            }
        }
        Ok(())
    }
}

/// The result that the summary would show for the row.
fn result(judged: &Judged, problems: &[Problem]) -> RowResult {
    RowResult {
        row: judged.row,
        cells: judged.cells.clone(),
        warnings: judged.warnings.clone(),
        help_request_id: None,
        settlement: Settlement::rejected(problems),
    }
}

fn broken(error: WriteError) -> io::Error {
    io::Error::other(error)
}
