//! One request and its answer, with the time it took reported to the pace, to the metrics and to those who ask.

use std::time::{Duration, SystemTime};

use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::took::Answers;
use crate::work::Gauge;
use crate::{Error, Kind, Operation, Pace, Work, verdict};

/// More than the gateway lets through (10 MB).
const LONGEST_ANSWER: usize = 11_000_000;

/// Who is told how long a call took, and what kind of work it was.
pub(crate) struct Told<'a> {
    pub(crate) pace: &'a Pace,
    pub(crate) answers: &'a Answers,
    pub(crate) gauge: &'a Gauge,
    pub(crate) work: Work,
}

pub(crate) async fn exchange<T: DeserializeOwned>(
    operation: Operation,
    request: RequestBuilder,
    told: &Told<'_>,
) -> Result<T, Error> {
    let asked = Instant::now();
    let outcome = match request.send().await {
        Ok(response) => answer(operation, response).await,
        Err(error) => Err(unanswered(operation, error)),
    };
    let took = asked.elapsed();
    tell(told.pace, &outcome);
    told.answers.note(operation, &outcome, took);
    told.gauge.note(told.work, &outcome, took);
    count(&outcome, took);
    outcome
}

/// True if there was a whole answer, whatever it said.
fn is_whole<T>(outcome: &Result<T, Error>) -> bool {
    outcome.as_ref().err().is_none_or(|error| error.status().is_some() && error.is_answered())
}

/// Tells the pace that the call has ended, and whether the gateway lets calls through.
fn tell<T>(pace: &Pace, outcome: &Result<T, Error>) {
    pace.ended(is_whole(outcome));
    match outcome {
        Ok(_) => pace.let_through(),
        Err(error) if error.kind() == Kind::Busy => pace.throttled(error.retry_after()),
        Err(_) => {}
    }
}

/// Counts one call, however it ended, as metrics. Where nothing collects metrics this does nothing.
///
/// Two sums and no histogram: a mean needs no more, and what collects the metrics keeps 100 values at most between two
/// of its lines.
fn count<T>(outcome: &Result<T, Error>, took: Duration) {
    metrics::counter!("ApiCalls").increment(1);
    metrics::counter!("ApiMilliseconds").increment(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    if let Err(error) = outcome {
        metrics::counter!("ApiErrors", "Kind" => error.kind().as_str()).increment(1);
    }
}

async fn answer<T: DeserializeOwned>(operation: Operation, response: Response) -> Result<T, Error> {
    let status = response.status().as_u16();
    let retry_after = manners::retry_after(response.headers(), SystemTime::now());
    let failed = |kind| Error::new(operation, kind).with_status(status).with_retry_after(retry_after);

    let body = match manners::body(response, LONGEST_ANSWER).await {
        Ok(Some(body)) => body,
        Ok(None) => return Err(failed(Kind::Unreadable)),
        Err(error) => return Err(unanswered(operation, error).with_status(status)),
    };
    verdict::classify(operation, status, &body).and_then(|()| verdict::read(&body)).map_err(failed)
}

/// No answer, or no whole one.
fn unanswered(operation: Operation, error: reqwest::Error) -> Error {
    let kind = if error.is_builder() {
        Kind::Unsendable
    } else if error.is_connect() {
        // First, for a connection that is not made in time is a time-out too.
        Kind::Unreachable
    } else if error.is_timeout() {
        Kind::TimedOut
    } else {
        Kind::ConnectionLost
    };
    Error::new(operation, kind).with_source(error)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_pace_hears_of_answers_and_of_refusals() {
        let pace = Pace::share(NonZeroU32::MIN, NonZeroU32::MIN);
        pace.turn(Instant::now()).await.expect("the first turn is at once");
        let after = async |outcome: Result<(), Kind>, times: u32| {
            for _ in 0..times {
                tell(&pace, &outcome.map_err(|kind| Error::new(Operation::Create, kind)));
            }
            pace.turn(Instant::now()).await.expect_err("the second turn is later")
        };

        let agreed = after(Ok(()), 10).await;
        let throttled = after(Err(Kind::Busy), 1).await;
        assert_eq!(throttled, 2 * agreed);
        assert_eq!(after(Err(Kind::ServerError), 10).await, throttled, "no news");
        assert_eq!(after(Err(Kind::TimedOut), 10).await, throttled, "no news");
        assert_eq!(after(Ok(()), 10).await, agreed);
    }

    #[test]
    fn only_a_whole_answer_leaves_a_connection_that_can_be_kept() {
        let failed = |kind, status: Option<u16>| {
            let error = Error::new(Operation::Create, kind);
            is_whole::<()>(&Err(match status {
                Some(status) => error.with_status(status),
                None => error,
            }))
        };
        assert!(is_whole(&Ok(())) && failed(Kind::ServerError, Some(500)) && failed(Kind::Busy, Some(429)));
        assert!(
            !failed(Kind::Unreachable, None)
                && !failed(Kind::TimedOut, None)
                && !failed(Kind::ConnectionLost, Some(200))
        );
    }
}
