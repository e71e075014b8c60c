//! How long a POST took of late, and what that means for a large sheet.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use here_to_help::Pace;
use ledger::ApiSpeed;
use serde::Serialize;

use crate::render::{age, count};

/// The sheet that is reckoned with: so many new people.
const ROWS: u32 = 10_000;
/// The calls of a new row with an address and a note beside the POST: GET, and the PATCH with both (docs/performance.md).
const OTHER_CALLS: u32 = 2;
/// A speed that was reported longer ago is not of late.
const LATELY: TimeDelta = TimeDelta::hours(1);
/// A POST of a new person takes 18 ms where the API's tables have the indexes that docs/deploy.md asks for, and 95 without, at
/// 50,000 residents; a network and a gateway stand between.
const SLOW_MS: u64 = 100;

/// The speed that a poster reported last.
#[derive(Serialize)]
pub(crate) struct SpeedView {
    post_ms: u64,
    posts: u64,
    other_ms: u64,
    at: DateTime<Utc>,
    calls_per_second: NonZeroU32,
    posters: NonZeroU32,
    seconds_for_10000_rows: u64,
}

impl SpeedView {
    /// As a poster reported it, with as many rows at once as there may be now: of as many as there are posters, where that is not known.
    pub(crate) fn of(speed: ApiSpeed, rows_at_once: Option<f64>) -> Self {
        let seconds_for_10000_rows = a_large_sheet(&speed, rows_at_once).as_secs();
        let ApiSpeed { at, post_ms, posts, other_ms, calls_per_second, posters, .. } = speed;
        Self { post_ms, posts, other_ms, at, calls_per_second, posters, seconds_for_10000_rows }
    }
}

/// How long a sheet of new people takes. Who is at work makes its calls one after the other; all together make no more than agreed.
fn a_large_sheet(speed: &ApiSpeed, rows_at_once: Option<f64>) -> Duration {
    let posters = f64::from(speed.posters.get());
    let at_once = rows_at_once.map_or(posters, |rows| rows.min(posters));
    let seconds = |milliseconds: u64| Duration::from_millis(milliseconds).as_secs_f64();
    let row = (seconds(speed.post_ms) + seconds(speed.other_ms) * f64::from(OTHER_CALLS)) / at_once;
    let agreed = Pace::interval(speed.calls_per_second, NonZeroU32::MIN) * (OTHER_CALLS + 1);
    Duration::try_from_secs_f64(row.max(agreed.as_secs_f64()) * f64::from(ROWS)).unwrap_or(Duration::MAX)
}

/// In minutes, rounded up; from two hours on with the hours.
fn minutes(seconds: u64) -> String {
    match seconds.div_ceil(60) {
        minutes @ ..120 => format!("{minutes} min"),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

/// In words, now; of nothing where nothing was posted yet.
pub(crate) fn in_words(speed: Option<&SpeedView>, now: DateTime<Utc>) -> String {
    let Some(speed) = speed else { return "Nothing was posted yet.".to_owned() };
    let SpeedView { post_ms, posts, at, calls_per_second, posters, seconds_for_10000_rows, .. } = speed;
    let ago = age(*at, now);
    let took = match now - *at <= LATELY {
        true => format!("A POST took {post_ms} ms of late"),
        false => format!("Nothing was posted for {ago}. A POST took {post_ms} ms then"),
    };
    let slow = if *post_ms > SLOW_MS { ", which is slow: the indexes of docs/deploy.md may be missing" } else { "" };
    let (sheet, calls) = (minutes(*seconds_for_10000_rows), OTHER_CALLS + 1);
    let posters = count(posters.get(), "poster", "posters");
    format!(
        "{took}{slow} (median of {posts}, {ago} ago). A sheet of 10,000 new rows would take {sheet}: {calls} calls a row, \
         {posters}, at most {calls_per_second} calls a second."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(post_ms: u64, other_ms: u64, calls_per_second: u32, posters: u32) -> ApiSpeed {
        let number = |number| NonZeroU32::new(number).expect("not zero");
        let at = "2021-03-08T12:00:00Z".parse().expect("an instant");
        let (calls_per_second, posters) = (number(calls_per_second), number(posters));
        ApiSpeed { at, post_ms, posts: 24, other_ms, calls_per_second, posters }
    }

    #[test]
    fn a_sheet_takes_as_long_as_the_pace_or_the_api_whichever_is_slower() {
        for (post, other, calls_per_second, posters, at_once, expected) in [
            (20, 5, 50, 10, None, "11 min"),
            (388, 12, 50, 10, None, "11 min"),
            (1_781, 12, 50, 10, None, "31 min"),
            (388, 300, 50, 10, None, "17 min"),
            (95, 12, 50, 10, Some(3.0), "11 min"),
            (142, 12, 50, 10, Some(2.0), "14 min"),
            (400, 12, 50, 10, Some(0.25), "4 h 43 min"),
            (388, 12, 50, 10, Some(100.0), "11 min"),
            (20, 5, 20, 10, None, "26 min"),
            (20, 5, 2, 1, None, "4 h 20 min"),
        ] {
            let time = a_large_sheet(&speed(post, other, calls_per_second, posters), at_once);
            assert_eq!(minutes(time.as_secs()), expected, "{post} {other} {calls_per_second} {posters} {at_once:?}");
        }
        let hung = a_large_sheet(&speed(u64::MAX, u64::MAX, 1, 1), None);
        assert!(hung > Duration::from_secs(1 << 40), "no overflow");
    }

    #[test]
    fn what_was_posted_lately_is_said_and_what_was_not() {
        let shown = |speed: Option<ApiSpeed>, now: &str| {
            in_words(speed.map(|speed| SpeedView::of(speed, None)).as_ref(), now.parse().expect("an instant"))
        };
        insta::assert_snapshot!(shown(None, "2021-03-08T12:01:30Z"), @"Nothing was posted yet.");
        insta::assert_snapshot!(shown(Some(speed(18, 3, 50, 10)), "2021-03-08T12:01:30Z"), @"A POST took 18 ms of late (median of 24, 1 min ago). A sheet of 10,000 new rows would take 11 min: 3 calls a row, 10 posters, at most 50 calls a second.");
        insta::assert_snapshot!(shown(Some(speed(390, 3, 50, 10)), "2021-03-08T12:01:30Z"), @"A POST took 390 ms of late, which is slow: the indexes of docs/deploy.md may be missing (median of 24, 1 min ago). A sheet of 10,000 new rows would take 11 min: 3 calls a row, 10 posters, at most 50 calls a second.");
        insta::assert_snapshot!(shown(Some(speed(18, 3, 2, 1)), "2021-03-08T15:30:00Z"), @"Nothing was posted for 3 h. A POST took 18 ms then (median of 24, 3 h ago). A sheet of 10,000 new rows would take 4 h 20 min: 3 calls a row, 1 poster, at most 2 calls a second.");
    }
}
