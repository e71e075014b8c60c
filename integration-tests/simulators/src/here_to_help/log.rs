//! The calls to the API and its answers, in numbers.

use std::{collections::BTreeMap, time::Instant};

use chrono::{DateTime, Utc};

use super::{call::Call, state::Calls, touch::Touch};

/// The counts since the start or the last reset.
pub(super) struct Log {
    started: Instant,
    started_at: DateTime<Utc>,
    arrivals_ms: Vec<u64>,
    by_call: BTreeMap<Call, u64>,
    answers: BTreeMap<String, u64>,
    refused: BTreeMap<String, u64>,
    max_concurrent: u64,
    touches: Vec<Touch>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            started_at: Utc::now(),
            arrivals_ms: Vec::new(),
            by_call: BTreeMap::new(),
            answers: BTreeMap::new(),
            refused: BTreeMap::new(),
            max_concurrent: 0,
            touches: Vec::new(),
        }
    }
}

impl Log {
    pub(super) fn arrived(&mut self, in_flight: u64) {
        let since_start = self.started.elapsed().as_millis();
        self.arrivals_ms.push(u64::try_from(since_start).unwrap_or(u64::MAX));
        self.max_concurrent = self.max_concurrent.max(in_flight);
    }

    pub(super) fn called(&mut self, call: Call) {
        *self.by_call.entry(call).or_default() += 1;
    }

    /// Counts a call that ended in `how`: a status, or no answer at all.
    pub(super) fn ended(&mut self, how: &str, refused_because: Option<&str>) {
        *self.answers.entry(how.to_owned()).or_default() += 1;
        if let Some(reason) = refused_because {
            *self.refused.entry(format!("{how}: {reason}")).or_default() += 1;
        }
    }

    /// Told while the table is locked: so their order is that of the table.
    pub(super) fn touched(&mut self, touch: Touch) {
        self.touches.push(touch);
    }

    pub(super) fn touches(&self) -> &[Touch] {
        &self.touches
    }

    pub(super) fn calls(&self, connections: u64) -> Calls {
        let mut per_second = BTreeMap::new();
        for arrival in &self.arrivals_ms {
            *per_second.entry(arrival / 1000).or_default() += 1;
        }
        Calls {
            started_at: self.started_at,
            total: self.arrivals_ms.len() as u64,
            by_call: self.by_call.clone(),
            answers: self.answers.clone(),
            refused: self.refused.clone(),
            connections,
            max_concurrent: self.max_concurrent,
            per_second,
            arrivals_ms: self.arrivals_ms.clone(),
        }
    }
}
