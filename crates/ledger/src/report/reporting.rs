//! The report: one winner writes the summary, and looks once more when it is done.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};

use super::due::{Due, due, edition, next_version};
use crate::dynamo::{Update, Written, lost, structured};
use crate::keys::Key;
use crate::lists::run_keys;
use crate::run::item::file_key;
use crate::run::owners::read_run;
use crate::token::held;
use crate::{Edition, Ledger, Progress, Report, Result, Run, RunId, RunState, SummaryFile, Token, stream};

const OPERATION: &str = "claiming a report";

/// The answer to a reporter's claim.
#[derive(Debug)]
pub enum ReportClaim {
    /// Ours, to write the summary.
    Mine(Box<Reporting>),
    /// Another reporter writes it, until then at most.
    Held(DateTime<Utc>),
    /// Rows are open still.
    NotComplete,
    /// Nothing is owed: reported, and nothing moved since; or given up.
    Done,
    /// The ledger does not know the run.
    Unknown,
}

/// A reporter's claim on a run's summary.
#[must_use = "finish or release it, or nobody can report before it expires"]
#[derive(Debug)]
pub struct Reporting {
    pub(super) ledger: Ledger,
    pub(super) run: Run,
    pub(super) progress: Progress,
    token: Token,
    pub(super) until: DateTime<Utc>,
}

impl Ledger {
    /// Claims the report of a run that is complete or rejected, if a summary is owed.
    pub async fn claim_report(&self, id: &RunId, until: DateTime<Utc>) -> Result<ReportClaim> {
        let (token, until) = (Token::random(), until.trunc_subsecs(3));
        let mut seen = self.get(OPERATION, &Key::run(id)).await?;
        loop {
            let Some(item) = seen else { return Ok(ReportClaim::Unknown) };
            let (run, owners) = read_run(id, item)?;
            let progress = self.progress(&run).await?;
            if owners.report_token.as_ref() == Some(&token) {
                let ledger = self.clone();
                return Ok(ReportClaim::Mine(Box::new(Reporting { ledger, run, progress, token, until })));
            }
            match due(&run, &progress) {
                Due::Later => return Ok(ReportClaim::NotComplete),
                Due::Never => return Ok(ReportClaim::Done),
                Due::Now => {}
            }
            if let Some(until) = held(owners.report_token.as_ref(), owners.report_until, self.now()) {
                return Ok(ReportClaim::Held(until));
            }
            let update = Update::new().set("report_token", &token).set("report_until", until);
            // On condition that nobody has claimed or finished the report since it was read.
            let update = update
                .set(stream::TAKEN_UP, true)
                .unchanged("report_token", owners.report_token.as_ref())
                .unchanged("report", run.report.as_ref().map(structured));
            seen = match self.update(OPERATION, &Key::run(id), update).await? {
                Written::Done(item) => Some(item),
                Written::Refused(item) => item,
            };
        }
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
        next_version(&self.run)
    }

    /// Which summary this is.
    pub fn edition(&self) -> Edition {
        edition(&self.run, &self.progress)
    }

    /// Notes a spreadsheet of the summary, before and after it is filled.
    pub async fn record_file(&mut self, kind: &str, part: u32, file: SummaryFile) -> Result<()> {
        let mut files = self.run.files.clone();
        files.insert(file_key(kind, part), file);
        self.write_files(files).await
    }

    /// Takes back the note of a spreadsheet that another one has replaced.
    pub async fn forget_file(&mut self, kind: &str, part: u32) -> Result<()> {
        let mut files = self.run.files.clone();
        files.remove(&file_key(kind, part));
        self.write_files(files).await
    }

    async fn write_files(&mut self, files: BTreeMap<String, SummaryFile>) -> Result<()> {
        self.check_time()?;
        let update = Update::new().set("files", structured(&files));
        match self.write("noting a summary's file", update).await? {
            Written::Done(_) => self.run.files = files,
            Written::Refused(_) => return Err(lost(self.name())),
        }
        Ok(())
    }

    /// The summary is written: the run is reported (a rejected or cancelled one stays so). True if outcomes moved while it
    /// was being written: report again.
    pub async fn finish(self) -> Result<bool> {
        self.check_time()?;
        let report = Report { version: self.version(), moves: self.progress.moves, at: self.ledger.now() };
        let state = match self.run.state {
            ended @ (RunState::Rejected | RunState::Cancelled) => ended,
            _ => RunState::Reported,
        };
        let update = Update::new()
            .set_all(run_keys(&self.run, false))
            .set("state", state.as_str())
            .set("report", structured(&report))
            .remove("report_asked")
            .remove("report_token")
            .remove("report_until");
        if let Written::Refused(item) = self.write("finishing a report", update).await? {
            let item = item.ok_or_else(|| lost(self.name()))?;
            let (run, _) = read_run(&self.run.id, item)?;
            // Nobody else can have finished this version while our time was not up: the answer was lost.
            if run.report.is_none_or(|last| last.version < report.version) {
                return Err(lost(self.name()));
            }
        }
        Ok(self.ledger.progress(&self.run).await?.moves != self.progress.moves)
    }

    /// Gives the claim back, so that the next reporter can try at once. One that was lost already is left alone.
    pub async fn release(self) -> Result<()> {
        let update = Update::new().remove("report_token").remove("report_until");
        self.write("releasing a report", update).await.map(drop)
    }

    /// A change that only the owner of the claim may make.
    async fn write(&self, operation: &'static str, update: Update) -> Result<Written> {
        let update = update.unchanged("report_token", Some(&self.token));
        self.ledger.update(operation, &Key::run(&self.run.id), update).await
    }

    fn check_time(&self) -> Result<()> {
        self.ledger.check_time(self.until, self.name())
    }

    fn name(&self) -> String {
        format!("the report of run {}", self.run.id)
    }
}
