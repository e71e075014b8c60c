//! `--to-fix`: the rows to correct, in a file of their own.

use std::fs::File;

use feeds::{Header, Judged};
use sheets::Workbook;

use crate::command_prelude::*;

/// A file of the rows to correct, beside what is shown.
pub(super) struct ToFix {
    path: PathBuf,
    file: File,
    feed: &'static Feed,
    as_of: NaiveDate,
    sheet: Option<Sheet>,
}

struct Sheet {
    form: preview::ToFix,
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
        if let Some(form) = preview::ToFix::of(self.feed, header, self.as_of) {
            let mut book = Workbook::default();
            let tab = book.add_tab(preview::ToFix::TAB, &form.columns(), form.in_sight())?;
            self.sheet = Some(Sheet { form, book, tab });
        }
        Ok(())
    }

    /// Writes the row if it is to be corrected.
    pub(super) fn row(&mut self, judged: &Judged) -> anyhow::Result<()> {
        let Some(Sheet { form, book, tab }) = &mut self.sheet else { return Ok(()) };
        form.line(judged).map_or(Ok(()), |line| Ok(book.push_with_look(*tab, &line.cells, &line.look)?))
    }

    /// Stores the rows. Where none is to be corrected by itself, no file is left behind.
    pub(super) fn end(mut self, has_rows: bool) -> anyhow::Result<()> {
        match self.sheet.filter(|_| has_rows) {
            Some(sheet) => Ok(sheet.book.save(&mut self.file)?),
            None => Ok(std::fs::remove_file(&self.path)?),
        }
    }
}
