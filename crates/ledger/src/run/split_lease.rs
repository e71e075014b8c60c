//! A splitter's claim on a run, under which it writes step by step.

use chrono::{DateTime, Utc};

use super::owners::read_run;
use crate::dynamo::{Update, Written, lost};
use crate::keys::Key;
use crate::{Ledger, Result, Run, Token};

/// The claim, and the run as it stands after the last step.
#[derive(Debug)]
pub(crate) struct SplitLease {
    pub(crate) ledger: Ledger,
    pub(crate) run: Run,
    token: Token,
    until: DateTime<Utc>,
    step: u64,
}

impl SplitLease {
    pub(crate) fn new(ledger: &Ledger, token: Token, until: DateTime<Utc>, run: Run, step: u64) -> Self {
        Self { ledger: ledger.clone(), run, token, until, step }
    }

    /// Refuses a splitter whose time is up.
    pub(crate) fn check_time(&self) -> Result<()> {
        self.ledger.check_time(self.until, format_args!("run {}", self.run.id))
    }

    /// One step: made to the run as this splitter left it, or not at all. One that was made although its answer was
    /// lost has left our token beside the next step, or as that of who released the run.
    pub(crate) async fn write(&mut self, operation: &'static str, update: Update) -> Result<()> {
        self.check_time()?;
        let next = self.step + 1;
        let update = update
            .set("step", next)
            .set("stepped_at", self.ledger.now())
            .unchanged("split_token", Some(&self.token))
            .unchanged("step", Some(self.step));
        let (item, is_made) = match self.ledger.update(operation, &Key::run(&self.run.id), update).await? {
            Written::Done(item) => (item, true),
            Written::Refused(item) => (item.ok_or_else(|| lost(format_args!("run {}", self.run.id)))?, false),
        };
        let (run, owners) = read_run(&self.run.id, item)?;
        let is_ours = |token: &Option<Token>| token.as_ref() == Some(&self.token);
        let was_made_before = is_ours(&owners.split_token) && owners.step == next || is_ours(&owners.split_released_by);
        if !is_made && !was_made_before {
            return Err(lost(format_args!("run {}", self.run.id)));
        }
        self.run = run;
        self.step = next;
        Ok(())
    }

    /// The last step: gives the claim back with it.
    pub(crate) async fn write_and_release(mut self, operation: &'static str, update: Update) -> Result<Run> {
        let update = update.remove("split_token").remove("split_until").set("split_released_by", &self.token);
        self.write(operation, update).await?;
        Ok(self.run)
    }
}
