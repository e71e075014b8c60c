//! When a call is made again.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use manners::Waits;
use tokio::time::{Instant, sleep};

use crate::{Class, Error, Kind, Operation};

/// The budget's start, what a retry takes from it and what a call that goes well puts back: ten retries when
/// nothing gets through, and one for every two good calls after that.
const START: u32 = 20;
const A_RETRY: u32 = 2;
const A_SUCCESS: u32 = 1;

/// How many more retries an invocation may make: a slow or failing API must not get its load multiplied.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(START))
    }

    /// For a call of its own: this many retries.
    pub(crate) fn of(retries: u32) -> Self {
        Self(AtomicU32::new(retries * A_RETRY))
    }

    fn take(&self) -> bool {
        let less = |left: u32| left.checked_sub(A_RETRY);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    fn give_back(&self) {
        let more = |left: u32| Some((left + A_SUCCESS).min(START));
        // The closure never declines.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// The bounds of a call's attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits<'a> {
    /// An attempt that starts later could not end before the deadline.
    pub(crate) latest_start: Instant,
    pub(crate) budget: &'a Budget,
}

/// Makes the call until it goes well, cannot, must not be repeated, or time or budget run out. The error is
/// the last attempt's.
pub(crate) async fn retry<T, Attempt>(
    operation: Operation,
    limits: Limits<'_>,
    mut attempt: impl FnMut() -> Attempt,
) -> Result<T, Error>
where
    Attempt: Future<Output = Result<T, Error>>,
{
    let mut steps = steps();
    loop {
        let error = match attempt().await {
            Ok(value) => {
                limits.budget.give_back();
                return Ok(value);
            }
            Err(error) => error,
        };

        let Some(wait) = pause_before_another(&mut steps, &error) else { return Err(error) };
        let in_time = limits.latest_start.checked_duration_since(Instant::now()).is_some_and(|left| wait <= left);
        if !in_time || !limits.budget.take() {
            return Err(error);
        }
        let (status, wait_ms) = (error.status(), u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        tracing::info!(%operation, kind = error.kind().as_str(), status, wait_ms, "a call failed and is made again");
        sleep(wait).await;
    }
}

/// How long to wait before the call is made again: the API's `Retry-After`, and a random step on top, so that
/// not all come back at once. None if it must not be repeated: what may have been applied is looked for first, and what may
/// still be on its way could arrive when its sender has let go of the resident.
fn pause_before_another(steps: &mut Waits, error: &Error) -> Option<Duration> {
    if error.class() != Class::Retry || error.kind() == Kind::NoTime || error.may_have_been_applied() {
        return None;
    }
    let step = steps.next_wait()?;
    Some(error.retry_after().unwrap_or_default().saturating_add(step))
}

/// 0.25 s, 0.5 s, 1 s … 5 s, each give or take half. No end of its own: deadline and budget are the ends.
fn steps() -> Waits {
    Waits::new(Duration::from_millis(250), Duration::from_secs(5), 0.5)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Runs a call whose attempts fail as listed and then go well; says what came of it and how many were made.
    async fn call(operation: Operation, limits: Limits<'_>, failures: &[Kind]) -> (Result<(), Error>, usize) {
        let mut left: VecDeque<Kind> = failures.iter().copied().collect();
        let mut attempts = 0;
        let outcome = retry(operation, limits, || {
            attempts += 1;
            let failure = left.pop_front();
            async move { failure.map_or(Ok(()), |kind| Err(Error::new(operation, kind))) }
        })
        .await;
        (outcome, attempts)
    }

    fn limits(budget: &Budget, time: Duration) -> Limits<'_> {
        Limits { latest_start: Instant::now() + time, budget }
    }

    #[tokio::test(start_paused = true)]
    async fn each_call_is_repeated_only_where_that_is_safe() {
        use Kind::{
            Busy, ConnectionLost, Forbidden, NotFound, NotRecorded, Refused, ServerError, TimedOut, Unreachable,
        };
        use Operation::{AddNote, Create, FollowUp, HelpRequest, Patch, Search};

        // call, failure of the first attempt → whether there is a second, whether it may have been applied
        let table = [
            (Create, Busy, true, false),
            (Create, Unreachable, true, false),
            (Create, TimedOut, false, true),
            (Create, ConnectionLost, false, true),
            (Create, ServerError, false, true),
            (Create, NotRecorded, false, true),
            (Create, Refused, false, false),
            (Create, Forbidden, false, false),
            (AddNote, Busy, true, false),
            (AddNote, ServerError, false, true),
            (FollowUp, Unreachable, true, false),
            (FollowUp, TimedOut, false, true),
            (Patch, TimedOut, false, true),
            (Patch, ConnectionLost, false, true),
            (Patch, Busy, true, false),
            (Patch, ServerError, false, true),
            (Patch, NotRecorded, false, true),
            (Patch, Refused, false, false),
            (HelpRequest, ServerError, true, false),
            (HelpRequest, TimedOut, true, false),
            (HelpRequest, NotFound, false, false),
            (HelpRequest, Forbidden, false, false),
            (Search, ConnectionLost, true, false),
        ];
        for (operation, kind, repeated, applied) in table {
            let budget = Budget::new();
            let (outcome, attempts) = call(operation, limits(&budget, MINUTE), &[kind]).await;
            assert_eq!(attempts, if repeated { 2 } else { 1 }, "{operation:?} {kind:?}");
            match outcome {
                Ok(()) => assert!(repeated, "{operation:?} {kind:?}"),
                Err(error) => assert_eq!(error.may_have_been_applied(), applied, "{operation:?} {kind:?}"),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_attempt_starts_after_the_latest_start() {
        let budget = Budget::new();
        let latest = Instant::now() + Duration::from_secs(3);
        let limits = Limits { latest_start: latest, budget: &budget };
        let mut last = Instant::now();
        let outcome: Result<(), Error> = retry(Operation::HelpRequest, limits, || {
            last = Instant::now();
            async { Err(Error::new(Operation::HelpRequest, Kind::ServerError)) }
        })
        .await;
        assert_eq!(outcome.expect_err("no success").kind(), Kind::ServerError);
        assert!(last <= latest);
        assert!(Instant::now() <= latest, "and nobody waits for an attempt that is not made");
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_kept_to_and_one_beyond_the_deadline_ends_the_call() {
        for (seconds, expected_attempts) in [(20, 2), (90, 1)] {
            let retry_after = Duration::from_secs(seconds);
            let budget = Budget::new();
            let mut starts = Vec::new();
            let outcome: Result<(), Error> = retry(Operation::Create, limits(&budget, MINUTE), || {
                starts.push(Instant::now());
                let first = starts.len() == 1;
                async move {
                    let busy = Error::new(Operation::Create, Kind::Busy).with_retry_after(Some(retry_after));
                    if first { Err(busy) } else { Ok(()) }
                }
            })
            .await;
            assert_eq!(starts.len(), expected_attempts);
            match outcome {
                Ok(()) => assert!(starts[1] - starts[0] >= retry_after),
                Err(error) => assert_eq!(error.retry_after(), Some(retry_after)),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_invocation_makes_ten_retries_when_nothing_gets_through() {
        let budget = Budget::new();
        let limits = limits(&budget, 60 * MINUTE);
        let failures = [Kind::ServerError; 100];
        let mut attempts = 0;
        for _ in 0..10 {
            attempts += call(Operation::HelpRequest, limits, &failures).await.1;
        }
        assert_eq!(attempts, 10 + 10, "ten calls, ten retries among them");
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_go_well_earn_retries_but_never_more_than_at_the_start() {
        let budget = Budget::new();
        let limits = limits(&budget, 60 * MINUTE);
        let failures = [Kind::ServerError; 100];
        assert_eq!(call(Operation::HelpRequest, limits, &failures).await.1, 1 + 10);
        for _ in 0..4 {
            call(Operation::HelpRequest, limits, &[]).await.0.expect("goes well");
        }
        assert_eq!(call(Operation::HelpRequest, limits, &failures).await.1, 1 + 2);
        for _ in 0..1000 {
            call(Operation::HelpRequest, limits, &[]).await.0.expect("goes well");
        }
        assert_eq!(call(Operation::HelpRequest, limits, &failures).await.1, 1 + 10);
    }

    #[test]
    fn the_steps_grow_and_differ() {
        let (mut one, mut other) = (steps(), steps());
        let ten = |steps: &mut Waits| -> Vec<Duration> { std::iter::from_fn(|| steps.next_wait()).take(10).collect() };
        let (one, other) = (ten(&mut one), ten(&mut other));
        assert_ne!(one, other, "jitter");
        let middle = [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0];
        for (step, middle) in one.into_iter().chain(other).zip(middle.into_iter().cycle()) {
            let ratio = step.as_secs_f64() / middle;
            assert!((0.49..=1.51).contains(&ratio), "{step:?} for {middle} s");
        }
    }
}
