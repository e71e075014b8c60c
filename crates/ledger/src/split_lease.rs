//! A splitter's claim on a run, under which it writes step by step.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::item::{Item, read};
use crate::keys::{Key, RunId};
use crate::owners::Owners;
use crate::store::{Written, lost};
use crate::update::Update;
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
        self.ledger.check_time(self.until, &RunName(&self.run.id))
    }

    /// One step: made to the run as this splitter left it, or not at all. One that was made although its answer was
    /// lost has left our token beside the next step, or as that of who released the run.
    pub(crate) async fn write(&mut self, operation: &'static str, update: Update) -> Result<()> {
        self.check_time()?;
        let what = RunName(&self.run.id);
        let next = self.step + 1;
        let update = update
            .set("step", next)
            .set("stepped_at", self.ledger.now())
            .when("#split_token = :ours AND #step = :seen")
            .bind("ours", &self.token)
            .bind("seen", self.step);
        let run = match self.ledger.update(operation, &Key::run(&self.run.id), update).await? {
            Written::Done(item) => read(&what, item)?,
            Written::Refused(Some(item)) => {
                let (run, owners) = read_run(&self.run.id, item)?;
                let is_ours = |token: &Option<Token>| token.as_ref() == Some(&self.token);
                let was_made = is_ours(&owners.split_token) && owners.step == next;
                if !was_made && !is_ours(&owners.split_released_by) {
                    return Err(lost(&what));
                }
                run
            }
            Written::Refused(None) => return Err(lost(&what)),
        };
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

/// A run item, as what it says and who works on it.
pub(crate) fn read_run(id: &RunId, item: Item) -> Result<(Run, Owners)> {
    let what = RunName(id);
    Ok((read(&what, item.clone())?, read(&what, item)?))
}

/// How errors name a run.
pub(crate) struct RunName<'a>(pub(crate) &'a RunId);

impl fmt::Display for RunName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "run {}", self.0)
    }
}
