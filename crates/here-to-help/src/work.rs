//! What calls are to the API, and how long those of late took: what the limit of rows at once is found by.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Error, Kind, Operation};

/// So many calls are remembered until somebody asks.
const KEPT: usize = 1000;
/// A failure that came sooner says nothing about how busy the API is.
const SLOW_FAILURE: Duration = Duration::from_secs(1);

/// A kind of work for the API's database: calls of one kind take about as long as each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Work {
    /// A POST of somebody who is not remembered: whole tables are read to find nobody.
    Post,
    /// A POST of a person who is known: found at the first look.
    PostKnown,
    /// A GET of a request.
    Read,
    /// A PATCH.
    Patch,
    /// A search by names.
    Search,
    /// Notes, a resident's requests, the follow-up.
    Other,
}

impl From<Operation> for Work {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Create => Self::Post,
            Operation::HelpRequest => Self::Read,
            Operation::Patch => Self::Patch,
            Operation::Search => Self::Search,
            Operation::CaseNotes
            | Operation::AddNote
            | Operation::ResidentRequests
            | Operation::FollowUp
            | Operation::Probe => Self::Other,
        }
    }
}

/// A call that has come to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// The kind of its work.
    pub work: Work,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// False if it failed, after a while: how long an answer would have taken is not known then.
    pub is_answer: bool,
}

/// What was seen of a row's calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowSeen {
    /// The calls that have ended.
    pub calls: Vec<Seen>,
    /// How long they waited for the agreed pace before they were made.
    pub paced: Duration,
}

/// The calls of a process since somebody asked for them last.
#[derive(Debug, Default)]
pub(crate) struct Gauge(Mutex<RowSeen>);

impl Gauge {
    /// A call came to its end after this time.
    pub(crate) fn note<T>(&self, work: Work, outcome: &Result<T, Error>, took: Duration) {
        let is_answer = outcome.is_ok();
        let is_slow = took >= SLOW_FAILURE && outcome.as_ref().is_err_and(|error| error.kind() != Kind::Busy);
        let mut seen = self.seen();
        if (is_answer || is_slow) && seen.calls.len() < KEPT {
            seen.calls.push(Seen { work, ms: took.as_secs_f64() * 1000.0, is_answer });
        }
    }

    /// A call waited so long for the agreed pace.
    pub(crate) fn paced(&self, time: Duration) {
        self.seen().paced += time;
    }

    /// Gives them, once.
    pub(crate) fn take(&self) -> RowSeen {
        std::mem::take(&mut self.seen())
    }

    fn seen(&self) -> MutexGuard<'_, RowSeen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_slow_failures_are_seen_and_quick_failures_are_not() {
        let gauge = Gauge::default();
        let failed = |kind| Err::<(), _>(Error::new(Operation::Create, kind));
        gauge.note(Work::Read, &Ok(()), Duration::from_millis(7));
        gauge.note(Work::Post, &failed(Kind::ServerError), Duration::from_millis(20));
        gauge.note(Work::Post, &failed(Kind::ServerError), Duration::from_secs(6));
        gauge.note(Work::Post, &failed(Kind::TimedOut), Duration::from_secs(30));
        gauge.note(Work::Post, &failed(Kind::Busy), Duration::from_secs(6));
        let seen = |work, ms, is_answer| Seen { work, ms, is_answer };
        gauge.paced(Duration::from_millis(30));
        let taken = gauge.take();
        assert_eq!(taken.paced, Duration::from_millis(30));
        assert_eq!(
            taken.calls,
            [seen(Work::Read, 7.0, true), seen(Work::Post, 6_000.0, false), seen(Work::Post, 30_000.0, false)]
        );
        assert_eq!(gauge.take(), RowSeen::default());
    }
}
