//! The preview for programs: a JSON object for each row, then one for the file.

use std::path::Path;

use chrono::NaiveDate;
use feeds::{Decision, Feed, FileProblem, Header, Judged, SheetEvidence};
use serde::Serialize;

use crate::findings::Findings;

/// One row and what becomes of it.
#[derive(Serialize)]
pub struct RowLine<'a> {
    row: u32,
    #[serde(flatten)]
    decision: &'a Decision,
    warnings: &'a [String],
}

/// The file and what becomes of it: only this line says whether the rows before it count.
#[derive(Serialize)]
pub struct FileLine<'a> {
    #[serde(flatten)]
    verdict: Verdict<'a>,
    #[serde(flatten)]
    sheet: &'a Sheet<'a>,
}

/// The sheet that is previewed, as far as it is known.
#[derive(Serialize)]
pub struct Sheet<'a> {
    /// What it is read as.
    pub feed: &'static Feed,
    /// The day from which ages and days are counted.
    pub as_of: NaiveDate,
    /// The name of its file.
    pub path: &'a Path,
    /// The tab that is read, where there are tabs.
    pub tab: Option<String>,
    /// The header that was found.
    pub header: Option<Header>,
}

#[derive(Serialize)]
#[serde(tag = "file", rename_all = "lowercase")]
enum Verdict<'a> {
    Accepted { rows: u64, post: u64, skipped: u64, rejected: u64, duplicates: u64, warnings: Vec<String> },
    Rejected { problems: &'a [FileProblem] },
}

impl<'a> From<&'a Judged> for RowLine<'a> {
    fn from(Judged { row, decision, warnings, .. }: &'a Judged) -> Self {
        Self { row: *row, decision, warnings }
    }
}

impl<'a> Sheet<'a> {
    /// The line of a sheet whose rows would be ingested.
    pub fn accepted(&'a self, findings: &Findings, evidence: &SheetEvidence) -> FileLine<'a> {
        let counts = findings.counts;
        let verdict = Verdict::Accepted {
            rows: counts.all(),
            post: counts.post,
            skipped: counts.skipped,
            rejected: counts.to_fix,
            duplicates: findings.doubles.count,
            warnings: evidence.warnings(),
        };
        FileLine { verdict, sheet: self }
    }

    /// The line of a sheet of which nothing would be, whatever its rows looked like.
    pub fn rejected(&'a self, problems: &'a [FileProblem]) -> FileLine<'a> {
        FileLine { verdict: Verdict::Rejected { problems }, sheet: self }
    }
}
