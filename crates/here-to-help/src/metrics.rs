//! How the API fares, as metrics: how many calls, how long they take together, and what fails.
//!
//! Two sums and no histogram: a mean needs no more, and what collects the metrics keeps 100 values at most between two
//! of its lines.

use std::time::Duration;

use crate::Error;

/// Counts one call, however it ended. Where nothing collects metrics this does nothing.
pub(crate) fn count<T>(outcome: &Result<T, Error>, took: Duration) {
    metrics::counter!("ApiCalls").increment(1);
    metrics::counter!("ApiMilliseconds").increment(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    if let Err(error) = outcome {
        metrics::counter!("ApiErrors", "Kind" => error.kind().as_str()).increment(1);
    }
}
