//! A preview for programs: one JSON object a line.

use std::io::{self, Write};
use std::path::Path;

use chrono::NaiveDate;
use feeds::{Decision, Feed, FileProblem, Header, Judged, SheetEvidence};
use serde::Serialize;

use super::doubles::Doubles;
use super::view::{Counts, View};
use crate::render::line;

/// Rows as they come, then the file.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
    feed: &'static Feed,
    as_of: NaiveDate,
    path: &'a Path,
    header: Option<Header>,
    tab: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    row: u32,
    #[serde(flatten)]
    decision: &'a Decision,
    warnings: &'a [String],
}

/// The last line.
#[derive(Serialize)]
struct File<'a> {
    #[serde(flatten)]
    verdict: Verdict<'a>,
    feed: &'static Feed,
    as_of: NaiveDate,
    path: &'a Path,
    tab: Option<&'a str>,
    header: Option<&'a Header>,
}

#[derive(Serialize)]
#[serde(tag = "file", rename_all = "lowercase")]
enum Verdict<'a> {
    Accepted { rows: u64, post: u64, skipped: u64, rejected: u64, duplicates: u64, warnings: Vec<String> },
    Rejected { problems: &'a [FileProblem] },
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut dyn Write, feed: &'static Feed, as_of: NaiveDate, path: &'a Path) -> Self {
        Self { out, feed, as_of, path, header: None, tab: None }
    }

    fn last(&mut self, verdict: Verdict<'_>) -> io::Result<()> {
        let file = File {
            verdict,
            feed: self.feed,
            as_of: self.as_of,
            path: self.path,
            tab: self.tab.as_deref(),
            header: self.header.as_ref(),
        };
        line(self.out, &file)
    }
}

impl View for Lines<'_> {
    fn header(&mut self, header: &Header, tab: Option<&str>) -> io::Result<()> {
        self.header = Some(header.clone());
        self.tab = tab.map(str::to_owned);
        Ok(())
    }

    fn row(&mut self, judged: &Judged) -> io::Result<()> {
        line(self.out, &Row { row: judged.row, decision: &judged.decision, warnings: &judged.warnings })
    }

    fn accepted(&mut self, counts: &Counts, doubles: &Doubles, sheet: &SheetEvidence) -> io::Result<()> {
        let &Counts { post, skipped, to_fix: rejected } = counts;
        let (rows, duplicates, warnings) = (counts.all(), doubles.count, sheet.warnings());
        self.last(Verdict::Accepted { rows, post, skipped, rejected, duplicates, warnings })
    }

    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()> {
        self.last(Verdict::Rejected { problems })
    }
}
