//! Carries a plan out on a running stack, and counts what it did.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Error, Result};
use simulators::desk::{Correction, Desk};
use simulators::{google, here_to_help};
use tokio::time::Instant;

use super::plan::{Happening, Plan};
use super::remembered;
use super::sheets::Sheet;
use crate::proxy::{Call, Decide, Fate};
use crate::{Stack, processes};

/// The weather that a plan makes.
#[derive(Clone)]
pub struct Weather {
    plan: Arc<Plan>,
    state: Arc<Mutex<Counts>>,
}

#[derive(Default)]
struct Counts {
    /// Between the first drop and the calm.
    is_bad: bool,
    /// How often each call was made, since the weather is bad.
    calls: BTreeMap<Call, u64>,
    /// The faults that calls met, by name.
    faults: BTreeMap<String, u64>,
    kills: u64,
    desk: Desk,
}

/// The record of what the weather did.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Processes killed.
    pub kills: u64,
    /// Everything else, by name.
    pub faults: BTreeMap<String, u64>,
    /// What staff corrected.
    pub desk: Desk,
}

impl Weather {
    /// The weather of a plan, which has not started.
    pub fn new(plan: Plan) -> Self {
        Self { plan: Arc::new(plan), state: Arc::default() }
    }

    /// The fate of the functions' calls, for [`Options::decide`](crate::Options::decide).
    pub fn decide(&self) -> Decide {
        let weather = self.clone();
        Decide::by(move |call| weather.fate(call))
    }

    fn fate(&self, call: &Call) -> Fate {
        let mut counts = self.counts();
        if !counts.is_bad {
            return Fate::Pass;
        }
        let number = counts.calls.entry(call.clone()).or_default();
        *number += 1;
        let fate = self.plan.fate(call, *number);
        match fate {
            Fate::Pass => {}
            Fate::KilledBefore | Fate::KilledAfter => {
                counts.killed(&format!("{} at {}", call.function, call.operation))
            }
            Fate::Refused(refusal) => counts.note(&format!("aws {refusal:?}"), 1),
            other => counts.note(&format!("aws {other:?}"), 1),
        }
        fate
    }

    /// Carries the plan out, and returns when all goes well again.
    pub async fn blow(&self, stack: &Stack, drive: &Path, sheets: &[Sheet]) -> Result<()> {
        let begun = Instant::now();
        self.counts().is_bad = true;
        for event in &self.plan.timeline {
            tokio::time::sleep_until(begun + event.at).await;
            self.happen(&event.what, stack, drive, sheets).await?;
        }
        Ok(())
    }

    async fn happen(&self, what: &Happening, stack: &Stack, drive: &Path, sheets: &[Sheet]) -> Result<()> {
        match what {
            Happening::Drop(sheet) => {
                drop_into(drive, sheets.get(*sheet).context("the plan drops a sheet that is none")?)?
            }
            Happening::Api(faults) => set_api(stack, faults.clone()),
            Happening::Google(faults) => stack.google.set_faults(faults.as_ref().clone()),
            Happening::Kill { function, which } => self.kill(stack, function, *which),
            Happening::Staff { correction, which } => self.correct(stack, *correction, *which).await?,
            Happening::Calm => {
                self.counts().is_bad = false;
                set_api(stack, here_to_help::Faults::default());
                stack.google.set_faults(google::Faults::default());
            }
        }
        Ok(())
    }

    /// Corrects the first, from this one on, who has something of the kind to correct.
    async fn correct(&self, stack: &Stack, correction: Correction, which: usize) -> Result<()> {
        let api = stack.here_to_help.as_ref().context("staff need the stack's own simulator")?;
        let people = remembered::residents(stack, correction).await?;
        let begin = which.checked_rem(people.len()).unwrap_or_default();
        let mut counts = self.counts();
        for resident in people.iter().cycle().skip(begin).take(people.len()) {
            if counts.desk.correct(api, *resident, correction).map_err(Error::msg)? {
                break;
            }
        }
        Ok(())
    }

    fn kill(&self, stack: &Stack, function: &str, which: usize) {
        let running = processes::of(&stack.endpoints.aws).into_iter().filter(|process| process.function == function);
        let running: Vec<_> = running.collect();
        if let Some(process) = running.get(which.checked_rem(running.len()).unwrap_or_default())
            && processes::kill(process.id)
        {
            self.counts().killed(function);
        }
    }

    /// The record so far, with what the simulators count.
    pub fn done(&self, stack: &Stack) -> Result<Done> {
        let mut counts = std::mem::take(&mut *self.counts());
        if let Some(api) = &stack.here_to_help {
            for (reason, calls) in &api.state().calls.refused {
                if let Some((status, after)) = reason.split_once(": fault") {
                    counts.note(&format!("api {status}{after}"), *calls);
                }
            }
        }
        for (fault, calls) in stack.google.state().context("cannot look at Google's simulator")?.faults {
            counts.note(&format!("google {fault:?}"), calls);
        }
        Ok(Done { kills: counts.kills, faults: counts.faults, desk: counts.desk })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn killed(&mut self, whom: &str) {
        self.kills += 1;
        self.note(&format!("killed {whom}"), 1);
    }

    fn note(&mut self, fault: &str, times: u64) {
        *self.faults.entry(fault.to_owned()).or_default() += times;
    }
}

fn set_api(stack: &Stack, faults: here_to_help::Faults) {
    if let Some(api) = &stack.here_to_help {
        api.set_faults(faults);
    }
}

/// Whole or not at all: an upload shows in Drive only once it is done.
fn drop_into(drive: &Path, sheet: &Sheet) -> Result<()> {
    let inbound = drive.join(sheet.feed.name()).join("inbound");
    let new = drive.join(format!(".{}.new", sheet.file));
    std::fs::write(&new, sheet.csv()?).with_context(|| format!("cannot write {}", new.display()))?;
    let path = inbound.join(&sheet.file);
    std::fs::rename(&new, &path).with_context(|| format!("cannot write {}", path.display()))
}
