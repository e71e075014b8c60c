//! Serial numbers as the dates and times that they stand for.

use chrono::{Days, NaiveDate};

/// Serial numbers of days beyond 31 December 9999 show as `####`.
const LAST_DAY: f64 = 2_958_466.0;

const SECONDS_A_DAY: u64 = 86_400;

/// A date as `yyyy-mm-dd`, with ` hh:mm:ss` where there is a time; a time alone as `hh:mm:ss`, so day 0 too. `None`:
/// the number is not a day.
pub(super) fn date(serial: f64, is_1904: bool) -> Option<String> {
    let seconds = seconds(serial)?;
    let days = seconds / SECONDS_A_DAY;
    if days == 0 {
        return Some(clock(seconds));
    }
    let date = match (is_1904, days) {
        // Excel's calendar has a 29 February 1900.
        (false, 60) => "1900-02-29".to_owned(),
        (false, 1..60) => day(1899, 12, 31, days)?,
        (false, _) => day(1899, 12, 30, days)?,
        (true, _) => day(1904, 1, 1, days)?,
    };
    let time = seconds % SECONDS_A_DAY;
    Some(if time == 0 { date } else { format!("{date} {}", clock(time)) })
}

/// Hours, minutes and seconds, of which there may be more than a day has.
pub(super) fn hours(serial: f64) -> Option<String> {
    seconds(serial).map(clock)
}

/// Times are fractions of a day: 12:30 is stored a hair before or after it.
fn seconds(serial: f64) -> Option<u64> {
    (0.0..LAST_DAY).contains(&serial).then(|| (serial * SECONDS_A_DAY as f64).round() as u64)
}

fn day(year: i32, month: u32, day: u32, after: u64) -> Option<String> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(after))?;
    Some(date.to_string())
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times() {
        for (serial, is_1904, text) in [
            (44_197.0, false, Some("2021-01-01")),
            (44_197.5, false, Some("2021-01-01 12:00:00")),
            (44_197.520_833_333_3, false, Some("2021-01-01 12:30:00")),
            (44_197.999_999_9, false, Some("2021-01-02")),
            (42_735.0, true, Some("2021-01-01")),
            (1.0, true, Some("1904-01-02")),
            (1.0, false, Some("1900-01-01")),
            (59.0, false, Some("1900-02-28")),
            (60.0, false, Some("1900-02-29")),
            (60.5, false, Some("1900-02-29 12:00:00")),
            (61.0, false, Some("1900-03-01")),
            (0.5, false, Some("12:00:00")),
            (0.0, false, Some("00:00:00")),
            (0.0, true, Some("00:00:00")),
            (0.999_999_9, false, Some("1900-01-01")),
            (2_958_465.0, false, Some("9999-12-31")),
            (2_958_466.0, false, None),
            (-1.0, false, None),
            (f64::NAN, false, None),
        ] {
            assert_eq!(date(serial, is_1904).as_deref(), text, "{serial}, 1904: {is_1904}");
        }
        assert_eq!(hours(1.5).as_deref(), Some("36:00:00"));
    }
}
