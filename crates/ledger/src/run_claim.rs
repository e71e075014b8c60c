//! Claiming a file: two splitters can never split the same revision twice.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SubsecRound, Utc};

use crate::item::{Attribute, Item, write};
use crate::keys::{Key, RunId};
use crate::lists;
use crate::owners::held;
use crate::run::{NewRun, Run, RunState};
use crate::split_lease::{RunName, SplitLease, read_run};
use crate::store::Written;
use crate::transaction::{Part, Transacted};
use crate::update::Update;
use crate::{Enqueueing, Error, Ledger, Reading, Result, Token};

const OPERATION: &str = "claiming a run";

/// What became of a splitter's claim.
#[derive(Debug)]
pub enum RunClaim {
    /// Ours, to read (from the checkpoint on, if the run has one).
    Reading(Box<Reading>),
    /// Ours, read whole already: to enqueue from the checkpoint on.
    Enqueueing(Box<Enqueueing>),
    /// Another splitter works on it, until then at most.
    Held {
        /// When its claim expires.
        until: DateTime<Utc>,
    },
    /// Nothing to split: enqueued already, reported, rejected, or given up.
    Known(Box<Run>),
}

impl Ledger {
    /// Claims one revision of a file: makes the run, or takes over one that its splitter released or left behind.
    /// A known run keeps the rules of its first claim; only one that was superseded begins anew, for nothing of it was
    /// enqueued.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`].
    pub async fn claim_run(&self, new: NewRun, until: DateTime<Utc>) -> Result<RunClaim> {
        let until = until.trunc_subsecs(3);
        let token = Token::random();
        let run = Run::begin(new, self.now());
        let id = run.id.clone();
        let item = claimed_item(&run, &token, until, 0)?;
        let parts = vec![(Key::run(&id), Part::Insert(item)), (Key::file(&run.file_id), Part::Change(known_run(&run)))];
        match self.transact(OPERATION, parts).await? {
            Transacted::Done => Ok(self.claimed(token, until, run, 0)),
            Transacted::Refused(refused) => match refused.into_iter().find_map(|(_, item)| item) {
                Some(item) => self.take_over(&id, item, token, until, Some(run)).await,
                None => Err(vanished(&id)),
            },
        }
    }

    /// Takes over a run that its splitter released or left behind, without its file: for one that vanished from the
    /// folder before it was split.
    ///
    /// # Errors
    /// As [`Ledger::claim_run`].
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
                return Ok(RunClaim::Held { until });
            }
            let step = owners.step + 1;
            let update = match begin {
                Some(begin) => begin_anew(&Run { reading: run.reading + 1, ..begin.clone() }, &token, until, step)?,
                None => Update::new().set("split_token", &token).set("split_until", until).set("step", step),
            };
            let update = update.when("#step = :seen").bind("seen", owners.step);
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

impl Run {
    /// A run at its beginning.
    pub(crate) fn begin(new: NewRun, now: DateTime<Utc>) -> Self {
        Self {
            id: new.id(),
            feed: new.feed,
            file_id: new.file_id,
            file_name: new.file_name,
            revision: new.revision,
            file_created: new.file_created.trunc_subsecs(3),
            file_modified: new.file_modified.trunc_subsecs(3),
            rules: new.rules,
            rules_version: new.rules_version,
            lanes: new.lanes.max(1),
            state: RunState::Reading,
            claimed_at: now,
            header: None,
            reading: 1,
            checkpoint: None,
            rows_read: 0,
            settled_at_split: BTreeMap::new(),
            enqueued_to: 0,
            rows_enqueued: 0,
            stepped_at: None,
            split_at: None,
            problems: Vec::new(),
            cancelled: None,
            deeds: Vec::new(),
            report: None,
            asked: None,
            report_asked: false,
            forgotten_at: None,
            files: BTreeMap::new(),
            sweep_rounds: 0,
            swept_at: None,
        }
    }
}

/// The item of a run at its beginning, claimed.
fn claimed_item(run: &Run, token: &Token, until: DateTime<Utc>, step: u64) -> Result<Item> {
    let mut item = write(&RunName(&run.id), run)?;
    item.insert("step".to_owned(), step.attribute());
    item.insert("split_token".to_owned(), token.attribute());
    item.insert("split_until".to_owned(), until.attribute());
    item.extend(lists::run_keys(run, true));
    Ok(item)
}

/// Puts a run at its beginning in the place of what was read before. Rows of that reading count for nothing.
fn begin_anew(run: &Run, token: &Token, until: DateTime<Utc>, step: u64) -> Result<Update> {
    let item = claimed_item(run, token, until, step)?;
    let update = item.into_iter().fold(Update::new(), |update, (name, value)| update.set(&name, value));
    Ok(["header", "checkpoint", "split_at"].into_iter().fold(update, |update, name| update.remove(name)))
}

/// Adds a run to those of its file. A set of run ids: adding one twice changes nothing.
pub(crate) fn known_run(run: &Run) -> Update {
    Update::new().set("v", crate::item::VERSION).add("runs", AttributeValue::Ss(vec![run.id.to_string()]))
}

fn vanished(id: &RunId) -> Error {
    Error::Corrupt { what: format!("{}, which is gone,", RunName(id)) }
}
