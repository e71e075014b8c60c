//! The health of a run that is not done: one rule for the sweep and for those who look; and the rounds of sweeping it.

use chrono::{DateTime, TimeDelta, Utc};

use super::owners::read_run;
use crate::dynamo::{Update, Written};
use crate::keys::Key;
use crate::{BreakerState, Ledger, Progress, Result, Run, RunState, Token, is_complete, is_report_due, stream};

/// How many rounds enqueue a run's open rows again before they are given up.
pub const SWEEP_ROUNDS: u32 = 2;

/// The health of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunHealth {
    /// It is done, or goes on.
    Well,
    /// Nobody goes on splitting it.
    NotSplit,
    /// Nobody writes the summary that is due.
    NotReported,
    /// Rows are open, and nothing is on its way that could settle them.
    Stalled,
    /// A person cancelled it, and rows are open: nobody shall post them.
    Cancelled,
    /// Stalled, and the rounds of enqueueing are used up: what is open is given up, over as many sweeps as it takes.
    GivenUp,
}

/// The pipeline as a whole, which decides what a run may wait for.
#[derive(Clone, Copy, Debug)]
pub struct Pipeline {
    /// Now.
    pub now: DateTime<Utc>,
    /// How long nothing may have happened to a run: [`PATIENCE`], or the reporter's `STALLED_SECONDS`.
    pub patience: TimeDelta,
    /// Since when rows that are not on their way are lost: posting runs or is tried since then, and the rows queue is empty.
    /// None where it is paused or there is a backlog, which is not a stall.
    pub idle_since: Option<DateTime<Utc>>,
}

/// How long nothing may happen to a run. Longer than a splitter that died is waited for: its time-out of 15 minutes, the
/// fence, and a schedule.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(30);

impl Pipeline {
    /// True if what happened last, if ever, is so long ago that nothing is waited for.
    pub fn is_long_ago(&self, last: Option<DateTime<Utc>>) -> bool {
        last.is_none_or(|last| self.now - last >= self.patience)
    }
}

impl BreakerState {
    /// Since when rows that are not on their way are lost, if it stands so since then, with so many messages in the rows queue.
    /// Half open, nothing but a row closes it: lost ones must come back then too.
    pub fn idle_since(self, since: DateTime<Utc>, messages: u64) -> Option<DateTime<Utc>> {
        (self != Self::Open && messages == 0).then_some(since)
    }
}

impl RunHealth {
    /// The health of a run with that progress.
    pub fn of(run: &Run, progress: &Progress, pipeline: &Pipeline) -> Self {
        let last_stepped = run.stepped_at.or(Some(run.claimed_at));
        let last_moved = progress.last_settled_at.max(run.split_at);
        match run.state {
            RunState::Reading | RunState::Enqueueing if pipeline.is_long_ago(last_stepped) => Self::NotSplit,
            RunState::Reading | RunState::Enqueueing => Self::Well,
            _ if is_report_due(run, progress) && pipeline.is_long_ago(last_moved) => Self::NotReported,
            RunState::Cancelled if run.has_rows() && !is_complete(run, progress) => Self::Cancelled,
            RunState::Posting if !is_complete(run, progress) => match pipeline.idle_since {
                Some(_) if run.sweep_rounds > SWEEP_ROUNDS => Self::GivenUp,
                Some(since) if pipeline.is_long_ago(last_moved.max(Some(since))) => Self::Stalled,
                _ => Self::Well,
            },
            _ => Self::Well,
        }
    }

    /// True if nobody does what the run waits for.
    pub fn is_stuck(self) -> bool {
        !matches!(self, Self::Well | Self::Cancelled)
    }
}

