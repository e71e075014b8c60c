//! One invocation: until when it may work, and how a handler is served.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::{metrics, panics};

/// Whoever takes over an expired claim knows that nothing its owner sent is still on its way: Lambda kills the owner at
/// the deadline and the API's gateway gives up after 29 s (docs/design.md, expiry fences).
const FENCE: TimeDelta = TimeDelta::seconds(35);

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
    pub fn fence(&self) -> DateTime<Utc> {
        self.wall + FENCE
    }
}

/// A failure that its handler has told in the log, with what it knows of it: nobody tells it again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Told(String);

impl Told {
    /// What the runtime API gets to hear of it.
    pub fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        Self(describe(error))
    }
}

/// Serves events with a handler until Lambda ends the process. A failure is told once: by the handler ([`Told`]), else
/// here. A panic ends the event, not the process, and its words reach nobody; metrics are flushed after each event.
///
/// # Errors
/// What the runtime API answers where it cannot be spoken to.
pub async fn serve<H, F, R, E>(handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Value, Deadline) -> F,
    F: Future<Output = Result<R, E>>,
    R: Serialize,
    E: Into<lambda_runtime::Error>,
{
    let handler = &handler;
    let service = lambda_runtime::service_fn(move |event: LambdaEvent<Value>| async move {
        let deadline = Deadline::of(&event.context);
        // Boxed: a handler's future is large, and the compiler counts how deep such types are nested.
        let answer = panics::contained(Box::pin(handler(event.payload, deadline))).await;
        metrics::flush();
        match answer {
            Ok(answer) => answer.map_err(|error| told_once(error.into())),
            // The hook has told the place.
            Err(panicked) => Err(panicked.into()),
        }
    });
    lambda_runtime::run(service).await
}

/// Tells once, where it is handled, why the function could not start; and says it to the runtime API so that the
/// invocation fails at once instead of timing out.
pub async fn refuse_to_start(reason: &(dyn std::error::Error + 'static)) -> Result<(), lambda_runtime::Error> {
    tracing::error!(reason = describe(reason), "the function cannot start");
    serve(move |_event: Value, _deadline| {
        let told = Told::of(reason);
        async move { Err::<Value, Told>(told) }
    })
    .await
}

fn told_once(error: lambda_runtime::Error) -> lambda_runtime::Error {
    if !error.is::<Told>() {
        tracing::error!(error = describe(error.as_ref()), "the event could not be worked on");
    }
    error
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
