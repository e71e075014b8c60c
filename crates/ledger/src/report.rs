//! The report: one winner writes the summary, and looks once more when it is done.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, SubsecRound, Utc};
use feeds::{RowResult, Settlement};

use crate::item::{VERSION, structured};
use crate::keys::Key;
use crate::lanes::{Lanes, Wanted};
use crate::lists;
use crate::marks::mark;
use crate::owners::{Owners, held};
use crate::row::RowRecord;
use crate::run::{Edition, Report, RunState, SummaryFile, file_key};
use crate::split_lease::{RunName, read_run};
use crate::store::{Written, lost};
use crate::transaction::{Part, Transacted};
use crate::update::Update;
use crate::{Error, Ledger, Progress, Result, Run, RunId, Token, is_complete, stream};

const OPERATION: &str = "claiming a report";

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
    /// Nothing is owed: reported, and nothing moved since; or given up.
    Done,
    /// The ledger does not know the run.
    Unknown,
}

/// A reporter's claim on a run's summary.
#[must_use = "finish or release it, or nobody can report before it expires"]
pub struct Reporting {
    pub(crate) ledger: Ledger,
    pub(crate) run: Run,
    pub(crate) progress: Progress,
    token: Token,
    pub(crate) until: DateTime<Utc>,
}

/// What a reporter learns when it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Outcomes moved while the summary was written: report again.
    pub moved_meanwhile: bool,
}

/// The rows of a complete run that are [kept](Reporting::kept_rows), in the sheet's order, page by page. A rejected
/// file has none: whatever was ledgered before it was rejected counts for nothing.
#[derive(Debug)]
pub struct SettledRows {
    run: RunId,
    until: DateTime<Utc>,
    rows: Option<Lanes>,
}

impl SettledRows {
    /// The next row; none at the end.
    ///
    /// # Errors
    /// Temporary ones, [`Error::NewerVersion`], and [`Error::Corrupt`] for a row that has not settled.
    pub async fn next(&mut self) -> Result<Option<RowResult>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        while let Some(record) = rows.next().await? {
            if record.is_kept(self.until) {
                let settlement = settlement_of(&self.run, &record)?.clone();
                let RowRecord { row, cells, warnings, delivery, .. } = record;
                let help_request_id = delivery.help_request_id;
                return Ok(Some(RowResult { row, cells, warnings, help_request_id, settlement }));
            }
        }
        Ok(None)
    }
}

/// How a row of a complete run ended.
pub(crate) fn settlement_of<'a>(run: &RunId, record: &'a RowRecord) -> Result<&'a Settlement> {
    let what = || format!("row {} of run {run}, which has not settled,", record.row);
    record.settlement.as_ref().ok_or_else(|| Error::Corrupt { what: what() })
}

impl Ledger {
    /// Notes that the summary which is owed now is asked for, once it is: every row that settled last is news, and each
    /// would call for the same summary.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn note_asked(&self, run: &Run, progress: &Progress) -> Result<()> {
        let asked = structured(&RunName(&run.id), &edition(run, progress))?;
        let update = Update::new().set("asked", asked).set(stream::TAKEN_UP, true).when("attribute_exists(#id)");
        self.update("noting that a report is asked for", &Key::run(&run.id), update).await.map(drop)
    }

    /// Claims the report of a run that is complete or rejected, if a summary is owed.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`].
    pub async fn claim_report(&self, id: &RunId, until: DateTime<Utc>) -> Result<ReportClaim> {
        let (token, until) = (Token::random(), until.trunc_subsecs(3));
        let mut seen = self.get(OPERATION, &Key::run(id)).await?;
        loop {
            let Some(item) = seen else { return Ok(ReportClaim::Unknown) };
            let (run, owners) = read_run(id, item)?;
            let progress = self.progress(&run).await?;
            let is_ours = owners.report_token.as_ref() == Some(&token);
            match due(&run, &progress) {
                _ if is_ours => {}
                Due::Later => return Ok(ReportClaim::NotComplete),
                Due::Never => return Ok(ReportClaim::Done),
                Due::Now => {
                    if let Some(until) = held(owners.report_token.as_ref(), owners.report_until, self.now()) {
                        return Ok(ReportClaim::Held { until });
                    }
                }
            }
            if is_ours {
                let ledger = self.clone();
                return Ok(ReportClaim::Mine(Box::new(Reporting { ledger, run, progress, token, until })));
            }
            let update = Update::new().set("report_token", &token).set("report_until", until);
            let update = update.set(stream::TAKEN_UP, true);
            seen = match self.update(OPERATION, &Key::run(id), if_unchanged(update, &run, &owners)?).await? {
                Written::Done(item) => Some(item),
                Written::Refused(item) => item,
            };
        }
    }
}

/// Whether a summary is owed now: the run is complete, rejected or cancelled while it was read, and the last summary, if there is one, does not have
/// every move in it or a person asked for it again.
pub fn is_report_due(run: &Run, progress: &Progress) -> bool {
    matches!(due(run, progress), Due::Now)
}

/// Whether a summary is owed now, or will be when what is open has settled.
pub(crate) fn is_report_owed(run: &Run, progress: &Progress) -> bool {
    !matches!(due(run, progress), Due::Never)
}

/// Whether the summary that is owed now was asked for already ([`Ledger::note_asked`]).
pub fn is_report_asked(run: &Run, progress: &Progress) -> bool {
    run.asked == Some(edition(run, progress))
}

