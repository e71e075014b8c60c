//! How long the API took of late is noted for `h2h status`.

use std::time::Duration;

use lambda_support::invocation::{Deadline, describe};
use ledger::ApiSpeed;

use crate::Poster;
use crate::batch::SETTLE;

/// Longer than this it may not hold up the answer to SQS.
const PATIENCE: Duration = Duration::from_secs(2);

impl Poster {
    /// Notes it, at most once a minute. What is not noted now, the next batch's calls are.
    pub(crate) async fn note_speed(&self, deadline: Deadline) {
        if deadline.left() < SETTLE {
            return;
        }
        let Some(took) = self.api.took() else { return };
        let milliseconds = |took: Duration| u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let speed = ApiSpeed {
            at: (self.clock)(),
            post_ms: milliseconds(took.post),
            posts: u64::try_from(took.posts).unwrap_or(u64::MAX),
            other_ms: milliseconds(took.other),
            calls_per_second: self.calls_per_second,
            posters: self.concurrency,
        };
        match tokio::time::timeout(PATIENCE, self.ledger.note_api_speed(&speed)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = describe(&error), "how long the API takes is not noted: a later batch does it");
            }
            Err(_) => tracing::warn!("how long the API takes is not noted, for want of time: a later batch does it"),
        }
    }
}
