//! What all pages share: the pipeline that they are about, and what goes on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use axum::response::{IntoResponse, Response};
use operations::dead::{DeadList, Selection};

use super::background::{Background, Read};
use super::days::Days;
use super::jobs::Jobs;
use super::live::Live;
use super::sent_again::SentAgain;
use crate::cloudwatch::Span;
use crate::command_prelude::*;
use crate::commands::metrics;

/// How long a look at the pipeline may take before it counts as failed: AWS's clients try for longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the metrics are looked at: each look at one costs something, and CloudWatch knows of nothing shorter than a minute.
const METRICS: Duration = Duration::from_secs(30);

/// The server's state.
pub(super) struct Site {
    place: EnvironmentArgs,
    environment: Mutex<Arc<Environment>>,
    pub(super) live: Live,
    counted: Background<DeadList>,
    pub(super) days: Background<Days>,
    /// What the metrics tell of each span; or why they cannot be looked at.
    pub(super) lately: [Background<Result<metrics::Report, String>>; Span::ALL.len()],
    pub(super) jobs: Jobs,
    pub(super) sent_again: SentAgain,
    /// A key that Here to Help took, until somebody agrees to store it or tries another.
    pub(super) key: Mutex<Option<String>>,
}

/// The state as the handlers share it.
pub(super) type Shared = Arc<Site>;

impl Site {
    pub(super) fn new(place: EnvironmentArgs, environment: Environment) -> Self {
        let environment = Mutex::new(Arc::new(environment));
        Self {
            place,
            environment,
            live: Live::default(),
            counted: Background::default(),
            days: Background::default(),
            lately: Span::ALL.map(|_| Background::at_most_every(METRICS)),
            jobs: Jobs::default(),
            sent_again: SentAgain::default(),
            key: Mutex::default(),
        }
    }

    /// The dead rows as the index lists them; none where they are being counted.
    pub(super) async fn dead(&self, environment: &Arc<Environment>) -> Option<Read<DeadList>> {
        let read = || {
            let environment = environment.clone();
            async move { Ok(DeadList::of_index(&environment.ledger, &Selection::default()).await?) }
        };
        self.counted.get(read).await
    }

    /// Has the dead rows counted anew: something was done to them.
    pub(super) fn dead_changed(&self) {
        self.counted.expire();
    }

    pub(super) fn environment(&self) -> Arc<Environment> {
        self.environment.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the pipeline. After a look that failed the next one asks anew where everything is: a local stack that was
    /// started again is at other addresses.
    pub(super) async fn look<T, F>(&self, look: impl FnOnce(Arc<Environment>) -> F) -> anyhow::Result<T>
    where
        F: Future<Output = anyhow::Result<T>>,
    {
        let looked = match tokio::time::timeout(PATIENCE, look(self.environment())).await {
            Ok(looked) => looked,
            Err(_) => Err(anyhow!("no answer within {} s", PATIENCE.as_secs())),
        };
        if looked.is_err()
            && let Ok(Ok(found)) = tokio::time::timeout(PATIENCE, self.place.connect()).await
        {
            let mut environment = self.environment.lock().unwrap_or_else(PoisonError::into_inner);
            let is_elsewhere = environment.config.endpoint_url() != found.config.endpoint_url();
            *environment = Arc::new(found);
            if is_elsewhere {
                self.counted.forget();
                self.days.forget();
                self.lately.iter().for_each(Background::forget);
            }
        }
        looked
    }
}

/// Why a page cannot be shown.
pub(super) struct Failure(anyhow::Error);

pub(super) type Answer<T = maud::Markup> = Result<T, Failure>;

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        super::layout::failed(&format!("{:#}", self.0)).into_response()
    }
}
