//! London's dates, and waits. The clock itself is an argument everywhere.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;

/// The date in London at an instant: the day that the council's staff call today.
pub fn london_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&London).date_naive()
}

/// How long to wait for somebody else's claim or lease to be over, a second longer than its expiry.
pub fn until_over(expiry: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (expiry - now).to_std().unwrap_or_default() + Duration::from_secs(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_already_is_waited_for_a_second() {
        let now: DateTime<Utc> = "2021-03-08T12:00:00Z".parse().expect("an instant");
        assert_eq!(until_over(now + chrono::TimeDelta::seconds(40), now), Duration::from_secs(41));
        assert_eq!(until_over(now - chrono::TimeDelta::seconds(40), now), Duration::from_secs(1));
    }

    #[test]
    fn in_summer_the_day_begins_an_hour_before_midnight_utc() {
        let late = "2021-06-18T23:30:00Z".parse().expect("an instant");
        assert_eq!(london_date(late).to_string(), "2021-06-19");
        let winter = "2021-01-18T23:30:00Z".parse().expect("an instant");
        assert_eq!(london_date(winter).to_string(), "2021-01-18");
    }
}
