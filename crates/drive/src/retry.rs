//! When a request is repeated, and after how long (docs/contract/google-drive.md, Errors).

use std::time::Duration;

use manners::Waits;
use tokio::time::{Instant, sleep};

use crate::error::Error;

/// How often a request is repeated at most: with waits of 1, 2, 4 … 64 s that is a good two minutes.
const REPEATS: usize = 7;

/// A longer `Retry-After` is not waited for: the next schedule comes sooner than the end of it.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(120);

/// The attempts at one operation: what is done between two of them.
pub(crate) struct Attempts {
    repeats: fn(&Error) -> bool,
    deadline: Option<Instant>,
    waits: Waits,
    left: usize,
}

impl Attempts {
    /// `first_wait` is the wait after the first failure, and each further one is twice as long; none goes beyond the deadline.
    pub(crate) fn new(repeats: fn(&Error) -> bool, first_wait: Duration, deadline: Option<Instant>) -> Self {
        let waits = Waits::new(first_wait, first_wait * 64, 0.25);
        Self { repeats, deadline, waits, left: REPEATS }
    }

    /// An attempt got further than the one before: the next failure counts as the first.
    pub(crate) fn got_further(&mut self) {
        self.waits.restart();
        self.left = REPEATS;
    }

    /// Waits until the next attempt is due. An error after which there is none comes back as it is.
    pub(crate) async fn after(&mut self, error: Error) -> Result<(), Error> {
        let wait = if (self.repeats)(&error) { self.wait(&error) } else { None };
        let Some(wait) = wait else { return Err(error) };
        tracing::debug!(%error, wait_ms = wait.as_millis(), "Google is asked again");
        sleep(wait).await;
        Ok(())
    }

    /// The next wait: never shorter than Google asks for; none if it would end too late.
    fn wait(&mut self, error: &Error) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let asked = error.retry_after().unwrap_or_default();
        let wait = self.waits.next_wait()?.max(asked);
        let in_time = self.deadline.is_none_or(|deadline| Instant::now() + wait < deadline);
        (asked <= LONGEST_RETRY_AFTER && in_time).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;
    use crate::error::{Refusal, Subject};

    fn refusal(status: StatusCode, reason: &str) -> Refusal {
        Refusal::new(&Subject::Account, "a", status, reason)
    }

    fn busy(retry_after: Option<u64>) -> Error {
        let refusal = refusal(StatusCode::TOO_MANY_REQUESTS, "rateLimitExceeded");
        Error::Busy(refusal, retry_after.map(Duration::from_secs))
    }

    fn refused() -> Error {
        Error::Refused(refusal(StatusCode::BAD_REQUEST, "badRequest"))
    }

    /// The seconds before each attempt, as the clock saw them, with each attempt failing as `error` says.
    async fn attempts(repeats: fn(&Error) -> bool, deadline: Option<Instant>, error: impl Fn() -> Error) -> Vec<f64> {
        let mut attempts = Attempts::new(repeats, Duration::from_secs(1), deadline);
        let mut waits = vec![0.0];
        loop {
            let before = Instant::now();
            match attempts.after(error()).await {
                Ok(()) => waits.push(before.elapsed().as_secs_f64()),
                Err(_) => return waits,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_64_seconds_with_jitter() {
        let waits = attempts(Error::is_transient, None, || busy(None)).await;
        assert_eq!(waits.len(), 1 + REPEATS);
        for (wait, expected) in waits[1..].iter().zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]) {
            assert!((wait / expected - 1.0).abs() <= 0.26, "{wait} s instead of about {expected} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn google_is_left_alone_for_as_long_as_it_asks() {
        let waits = attempts(Error::is_transient, None, || busy(Some(30))).await;
        assert!(waits[1..].iter().all(|wait| *wait >= 30.0), "{waits:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_hour_is_not_waited_for() {
        assert_eq!(attempts(Error::is_transient, None, || busy(Some(3600))).await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn no_wait_goes_beyond_the_deadline() {
        let deadline = Instant::now() + Duration::from_secs(5);
        let tried = attempts(Error::is_transient, Some(deadline), || busy(None)).await.len();
        assert!(Instant::now() < deadline);
        assert!((2..=4).contains(&tried), "{tried} attempts");
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_pass_is_not_repeated() {
        assert_eq!(attempts(Error::is_transient, None, refused).await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn each_operation_repeats_what_is_its_own() {
        let incomplete = || Error::IncompleteListing("f".to_owned());
        let lost = || Error::LostCreate("f".to_owned(), Box::new(busy(None)));
        assert_eq!(
            attempts(|error| matches!(error, Error::IncompleteListing(_)), None, incomplete).await.len(),
            1 + REPEATS
        );
        assert_eq!(attempts(|error| matches!(error, Error::IncompleteListing(_)), None, || busy(None)).await.len(), 1);
        assert_eq!(attempts(|error| matches!(error, Error::LostCreate(..)), None, lost).await.len(), 1 + REPEATS);
        assert_eq!(attempts(|error| matches!(error, Error::LostCreate(..)), None, || busy(None)).await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_forward_makes_the_next_failure_the_first() {
        let mut attempts = Attempts::new(Error::is_transient, Duration::from_secs(1), None);
        for _ in 0..3 * REPEATS {
            let before = Instant::now();
            attempts.after(busy(None)).await.expect("there is always another attempt");
            assert!(before.elapsed() < Duration::from_millis(1300));
            attempts.got_further();
        }
    }
}
