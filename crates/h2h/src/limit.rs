//! How many rows may be at Here to Help at once, and why.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use here_to_help::{Limit, Work};
use ledger::Ledger;
use serde::Serialize;

use crate::render::count;

/// What was found longer ago says nothing of now.
const LATELY: TimeDelta = TimeDelta::minutes(10);

/// The limit that the posters found last.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LimitView {
    /// Below one: the part of its time in which one poster is at work.
    pub(crate) rows: f64,
    /// How long a POST of somebody new took, and how long it takes where one row is there alone.
    post_ms: Option<u64>,
    usual_post_ms: Option<u64>,
    /// How many of our calls waited for others there, on average.
    waiting: f64,
    found_at: DateTime<Utc>,
}

impl LimitView {
    /// Looks; none where nothing was found lately.
    pub(crate) async fn look(ledger: &Ledger, now: DateTime<Utc>) -> anyhow::Result<Option<Self>> {
        let noted = ledger.api_limit::<Limit>().await.context("cannot look how many rows may be at Here to Help")?;
        Ok(Self::of(&noted.limit).filter(|limit| now - limit.found_at <= LATELY))
    }

    fn of(limit: &Limit) -> Option<Self> {
        let found_at = DateTime::from_timestamp_millis(i64::try_from(limit.found_at).ok()?)?;
        let post = |times: &BTreeMap<Work, f64>| times.get(&Work::Post).map(|ms| ms.round() as u64);
        let waiting = (limit.waiting * 10.0).round() / 10.0;
        Some(Self {
            rows: limit.rows,
            post_ms: post(&limit.lately),
            usual_post_ms: post(&limit.usual),
            waiting,
            found_at,
        })
    }

    /// The limit and its reason, in a few words: `Here to Help answers in 380 ms: 3 rows at once`.
    pub(crate) fn in_words(&self) -> String {
        let rows = match self.rows {
            rows if rows < 1.0 => format!("one row at a time, with rests of {:.0} times as long", 1.0 / rows - 1.0),
            rows => count(rows as u64, "row at once", "rows at once"),
        };
        match self.post_ms {
            Some(ms) => format!("Here to Help answers in {ms} ms: {rows}"),
            None => format!("Here to Help takes {rows}"),
        }
    }

    /// The same with what it was found by.
    pub(crate) fn at_length(&self) -> String {
        let alone = self.usual_post_ms.map(|ms| format!(" (a POST, which takes {ms} ms where one row is there alone)"));
        let words = self.in_words().replacen(" ms:", &format!(" ms{}:", alone.unwrap_or_default()), 1);
        format!("{words}; of our calls {:.1} waited there.", self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(rows: f64) -> LimitView {
        let times = |ms| [(Work::Post, ms), (Work::Read, 7.0)].into();
        let mut limit = Limit::of(rows, times(95.2));
        (limit.lately, limit.waiting, limit.found_at) = (times(380.4), 0.61, 1);
        LimitView::of(&limit).expect("found")
    }

    #[test]
    fn the_limit_is_said_with_its_reason() {
        insta::assert_snapshot!(limit(3.0).in_words(), @"Here to Help answers in 380 ms: 3 rows at once");
        insta::assert_snapshot!(limit(1.0).in_words(), @"Here to Help answers in 380 ms: 1 row at once");
        insta::assert_snapshot!(limit(0.25).in_words(), @"Here to Help answers in 380 ms: one row at a time, with rests of 3 times as long");
        insta::assert_snapshot!(limit(3.0).at_length(), @"Here to Help answers in 380 ms (a POST, which takes 95 ms where one row is there alone): 3 rows at once; of our calls 0.6 waited there.");
        let of_known = LimitView { post_ms: None, ..limit(2.0) };
        insta::assert_snapshot!(of_known.at_length(), @"Here to Help takes 2 rows at once; of our calls 0.6 waited there.");
    }
}
