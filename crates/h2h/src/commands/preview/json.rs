//! A preview for programs: one JSON object a line.

use feeds::{Decision, FileProblem, Header, Judged, SheetEvidence};

use super::doubles::Doubles;
use super::view::{Counts, View};
use crate::command_prelude::*;

/// Rows as they come, then the file.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
    file: File<'a>,
}

#[derive(Serialize)]
struct File<'a> {
    feed: &'static Feed,
    as_of: NaiveDate,
    path: &'a Path,
    tab: Option<String>,
    header: Option<Header>,
}

#[derive(Serialize)]
struct Row<'a> {
    row: u32,
    #[serde(flatten)]
    decision: &'a Decision,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct LastLine<'a> {
    #[serde(flatten)]
    verdict: Verdict<'a>,
    #[serde(flatten)]
    file: &'a File<'a>,
}

#[derive(Serialize)]
#[serde(tag = "file", rename_all = "lowercase")]
enum Verdict<'a> {
    Accepted { rows: u64, post: u64, skipped: u64, rejected: u64, duplicates: u64, warnings: Vec<String> },
    Rejected { problems: &'a [FileProblem] },
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut dyn Write, feed: &'static Feed, as_of: NaiveDate, path: &'a Path) -> Self {
        Self { out, file: File { feed, as_of, path, tab: None, header: None } }
    }
}

impl View for Lines<'_> {
    fn header(&mut self, header: &Header, tab: Option<&str>) -> io::Result<()> {
        self.file.header = Some(header.clone());
        self.file.tab = tab.map(str::to_owned);
        Ok(())
    }

    fn row(&mut self, judged: &Judged) -> io::Result<()> {
        line(self.out, &Row { row: judged.row, decision: &judged.decision, warnings: &judged.warnings })
    }

    fn accepted(&mut self, counts: &Counts, doubles: &Doubles, sheet: &SheetEvidence) -> io::Result<()> {
        let &Counts { post, skipped, to_fix: rejected } = counts;
        let (rows, duplicates, warnings) = (counts.all(), doubles.count, sheet.warnings());
        let verdict = Verdict::Accepted { rows, post, skipped, rejected, duplicates, warnings };
        line(self.out, &LastLine { verdict, file: &self.file })
    }

    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()> {
        line(self.out, &LastLine { verdict: Verdict::Rejected { problems }, file: &self.file })
    }
}
