//! London's dates. The clock itself is an argument everywhere.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;

/// The date in London at an instant: the day that the council's staff call today.
pub fn london_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&London).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_summer_the_day_begins_an_hour_before_midnight_utc() {
        let late = "2021-06-18T23:30:00Z".parse().expect("an instant");
        assert_eq!(london_date(late).to_string(), "2021-06-19");
        let winter = "2021-01-18T23:30:00Z".parse().expect("an instant");
        assert_eq!(london_date(winter).to_string(), "2021-01-18");
    }
}
