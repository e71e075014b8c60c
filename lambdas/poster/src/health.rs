//! The API's health: if it works for anybody, and what is done where it does not.

use aws::mapping::{Change, Flow};
use here_to_help::{Error, Invocation, Kind};
use lambda_support::invocation::describe;
use lambda_support::metrics;
use ledger::{BreakerState, By, CircuitBreaker};

use crate::Poster;
use crate::batch::Batch;
use crate::failure::Cause;

/// How the API fares, as a probe with the poster's own key finds it.
pub(crate) enum Health {
    /// Gateway, key, function and database do their part.
    Well,
    /// The same, with another key than the one that was in use until now: who was refused with the old one was refused for it.
    WellWithAnotherKey,
    /// Every row would fail like this.
    Ill(Error),
    /// The probe could not tell: too many calls, or too little time.
    Unknown,
}

/// Whose fault a failure was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiHealth {
    /// This row's, or nobody's.
    Fine,
    /// Every row would fail like this one.
    EveryRowFails,
    /// The probe could not tell.
    Unknown,
}

impl Poster {
    /// How the API fares after a row failed. Would every row fail like it, posting is paused, and the rest of the batch waits. A
    /// row that an old key was refused for waits too, or it would use up a receive at each process that does not know the new
    /// one yet.
    pub(crate) async fn health_after(&self, cause: &Cause, batch: &Batch) -> ApiHealth {
        if cause.is_for_time() {
            batch.close().await;
        }
        if !cause.may_concern_every_row() {
            return ApiHealth::Fine;
        }
        // Read before the probe: what the probe says is worth nothing once somebody has changed the circuit breaker since.
        let seen = self.ledger.breaker().await;
        let error = match self.health(&batch.probing).await {
            Health::Ill(error) => error,
            Health::WellWithAnotherKey if cause.is_for_the_key() => return ApiHealth::EveryRowFails,
            Health::WellWithAnotherKey | Health::Well => return ApiHealth::Fine,
            Health::Unknown => return ApiHealth::Unknown,
        };
        batch.close().await;
        match seen {
            Ok(seen) => self.pause(&seen, &error).await,
            Err(unread) => {
                tracing::warn!(
                    error = describe(&unread),
                    "the circuit breaker cannot be read: this batch waits, the others try"
                );
            }
        }
        ApiHealth::EveryRowFails
    }

    /// Asks the API; with the key that is stored now, where it refuses the one in use.
    pub(crate) async fn health(&self, invocation: &Invocation) -> Health {
        let mut answer = invocation.probe().await;
        let refused = answer.as_ref().is_err_and(|error| error.kind() == Kind::Forbidden);
        let has_another_key = refused && self.has_another_key().await;
        if has_another_key {
            answer = invocation.probe().await;
        }
        match answer {
            Ok(()) if has_another_key => Health::WellWithAnotherKey,
            Ok(()) => Health::Well,
            Err(error) if matches!(error.kind(), Kind::Busy | Kind::NoTime) => Health::Unknown,
            Err(error) => Health::Ill(error),
        }
    }

    /// The key is read at cold start, and processes live for hours: whoever stores another should not have to wait.
    async fn has_another_key(&self) -> bool {
        let key = match self.secrets.read(&self.api_key_parameter).await {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(error = describe(&error), "the key in use stays");
                return false;
            }
        };
        self.api.renew_key(&key).unwrap_or_else(|error| {
            tracing::warn!(error = describe(&error), "the key in use stays");
            false
        })
    }

    /// Pauses posting, if it still stands as it was seen: of many posters that want to, one does and logs it.
    pub(crate) async fn pause(&self, seen: &CircuitBreaker, error: &Error) {
        if seen.state == BreakerState::Open {
            return;
        }
        let why = error.to_string();
        match self.ledger.set_breaker(seen, BreakerState::Open, &why, this_function()).await {
            Ok(Some(_)) => {
                if seen.state == BreakerState::Closed {
                    tracing::error!(class = error.kind().as_str(), why, "posting is paused: every row would fail");
                    metrics::paused();
                } else {
                    tracing::warn!(class = error.kind().as_str(), why, "posting is paused again: it is not well yet");
                }
                self.let_through(Flow::Stopped).await;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(error = describe(&error), "posting is not paused: the next failure does it"),
        }
    }

    /// Sets the event source mapping. What does not succeed now, the next probe does.
    pub(crate) async fn let_through(&self, flow: Flow) {
        match self.mapping.set(flow).await {
            Ok(Change::None) => {}
            Ok(Change::Made) => tracing::info!(?flow, "the event source mapping is set"),
            Ok(Change::Later) => {
                tracing::info!(?flow, "AWS is still changing the event source mapping: the next probe sets it")
            }
            Err(error) => {
                tracing::warn!(
                    error = describe(&error),
                    ?flow,
                    "the event source mapping is not set: the next probe does it"
                );
            }
        }
    }
}

/// Who sets the circuit breaker here.
pub(crate) fn this_function() -> By {
    By::Function("poster".to_owned())
}
