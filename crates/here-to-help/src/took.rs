//! How long calls took, for those who ask what a large sheet would take.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::{Error, Kind, Operation};

/// So many calls of each kind are remembered.
const KEPT: usize = 100;
/// It is reported at most so often.
const EVERY: Duration = Duration::from_secs(60);

/// How long calls took since that was reported last, as one process saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// The median of the POSTs of help requests (A.1).
    pub post: Duration,
    /// How many these were; 100 at most.
    pub posts: usize,
    /// The median of the other calls of a row; nothing where there was none.
    pub other: Duration,
}

/// A process's memory of its calls.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    posts: VecDeque<Duration>,
    others: VecDeque<Duration>,
    told: Option<Instant>,
}

impl Answers {
    /// A call was answered, or given up, after this time. How long another failure took says nothing about how long an
    /// answer takes; nor does a probe, which asks for nothing.
    pub(crate) fn note<T>(&self, operation: Operation, outcome: &Result<T, Error>, took: Duration) {
        let is_answer = outcome.as_ref().err().is_none_or(|error| error.kind() == Kind::TimedOut);
        if !is_answer || operation == Operation::Probe {
            return;
        }
        let mut remembered = self.remembered();
        let calls = if operation == Operation::Create { &mut remembered.posts } else { &mut remembered.others };
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(took);
    }

    /// The report to make, once: none where no POST was answered since the last one, or that is not yet a minute ago.
    pub(crate) fn tell(&self) -> Option<Took> {
        let mut remembered = self.remembered();
        if remembered.posts.is_empty() || remembered.told.is_some_and(|told| told.elapsed() < EVERY) {
            return None;
        }
        remembered.told = Some(Instant::now());
        let posts = std::mem::take(&mut remembered.posts);
        let others = std::mem::take(&mut remembered.others);
        Some(Took { posts: posts.len(), post: median(posts), other: median(others) })
    }

    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The middle one; of an even number the later of the two.
fn median(calls: VecDeque<Duration>) -> Duration {
    let mut calls = Vec::from(calls);
    calls.sort_unstable();
    calls.get(calls.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(answers: &Answers, operation: Operation, milliseconds: &[u64]) {
        for took in milliseconds {
            answers.note(operation, &Ok(()), Duration::from_millis(*took));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_middle_of_what_was_answered_is_told_once_a_minute() {
        let answers = Answers::default();
        assert_eq!(answers.tell(), None, "no call");
        noted(&answers, Operation::HelpRequest, &[3]);
        assert_eq!(answers.tell(), None, "no POST");
        noted(&answers, Operation::Create, &[400, 9_000, 300]);
        noted(&answers, Operation::Patch, &[8, 5, 700]);
        noted(&answers, Operation::Probe, &[1, 1, 1, 1, 1]);
        let failed: Result<(), Error> = Err(Error::new(Operation::Create, Kind::ServerError));
        answers.note(Operation::Create, &failed, Duration::from_secs(29));
        let milliseconds = Duration::from_millis;
        assert_eq!(answers.tell(), Some(Took { post: milliseconds(400), posts: 3, other: milliseconds(8) }));

        noted(&answers, Operation::Create, &[20]);
        assert_eq!(answers.tell(), None, "told just now");
        tokio::time::advance(EVERY).await;
        assert_eq!(answers.tell(), Some(Took { post: milliseconds(20), posts: 1, other: Duration::ZERO }));
        tokio::time::advance(EVERY).await;
        assert_eq!(answers.tell(), None, "nothing new");
    }

    #[test]
    fn a_call_that_is_given_up_took_as_long_as_it_was_waited_for() {
        let answers = Answers::default();
        let hung: Result<(), Error> = Err(Error::new(Operation::Create, Kind::TimedOut));
        answers.note(Operation::Create, &hung, Duration::from_secs(30));
        assert_eq!(answers.tell().map(|took| took.post), Some(Duration::from_secs(30)));
    }

    #[test]
    fn only_the_last_calls_are_remembered() {
        let answers = Answers::default();
        noted(&answers, Operation::Create, &vec![9_000; 500]);
        noted(&answers, Operation::Create, &[10; KEPT]);
        assert_eq!(answers.tell().map(|took| (took.post, took.posts)), Some((Duration::from_millis(10), KEPT)));
    }
}