impl Ledger {
    /// Begins a round of sweeping a stalled run: its number, counted from 1 since a lane last moved. None if another
    /// sweep was quicker since `run` was read.
    pub async fn begin_sweep(&self, run: &Run, progress: &Progress) -> Result<Option<u32>> {
        let has_moved = progress.last_settled_at > run.swept_at;
        let round = if has_moved { 1 } else { run.sweep_rounds + 1 };
        let token = Token::random();
        let update = Update::new().set("sweep_rounds", round).set("swept_at", self.now()).set("sweep_token", &token);
        let update = update.set(stream::TAKEN_UP, true);
        let update = update.unchanged("swept_at", run.swept_at).unchanged("sweep_rounds", Some(run.sweep_rounds));
        match self.update("beginning a sweep", &Key::run(&run.id), update).await? {
            Written::Done(_) => Ok(Some(round)),
            Written::Refused(Some(item)) => {
                let (_, owners) = read_run(&run.id, item)?;
                Ok((owners.sweep_token == Some(token)).then_some(round))
            }
            Written::Refused(None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(state: &str, rows_read: u64, stepped_at: DateTime<Utc>, sweep_rounds: u32) -> Run {
        let run = json!({
            "id": "0123456789abcdef0123", "feed": "spl", "file_id": "f", "file_name": "f.csv", "revision": "a",
            "file_created": 0, "file_modified": 0, "rules": { "as_of": "2021-03-08", "excluded": [] },
            "rules_version": 1, "lanes": 16, "state": state, "claimed_at": stepped_at.timestamp_millis(), "reading": 1,
            "rows_read": rows_read, "enqueued_to": 0, "rows_enqueued": 0, "split_at": stepped_at.timestamp_millis(),
            "stepped_at": stepped_at.timestamp_millis(), "sweep_rounds": sweep_rounds,
            "cancelled": { "because": "", "by": "", "at": 0, "was_read": true },
        });
        serde_json::from_value(run).expect("a run")
    }

    #[test]
    fn a_run_is_stuck_where_nothing_keeps_it_and_nothing_happens() {
        use RunHealth::{Cancelled, GivenUp, NotReported, NotSplit, Stalled, Well};
        let now: DateTime<Utc> = "2021-03-08T12:00:00Z".parse().expect("an instant");
        let (long_ago, lately) = (now - TimeDelta::hours(2), now - TimeDelta::minutes(5));
        for (state, rows, last, idle_since, rounds, expected) in [
            ("reading", 10, long_ago, None, 0, NotSplit),
            ("reading", 10, lately, None, 0, Well),
            ("enqueueing", 10, long_ago, Some(lately), 0, NotSplit),
            ("posting", 10, long_ago, Some(long_ago), 0, Stalled),
            ("posting", 10, long_ago, Some(lately), 0, Well),
            ("posting", 10, long_ago, None, 0, Well),
            ("posting", 10, lately, Some(long_ago), 0, Well),
            ("posting", 10, long_ago, Some(long_ago), 3, GivenUp),
            ("posting", 0, long_ago, None, 0, NotReported),
            ("posting", 0, lately, None, 0, Well),
            ("cancelled", 10, lately, None, 0, Cancelled),
            ("superseded", 0, long_ago, Some(long_ago), 0, Well),
        ] {
            let pipeline = Pipeline { now, patience: PATIENCE, idle_since };
            let health = RunHealth::of(&run(state, rows, last, rounds), &Progress::default(), &pipeline);
            assert_eq!(health, expected, "{state} {last} {idle_since:?}");
        }
        // What a sweep did since does not make it well.
        let swept = Run { swept_at: Some(lately), ..run("posting", 10, long_ago, 1) };
        let pipeline = Pipeline { now, patience: PATIENCE, idle_since: Some(long_ago) };
        assert_eq!(RunHealth::of(&swept, &Progress::default(), &pipeline), Stalled);
        let may_sweep = |run: &Run| pipeline.is_long_ago(run.swept_at);
        assert!(!may_sweep(&swept) && may_sweep(&run("posting", 10, long_ago, 1)));
        assert_eq!(BreakerState::Open.idle_since(now, 0), None);
        assert_eq!(BreakerState::HalfOpen.idle_since(now, 0), Some(now));
        assert_eq!(BreakerState::Closed.idle_since(now, 1), None);
    }
}
