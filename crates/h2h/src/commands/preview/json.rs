//! A preview for programs: one JSON object a line.

use feeds::{FileProblem, Header, Judged, SheetEvidence};
use preview::{Findings, RowLine, Sheet};

use super::view::View;
use crate::command_prelude::*;

/// Rows as they come, then the file.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
    sheet: Sheet<'a>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut dyn Write, feed: &'static Feed, as_of: NaiveDate, path: &'a Path) -> Self {
        Self { out, sheet: Sheet { feed, as_of, path, tab: None, header: None } }
    }
}

impl View for Lines<'_> {
    fn header(&mut self, header: &Header, tab: Option<&str>) -> io::Result<()> {
        self.sheet.header = Some(header.clone());
        self.sheet.tab = tab.map(str::to_owned);
        Ok(())
    }

    fn row(&mut self, judged: &Judged) -> io::Result<()> {
        line(self.out, &RowLine::from(judged))
    }

    fn accepted(&mut self, findings: &Findings, sheet: &SheetEvidence) -> io::Result<()> {
        line(self.out, &self.sheet.accepted(findings, sheet))
    }

    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()> {
        line(self.out, &self.sheet.rejected(problems))
    }
}
