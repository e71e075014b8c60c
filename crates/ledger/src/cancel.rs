//! Cancelling a run: what is not posted yet never will be.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::item::structured;
use crate::keys::Key;
use crate::lists;
use crate::run::{NewRun, Report, RunState};
use crate::split_lease::{RunName, read_run};
use crate::store::Written;
use crate::transaction::{Part, Transacted};
use crate::update::Update;
use crate::{Ledger, Result, Run, RunId, is_complete, stream};

/// Why a run was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Why; no personal data.
    pub because: String,
    /// By whom.
    pub by: String,
    /// When.
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// Whether its file had been read whole. Of one that had not, no row counts and none was sent.
    pub was_read: bool,
}

/// What became of cancelling a run.
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
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
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
                .set("state", RunState::Cancelled)
                .set("cancelled", structured(&RunName(id), &cancellation)?)
                .set("split_at", now)
                .set("step", owners.step + 1)
                .remove("split_token")
                .remove("split_until")
                .remove(stream::TAKEN_UP)
                .when("#state = :state AND #step = :seen AND attribute_not_exists(#report_token)")
                .bind("state", run.state)
                .bind("seen", owners.step);
            // Refused: it got further meanwhile, or it was made before and the answer lost.
            if let Written::Done(item) = self.update(OPERATION, &Key::run(id), update).await? {
                return Ok(Cancelled::Done(Box::new(read_run(id, item)?.0)));
            }
        }
    }

    /// Notes a revision of a file as done without ever reading it; whether it was new. No summary is owed.
    ///
    /// # Errors
    /// As [`Ledger::cancel_run`].
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
        let mut item = crate::item::write(&RunName(&run.id), &run)?;
        item.insert("step".to_owned(), crate::item::Attribute::attribute(0u64));
        item.extend(lists::run_keys(&run, false));
        let file = crate::run_claim::known_run(&run);
        let parts = vec![(Key::run(&run.id), Part::Insert(item)), (Key::file(&run.file_id), Part::Change(file))];
        Ok(matches!(self.transact("leaving a file out", parts).await?, Transacted::Done))
    }
}
