//! A preview for programs: one JSON object a line.

use std::io::{self, Write};
use std::path::Path;

use chrono::NaiveDate;
use feeds::{
    Address, Decision, Feed, FileProblem, FollowUp, Header, HelpRequest, Judged, Note, Problem, SheetEvidence,
};
use serde::Serialize;

use super::{Counts, Doubles, View};

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
    decision: Shown<'a>,
    warnings: &'a [String],
}

#[derive(Serialize)]
#[serde(tag = "decision", rename_all = "lowercase")]
enum Shown<'a> {
    Post { request: &'a HelpRequest, address: Option<&'a Address>, notes: &'a [Note], follow_up: Option<&'a FollowUp> },
    Skipped { reason: &'a str },
    Rejected { problems: &'a [Problem] },
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
        let decision = Shown::from(&judged.decision);
        line(self.out, &Row { row: judged.row, decision, warnings: &judged.warnings })
    }

    fn accepted(&mut self, counts: &Counts, doubles: &Doubles, sheet: &SheetEvidence) -> io::Result<()> {
        let &Counts { post, skipped, to_fix } = counts;
        let duplicates = doubles.count();
        self.last(Verdict::Accepted {
            rows: counts.all(),
            post,
            skipped,
            rejected: to_fix,
            duplicates,
            warnings: sheet.warnings(),
        })
    }

    fn rejected(&mut self, problems: &[FileProblem]) -> io::Result<()> {
        self.last(Verdict::Rejected { problems })
    }
}

impl<'a> From<&'a Decision> for Shown<'a> {
    fn from(decision: &'a Decision) -> Self {
        match decision {
            Decision::Post(post) => Self::Post {
                request: &post.request,
                address: post.address.as_ref(),
                notes: &post.notes,
                follow_up: post.follow_up.as_ref(),
            },
            Decision::Skipped { reason } => Self::Skipped { reason },
            Decision::Rejected { problems } => Self::Rejected { problems },
        }
    }
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