fn edition(run: &Run, progress: &Progress) -> Edition {
    Edition { version: next_version(run), moves: progress.moves }
}

fn next_version(run: &Run) -> u32 {
    run.report.map_or(1, |report| report.version + 1)
}

/// When a summary is owed.
enum Due {
    Now,
    Later,
    Never,
}

fn due(run: &Run, progress: &Progress) -> Due {
    match (run.state, run.report) {
        (RunState::Superseded, _) => Due::Never,
        (_, None) if !run.has_rows() => Due::Now,
        (_, Some(_)) if !run.has_rows() && !run.report_asked => Due::Never,
        (_, Some(_)) if !run.has_rows() => Due::Now,
        _ if !is_complete(run, progress) => Due::Later,
        (_, Some(report)) if report.moves == progress.moves && !run.report_asked => Due::Never,
        _ => Due::Now,
    }
}

/// A claim on condition that nobody has claimed or finished the report since it was read.
fn if_unchanged(claim: Update, run: &Run, owners: &Owners) -> Result<Update> {
    let claim = match &owners.report_token {
        Some(expired) => claim.when("#report_token = :expired").bind("expired", expired),
        None => claim.when("attribute_not_exists(#report_token)"),
    };
    Ok(match &run.report {
        Some(report) => claim.when("#report = :report").bind("report", structured(&RunName(&run.id), report)?),
        None => claim.when("attribute_not_exists(#report)"),
    })
}

impl Ledger {
    /// Asks for the summary of a reported run to be written again; whether there is one. The reporter must be told, or
    /// the sweep does so.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn ask_report(&self, run: &Run) -> Result<bool> {
        let asked = Update::new().set("report_asked", true).when("attribute_exists(#report)");
        let marked = mark(Update::new().set("v", VERSION), run.feed);
        let parts = vec![(Key::run(&run.id), Part::Change(asked)), (Key::progress(&run.id, 0), Part::Change(marked))];
        Ok(matches!(self.transact("asking for a report", parts).await?, Transacted::Done))
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
    ///
    /// # Errors
    /// [`Error::LostClaim`], and temporary ones.
    pub async fn record_file(&mut self, kind: &str, part: u32, file: SummaryFile) -> Result<()> {
        let mut files = self.run.files.clone();
        files.insert(file_key(kind, part), file);
        self.write_files(files).await
    }

    /// Takes back the note of a spreadsheet that another one has replaced.
    ///
    /// # Errors
    /// As [`Reporting::record_file`].
    pub async fn forget_file(&mut self, kind: &str, part: u32) -> Result<()> {
        let mut files = self.run.files.clone();
        files.remove(&file_key(kind, part));
        self.write_files(files).await
    }

    async fn write_files(&mut self, files: BTreeMap<String, SummaryFile>) -> Result<()> {
        self.check_time()?;
        let update = Update::new().set("files", structured(&RunName(&self.run.id), &files)?);
        match self.write("noting a summary's file", update).await? {
            Written::Done(_) => self.run.files = files,
            Written::Refused(_) => return Err(lost(&self.name())),
        }
        Ok(())
    }

    /// The rows from the first one on.
    pub fn rows(&self) -> SettledRows {
        let rows = self.run.has_rows().then(|| Lanes::new(&self.ledger, &self.run, Wanted::All));
        SettledRows { run: self.run.id.clone(), until: self.until, rows }
    }

    /// The summary is written: the run is reported (a rejected or cancelled one stays so). Then looks once more whether
    /// outcomes moved while it was being written.
    ///
    /// # Errors
    /// As [`Reporting::record_file`].
    pub async fn finish(self) -> Result<Finished> {
        self.check_time()?;
        let report = Report { version: self.version(), moves: self.progress.moves, at: self.ledger.now() };
        let state = match self.run.state {
            ended @ (RunState::Rejected | RunState::Cancelled) => ended,
            _ => RunState::Reported,
        };
        let update = lists::list_run(Update::new(), &self.run, false)
            .set("state", state)
            .set("report", structured(&RunName(&self.run.id), &report)?)
            .remove("report_asked")
            .remove("report_token")
            .remove("report_until");
        if let Written::Refused(item) = self.write("finishing a report", update).await? {
            let item = item.ok_or_else(|| lost(&self.name()))?;
            let (run, _) = read_run(&self.run.id, item)?;
            // Nobody else can have finished this version while our time was not up: the answer was lost.
            if run.report.is_none_or(|last| last.version < report.version) {
                return Err(lost(&self.name()));
            }
        }
        let now = self.ledger.progress(&self.run).await?;
        Ok(Finished { moved_meanwhile: now.moves != self.progress.moves })
    }

    /// Gives the claim back, so that the next reporter can try at once. One that was lost already is left alone.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn release(self) -> Result<()> {
        let update = Update::new().remove("report_token").remove("report_until");
        self.write("releasing a report", update).await.map(drop)
    }

    /// A change that only the owner of the claim may make.
    async fn write(&self, operation: &'static str, update: Update) -> Result<Written> {
        let update = update.when("#report_token = :ours").bind("ours", &self.token);
        self.ledger.update(operation, &Key::run(&self.run.id), update).await
    }

    fn check_time(&self) -> Result<()> {
        self.ledger.check_time(self.until, &self.name())
    }

    fn name(&self) -> String {
        format!("the report of run {}", self.run.id)
    }
}

impl fmt::Debug for Reporting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporting").field("run", &self.run).field("progress", &self.progress).finish_non_exhaustive()
    }
}
