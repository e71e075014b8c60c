//! Claiming a file: two splitters can never split the same revision twice.

use chrono::{DateTime, SubsecRound, Utc};

use super::files::known_run;
use super::owners::{Owners, read_run, run_item};
use super::split_lease::SplitLease;
use crate::dynamo::{Item, Part, Transacted, Update, Written};
use crate::keys::Key;
use crate::token::held;
use crate::{Enqueueing, Error, Ledger, NewRun, Reading, Result, Run, RunId, RunState, Token};

const OPERATION: &str = "claiming a run";

/// The answer to a splitter's claim.
#[derive(Debug)]
pub enum RunClaim {
    /// Ours, to read (from the checkpoint on, if the run has one).
    Reading(Box<Reading>),
    /// Ours, read whole already: to enqueue from the checkpoint on.
    Enqueueing(Box<Enqueueing>),
    /// Another splitter works on it, until then at most.
    Held(DateTime<Utc>),
    /// Nothing to split: enqueued already, reported, rejected, or given up.
    Known(Box<Run>),
}

impl Ledger {
    /// Claims one revision of a file: makes the run, or takes over one that its splitter released or left behind.
    /// A known run keeps the rules of its first claim; only one that was superseded begins anew, for nothing of it was
    /// enqueued.
    pub async fn claim_run(&self, new: NewRun, until: DateTime<Utc>) -> Result<RunClaim> {
        let until = until.trunc_subsecs(3);
        let token = Token::random();
        let run = Run::begin(new, self.now());
        let id = run.id.clone();
        let item = claimed_item(&run, &token, until, 0)?;
        let parts = vec![(Key::run(&id), Part::Insert(item)), (Key::file(&run.file_id), Part::Change(known_run(&run)))];
        match self.transact(OPERATION, parts).await? {
            Transacted::Done => Ok(self.claimed(token, until, run, 0)),
            Transacted::Refused(refused) => match refused.into_iter().next() {
                Some(item) => self.take_over(&id, item, token, until, Some(run)).await,
                None => Err(vanished(&id)),
            },
        }
    }

    /// Takes over a run that its splitter released or left behind, without its file: for one that vanished from the
    /// folder before it was split.
    pub async fn resume_run(&self, run: &Run, until: DateTime<Utc>) -> Result<RunClaim> {
        let item = self.get(OPERATION, &Key::run(&run.id)).await?.ok_or_else(|| vanished(&run.id))?;
        self.take_over(&run.id, item, Token::random(), until.trunc_subsecs(3), None).await
    }

    /// Claims the run of this item, unless somebody has it or there is nothing to split. `anew` is what it begins with
    /// if it was superseded and its content is there again.
    async fn take_over(
        &self,
        id: &RunId,
        mut item: Item,
        token: Token,
        until: DateTime<Utc>,
        anew: Option<Run>,
    ) -> Result<RunClaim> {
        loop {
            let (run, owners) = read_run(id, item)?;
            let begin = anew.as_ref().filter(|_| run.state == RunState::Superseded);
            if begin.is_none() && !matches!(run.state, RunState::Reading | RunState::Enqueueing) {
                return Ok(RunClaim::Known(Box::new(run)));
            }
            if owners.split_token.as_ref() == Some(&token) {
                return Ok(self.claimed(token, until, run, owners.step));
            }
            if let Some(until) = held(owners.split_token.as_ref(), owners.split_until, self.now()) {
                return Ok(RunClaim::Held(until));
            }
            let step = owners.step + 1;
            let update = match begin {
                Some(begin) => {
                    begin_anew(&Run { generation: run.generation + 1, ..begin.clone() }, &token, until, step)?
                }
                None => Update::new().set("split_token", &token).set("split_until", until).set("step", step),
            };
            let update = update.unchanged("step", Some(owners.step));
            item = match self.update(OPERATION, &Key::run(id), update).await? {
                Written::Done(item) | Written::Refused(Some(item)) => item,
                Written::Refused(None) => return Err(vanished(id)),
            };
        }
    }

    fn claimed(&self, token: Token, until: DateTime<Utc>, run: Run, step: u64) -> RunClaim {
        let is_read = run.state == RunState::Enqueueing;
        let lease = SplitLease::new(self, token, until, run, step);
        match is_read {
            true => RunClaim::Enqueueing(Box::new(Enqueueing::new(lease))),
            false => RunClaim::Reading(Box::new(Reading::new(lease))),
        }
    }
}

/// The item of a run at its beginning, claimed.
fn claimed_item(run: &Run, token: &Token, until: DateTime<Utc>, step: u64) -> Result<Item> {
    let claim = Owners { step, split_token: Some(token.clone()), split_until: Some(until), ..Owners::default() };
    run_item(run, &claim, true)
}

/// Puts a run at its beginning in the place of what was read before. Rows of that reading count for nothing.
fn begin_anew(run: &Run, token: &Token, until: DateTime<Utc>, step: u64) -> Result<Update> {
    let update = Update::new().set_all(claimed_item(run, token, until, step)?);
    Ok(["header", "checkpoint", "split_at"].into_iter().fold(update, Update::remove))
}

fn vanished(id: &RunId) -> Error {
    Error::Corrupt(format!("run {id}, which is gone,"))
}
