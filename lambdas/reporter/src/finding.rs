//! The sweep's finding: the matter with a run. A rule without I/O.

use chrono::{DateTime, TimeDelta, Utc};
use ledger::{Progress, Run, RunState, is_complete, is_report_due};

/// How many rounds enqueue a run's open rows again before they are given up.
pub(crate) const ROUNDS: u32 = 2;

/// The matter with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Nothing.
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

/// The sweep's knowledge of the whole pipeline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pipeline {
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// How long nothing may have happened.
    pub(crate) patience: TimeDelta,
    /// Since when rows that are not on their way are lost: posting runs or is tried since then, and the rows queue is empty.
    /// None where it is paused or there is a backlog, which is not a stall.
    pub(crate) idle_since: Option<DateTime<Utc>>,
}

impl Pipeline {
    /// Finds the matter with a run.
    pub(crate) fn finding(&self, run: &Run, progress: &Progress) -> Finding {
        let settled_or_swept = progress.last_settled_at.max(run.swept_at).max(run.split_at);
        match run.state {
            RunState::Reading | RunState::Enqueueing if self.is_long_ago(run.stepped_at.or(Some(run.claimed_at))) => {
                Finding::NotSplit
            }
            RunState::Reading | RunState::Enqueueing => Finding::Well,
            _ if is_report_due(run, progress) && self.is_long_ago(settled_or_swept) => Finding::NotReported,
            RunState::Cancelled if run.has_rows() && !is_complete(run, progress) => Finding::Cancelled,
            RunState::Posting if !is_complete(run, progress) => match self.idle_since {
                Some(_) if run.sweep_rounds > ROUNDS => Finding::GivenUp,
                Some(since) if self.is_long_ago(settled_or_swept.max(Some(since))) => Finding::Stalled,
                _ => Finding::Well,
            },
            _ => Finding::Well,
        }
    }

    fn is_long_ago(&self, last: Option<DateTime<Utc>>) -> bool {
        last.is_none_or(|last| self.now - last >= self.patience)
    }
}
