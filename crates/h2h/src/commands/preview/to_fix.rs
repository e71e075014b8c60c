//! `--to-fix`: the rows to correct, in the form of the summary's tab.

use std::fs::File;

use feeds::{Decision, Header, Judged, Layout, RowResult, Settlement};
use sheets::Workbook;

use crate::command_prelude::*;

const TAB: &str = "to_fix";

/// A file of the rows to correct, beside what is shown.
pub(super) struct ToFix {
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

impl ToFix {
    /// Makes the file; one that is there already stays as it is.
    pub(super) fn new(path: &Path, feed: &'static Feed, as_of: NaiveDate) -> anyhow::Result<Self> {
        let file = File::create_new(path)
            .with_context(|| format!("cannot write {}: name a file that is not there", path.display()))?;
        Ok(Self { path: path.to_owned(), file, feed, as_of, sheet: None })
    }

    pub(super) fn header(&mut self, header: &Header) -> anyhow::Result<()> {
        let layout = Layout::of(self.feed, header, "", self.as_of);
        let mut tabs = layout.spreadsheets.iter().flat_map(|spreadsheet| &spreadsheet.tabs);
        if let Some(tab) = tabs.find(|tab| tab.name == TAB) {
            let columns: Vec<String> = tab.columns().into_iter().map(ToOwned::to_owned).collect();
            let mut book = Workbook::default();
            let tab = book.add_tab(TAB, &columns, tab.in_sight())?;
            self.sheet = Some(Sheet { layout, book, tab });
        }
        Ok(())
    }

    /// Writes a row that is to be corrected, as the summary would show it.
    pub(super) fn row(&mut self, judged: &Judged) -> anyhow::Result<()> {
        let (Decision::Rejected { problems }, Some(Sheet { layout, book, tab })) = (&judged.decision, &mut self.sheet)
        else {
            return Ok(());
        };
        let row = RowResult {
            row: judged.row,
            cells: judged.cells.clone(),
            warnings: judged.warnings.clone(),
            help_request_id: None,
            settlement: Settlement::rejected(problems),
        };
        for line in layout.place(&row) {
            if layout.spreadsheets[line.spreadsheet].tabs[line.tab].name == TAB {
                book.push_with_look(*tab, &line.cells, &line.look)?;
            }
        }
        Ok(())
    }

    /// Stores the rows. Where none is to be corrected by itself, no file is left behind.
    pub(super) fn end(mut self, has_rows: bool) -> anyhow::Result<()> {
        match self.sheet.filter(|_| has_rows) {
            Some(sheet) => Ok(sheet.book.save(&mut self.file)?),
            None => Ok(std::fs::remove_file(&self.path)?),
        }
    }
}
