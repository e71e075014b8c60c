//! The report: one winner writes the summary, and looks once more when it is done.

use std::fmt;

use chrono::{DateTime, Utc};
use feeds::Outcome;

use crate::run::SummaryFile;
use crate::{Ledger, Progress, Result, Run, RunId};

/// What became of a reporter's claim.
#[derive(Debug)]
pub enum ReportClaim {
    /// Ours, to write the summary.
    Mine(Box<Reporting>),
    /// Another reporter writes it, until then at most.
    Held {
        /// When its claim expires.
        until: DateTime<Utc>,
    },
    /// Rows are open still.
    NotComplete,
    /// Nothing is owed: reported, and nothing moved since; or cancelled.
    Done,
    /// The ledger does not know the run.
    Unknown,
}

/// A reporter's claim on a run's summary.
#[derive(Debug)]
#[must_use = "finish or release it, or nobody can report before it expires"]
pub struct Reporting {
    run: Run,
    progress: Progress,
}

/// What a reporter learns when it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Outcomes moved while the summary was written: report again.
    pub moved_meanwhile: bool,
}

/// What the summary says of one row.
#[derive(Clone, PartialEq)]
pub struct RowResult {
    /// The number that the sheet shows.
    pub row: u32,
    /// The cells after clean-up, in the header's order.
    pub cells: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why.
    pub reason: String,
    /// What to do about it.
    pub how_to_fix: String,
    /// What was left out or looks odd.
    pub warnings: Vec<String>,
    /// The resident.
    pub resident_id: Option<i64>,
    /// The request.
    pub help_request_id: Option<i64>,
    /// The follow-up request.
    pub follow_up_id: Option<i64>,
}

/// The rows of a complete run in the sheet's order, page by page.
#[derive(Debug)]
pub struct SettledRows {}

impl SettledRows {
    /// The next row; none at the end.
    pub async fn next(&mut self) -> Result<Option<RowResult>> {
        todo!()
    }
}

impl Ledger {
    /// Claims the report of a run that is complete or rejected, if a summary is owed.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn claim_report(&self, run: &RunId, until: DateTime<Utc>) -> Result<ReportClaim> {
        todo!("{run} {until}")
    }
}

impl Reporting {
    /// The run as it now stands, with the files of its summary ([`Run::summary_file`]).
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The counts that the summary shows: read when the report was claimed.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The version of this summary: 1 for the first.
    pub fn version(&self) -> u32 {
        todo!()
    }

    /// Notes a spreadsheet of the summary, before and after it is filled.
    ///
    /// # Errors
    /// [`Error::LostClaim`](crate::Error::LostClaim), and temporary ones.
    pub async fn record_file(&mut self, kind: &str, part: u32, file: SummaryFile) -> Result<()> {
        todo!("{kind} {part} {file:?}")
    }

    /// The rows from the first one on.
    pub fn rows(&self) -> SettledRows {
        todo!()
    }

    /// The summary is written: the run is reported (a rejected one stays rejected).
    ///
    /// # Errors
    /// As [`Reporting::record_file`].
    pub async fn finish(self) -> Result<Finished> {
        todo!()
    }

    /// Gives the claim back, so that the next reporter can try at once.
    ///
    /// # Errors
    /// As [`Reporting::record_file`].
    pub async fn release(self) -> Result<()> {
        todo!()
    }
}

/// Cells, reasons and warnings hold personal data: they are not printed.
impl fmt::Debug for RowResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowResult {{ row: {}, outcome: {}, .. }}", self.row, self.outcome)
    }
}
