//! One invocation: until when it may work, and how a handler is served.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tracing::Instrument;

use crate::{logs, metrics, panics};

/// Whoever takes over an expired claim knows that nothing its owner sent is still on its way: Lambda kills the owner at
/// the deadline and the API's gateway gives up after 29 s (docs/design.md, expiry fences).
pub const FENCE: Duration = Duration::from_secs(35);

/// Until when this invocation may work.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    wall: DateTime<Utc>,
    instant: Instant,
}

impl Deadline {
    /// The deadline that Lambda gave.
    pub fn of(context: &Context) -> Self {
        let millis = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let wall = DateTime::from_timestamp_millis(millis).unwrap_or_else(Utc::now);
        let left = (wall - Utc::now()).to_std().unwrap_or_default();
        Self { wall, instant: Instant::now() + left }
    }

    /// A deadline some time from now.
    pub fn after(left: Duration) -> Self {
        Self { wall: Utc::now() + left, instant: Instant::now() + left }
    }

    /// The instant at which Lambda ends the invocation.
    pub fn instant(&self) -> Instant {
        self.instant
    }

    /// The instant that leaves this much time before Lambda ends the invocation.
    pub fn before(&self, reserve: Duration) -> Instant {
        self.instant.checked_sub(reserve).unwrap_or(self.instant)
    }

    /// How long is left.
    pub fn left(&self) -> Duration {
        self.instant.saturating_duration_since(Instant::now())
    }

    /// When what this invocation claims expires.
    pub fn claim_expiry(&self) -> DateTime<Utc> {
        self.wall + FENCE
    }
}

/// A failure that its handler has logged, with what it knows of it: nobody logs it again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct AlreadyLogged(String);

impl AlreadyLogged {
    /// The failure as it is reported to the runtime API.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        Self(describe(error))
    }
}

/// Starts logs and metrics, builds what the handler works with, and serves events with it until Lambda ends the process.
///
/// What keeps it from being built (SSM does not answer, a setting is missing) is logged once for each invocation that
/// fails with it; the next one tries again, so that a bad moment does not spoil a process that Lambda keeps for hours. A
/// failure is logged once: by the handler ([`AlreadyLogged`]), else here. A panic ends the event, not the process, and its
/// words reach nobody; metrics are flushed after each event. It fails where the runtime API cannot be spoken to.
pub async fn serve<T, B, R, E>(
    build: impl AsyncFn() -> Result<T, B>,
    handler: impl AsyncFn(&T, Value, Deadline) -> Result<R, E>,
) -> Result<(), lambda_runtime::Error>
where
    B: Into<lambda_runtime::Error>,
    R: Serialize,
    E: Into<lambda_runtime::Error>,
{
    logs::start();
    metrics::start();
    let (built, build, handler) = (&OnceCell::new(), &build, &handler);
    let at_start = &Mutex::new(parts(built, build).await.err());
    let service = lambda_runtime::service_fn(move |event: LambdaEvent<Value>| {
        // Lambda's own lines (a time-out, say) have this id too.
        let span = tracing::info_span!("invocation", request_id = event.context.request_id);
        async move {
            let deadline = Deadline::of(&event.context);
            if asks_version(&event.payload) {
                return Ok(json!({ "version": env!("CARGO_PKG_VERSION") }));
            }
            let handled = async {
                if let Some(told) = at_start.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    return Err(told.into());
                }
                handler(parts(built, build).await?, event.payload, deadline).await.map_err(Into::into)
            };
            // Boxed: a handler's future is large, and the compiler counts how deep such types are nested.
            let answer = panics::contained(Box::pin(handled)).await;
            metrics::flush();
            match answer {
                Ok(Ok(answer)) => Ok(serde_json::to_value(answer)?),
                Ok(Err(error)) => {
                    if !error.is::<AlreadyLogged>() {
                        tracing::error!(error = describe(error.as_ref()), "the event could not be worked on");
                    }
                    Err(error)
                }
                // The hook has logged the place.
                Err(panicked) => Err(panicked.into()),
            }
        }
        .instrument(span)
    });
    lambda_runtime::run(service).await
}

/// True if `h2h doctor` asks which version this is: `{"version":true}`, of any function.
fn asks_version(event: &Value) -> bool {
    event.get("version") == Some(&Value::Bool(true))
}

/// The parts that were built; else it is tried now.
async fn parts<'a, T, B: Into<lambda_runtime::Error>>(
    built: &'a OnceCell<T>,
    build: &impl AsyncFn() -> Result<T, B>,
) -> Result<&'a T, AlreadyLogged> {
    built.get_or_try_init(|| build()).await.map_err(|error| {
        let told = AlreadyLogged::of(error.into().as_ref());
        tracing::error!(reason = %told, "the function cannot start: the next invocation tries again");
        told
    })
}

/// An error and its sources in one line.
pub fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(": ");
        said.push_str(&cause.to_string());
        source = cause.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn only_a_question_for_the_version_is_one() {
        assert!(asks_version(&json!({ "version": true })));
        for event in [json!({}), json!({ "version": 1 }), json!({ "Records": [] }), json!([]), json!(null)] {
            assert!(!asks_version(&event), "{event}");
        }
    }

    #[tokio::test]
    async fn what_could_not_be_built_is_tried_again_and_then_kept() {
        let (built, tries) = (OnceCell::new(), Cell::new(0));
        let build = async || {
            tries.set(tries.get() + 1);
            if tries.get() == 1 { Err("SSM does not answer") } else { Ok(tries.get()) }
        };
        let error = parts(&built, &build).await.expect_err("not yet");
        assert_eq!(error.to_string(), "SSM does not answer");
        assert_eq!(parts(&built, &build).await.expect("now"), &2);
        assert_eq!(parts(&built, &build).await.expect("still"), &2);
    }
}
