//! An answer of CloudWatch's GetMetricData.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// A part of what was asked for, and the token of the next part.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Answer {
    metric_data_results: Vec<Found>,
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    id: String,
    timestamps: Vec<Instant>,
    values: Vec<f64>,
}

/// AWS writes seconds since 1970, a local AWS text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Instant {
    Seconds(f64),
    Text(DateTime<Utc>),
}

impl Answer {
    /// The sums: of which metric, by its place among those that were asked for, from when on, and how much.
    pub(super) fn sums(&self) -> impl Iterator<Item = (usize, DateTime<Utc>, f64)> {
        self.metric_data_results.iter().flat_map(|found| {
            let metric = place(&found.id);
            let sums = found.timestamps.iter().zip(&found.values);
            sums.filter_map(move |(at, sum)| Some((metric?, at.instant()?, *sum)))
        })
    }
}

impl Instant {
    fn instant(&self) -> Option<DateTime<Utc>> {
        match self {
            // No part of a second is ever in it: bins begin with a minute.
            Self::Seconds(seconds) => DateTime::from_timestamp(*seconds as i64, 0),
            Self::Text(at) => Some(*at),
        }
    }
}

/// The name of the metric at this place of a question.
pub(super) fn id(place: usize) -> String {
    format!("m{place}")
}

fn place(id: &str) -> Option<usize> {
    id.strip_prefix('m')?.parse().ok()
}
