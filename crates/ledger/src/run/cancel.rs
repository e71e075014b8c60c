//! Acts of people on a run: they cancel it, leave a file out, and what else they did is noted with it.

use super::files::known_run;
use super::owners::{Owners, read_run, run_item};
use crate::dynamo::{Part, Transacted, Update, Written, structured};
use crate::keys::Key;
use crate::{AuditEntry, Cancellation, Ledger, NewRun, Report, Result, Run, RunId, RunState, is_complete, stream};

/// The result of cancelling a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancelled {
    /// It is cancelled, now or before: its open rows are to be closed, then its summary is due.
    Done(Box<Run>),
    /// Nothing of it is open any more.
    TooLate(Box<Run>),
    /// The ledger does not know the run.
    Unknown,
}

impl Ledger {
    /// Cancels a run that has open rows. Its splitter loses its claim; a poster that read the run before may still post
    /// the rows of its batch that are not [closed](Ledger::close_row) yet.
    pub async fn cancel_run(&self, id: &RunId, because: &str, by: &str) -> Result<Cancelled> {
        const OPERATION: &str = "cancelling a run";
        loop {
            let Some(item) = self.get(OPERATION, &Key::run(id)).await? else { return Ok(Cancelled::Unknown) };
            let (run, owners) = read_run(id, item)?;
            let was_read = match run.state {
                RunState::Cancelled => return Ok(Cancelled::Done(Box::new(run))),
                RunState::Reading => false,
                RunState::Enqueueing => true,
                // Whoever has its report found it complete, and ends it as reported.
                RunState::Posting
                    if owners.report_token.is_none() && !is_complete(&run, &self.progress(&run).await?) =>
                {
                    true
                }
                RunState::Posting | RunState::Reported | RunState::Rejected | RunState::Superseded => {
                    return Ok(Cancelled::TooLate(Box::new(run)));
                }
            };
            let now = self.now();
            let cancellation = Cancellation { because: because.to_owned(), by: by.to_owned(), at: now, was_read };
            let update = Update::new()
                .set("state", RunState::Cancelled.as_str())
                .set("cancelled", structured(&cancellation))
                .set("split_at", now)
                .set("step", owners.step + 1)
                .remove("split_token")
                .remove("split_until")
                .remove(stream::TAKEN_UP)
                .unchanged("state", Some(run.state.as_str()))
                .unchanged("step", Some(owners.step))
                .unchanged("report_token", None::<&str>);
            // Refused: it got further meanwhile, or it was made before and the answer lost.
            if let Written::Done(item) = self.update(OPERATION, &Key::run(id), update).await? {
                return Ok(Cancelled::Done(Box::new(read_run(id, item)?.0)));
            }
        }
    }

    /// Notes a revision of a file as done without ever reading it; true if it was new. No summary is owed.
    pub async fn leave_out(&self, new: NewRun, because: &str, by: &str) -> Result<bool> {
        let now = self.now();
        let cancelled = Cancellation { because: because.to_owned(), by: by.to_owned(), at: now, was_read: false };
        let run = Run {
            state: RunState::Cancelled,
            cancelled: Some(cancelled),
            split_at: Some(now),
            report: Some(Report { version: 0, moves: 0, at: now }),
            ..Run::begin(new, now)
        };
        let item = run_item(&run, &Owners::default(), false)?;
        let file = Part::Change(known_run(&run));
        let parts = vec![(Key::run(&run.id), Part::Insert(item)), (Key::file(&run.file_id), file)];
        Ok(matches!(self.transact("leaving a file out", parts).await?, Transacted::Done))
    }

    /// Notes that rows of a run are forgotten: nothing that needs them can be done any more.
    pub async fn note_forgotten(&self, run: &RunId) -> Result<()> {
        let update = Update::new().set("forgotten_at", self.now()).when("attribute_exists(#state)");
        self.update("noting that rows are forgotten", &Key::run(run), update).await.map(drop)
    }

    /// Notes what a person did to a run that the ledger has.
    pub async fn note_audit_entry(&self, run: &RunId, by: &str, what: &str, why: Option<&str>) -> Result<()> {
        let entry =
            AuditEntry { at: self.now(), by: by.to_owned(), what: what.to_owned(), why: why.map(ToOwned::to_owned) };
        let update = Update::new().append("deeds", structured(&[entry]));
        let update = update.when("attribute_exists(#state)");
        self.update("noting what was done", &Key::run(run), update).await.map(drop)
    }
}
