//! Dates as people write them in sheets (docs/contract/feeds.md, Values): day before month, never guessed from today.

mod error;
mod scan;
mod time;
mod written;

use chrono::{Datelike, NaiveDate, TimeDelta, TimeZone};
use chrono_tz::Europe::London;

pub(crate) use self::error::DateError;
use self::scan::{digits, letters, number, separator};
use self::time::{TimeOfDay, is_midnight};
use self::written::{Form, Written, after_ordinal, after_weekday, month_of};

/// How far a date of birth may lie back, in calendar years before the run's `as_of`.
const OLDEST_AGE: i32 = 125;

/// The months of programs in French, German, Italian, Spanish, Portuguese, Dutch and Polish, but for those in English.
const FOREIGN_MONTHS: [&str; 34] = [
    "abr", "ago", "août", "avr", "cze", "dez", "dic", "déc", "ene", "fev", "fév", "févr", "gen", "giu", "gru", "janv",
    "juil", "juin", "kwi", "lip", "lis", "lug", "mag", "mai", "mei", "mrt", "mrz", "mär", "okt", "ott", "out", "paź",
    "sie", "sty",
];

/// A date of birth that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BirthDate {
    Known(NaiveDate),
    /// A date that systems write when nobody knows: 1 January 1900, or the zero of a lookup that found nothing.
    Placeholder,
}

/// Reads a date of birth. `as_of` is the day on which the person must have been born, and not more than 125 years ago.
pub(crate) fn of_birth(text: &str, as_of: NaiveDate) -> Result<BirthDate, DateError> {
    if is_zero(text) {
        return Ok(BirthDate::Placeholder);
    }
    let date = read(text, None)?;
    if NaiveDate::from_ymd_opt(1900, 1, 1) == Some(date) {
        Ok(BirthDate::Placeholder)
    } else if date > as_of {
        Err(DateError::Future)
    } else if date.year() < as_of.year() - OLDEST_AGE {
        Err(DateError::TooLongAgo)
    } else {
        Ok(BirthDate::Known(date))
    }
}

/// Reads the date of a test. A two-digit year is 20yy: there was no such test before.
pub(crate) fn of_test(text: &str) -> Result<NaiveDate, DateError> {
    read(text, Some(2000))
}

/// True if this is the zero of a lookup that found nothing: `0`, midnight (`00:00:00`, `12:00 AM`), or the day 0 of
/// January 1900 in whatever form, at whatever time: programs that show it in another time zone shift it.
pub(crate) fn is_zero(text: &str) -> bool {
    let is_no_time = |text: &str| text.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.' | b' '));
    if (text.starts_with('0') && is_no_time(text)) || is_midnight(text) {
        return true;
    }
    Written::split_any(text).is_some_and(|(written, after)| written.is_day_zero() && TimeOfDay::read(after).is_some())
}

/// True if the text is a date or a time and nothing else, whatever it is worth: also what a spreadsheet program makes
/// of `10-12` (`10-Dec`, `Oct-12`), but not `10-12` itself.
pub(crate) fn is_only_a_date(text: &str) -> bool {
    let whole = || Written::split_any(text).is_some_and(|(_, after)| TimeOfDay::read(after).is_some());
    let is_eight_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    (whole() && !is_eight_digits) || is_day_and_month(text) || is_foreign_day_and_month(text) || is_time(text)
}

/// `12/02`, or eight digits that are a date of this century: they are dates only by what stands beside them.
pub(crate) fn may_be_a_date(text: &str) -> bool {
    let of_this_century = || of_test(text).is_ok_and(|date| (2000..2100).contains(&date.year()));
    match text.split_once(['/', '-', '.']).map(|(one, other)| [one, other].map(|text| number(text, 1..=2))) {
        Some([Some((one, "")), Some((other, ""))]) => {
            (1..=31).contains(&one.max(other)) && (1..=12).contains(&one.min(other))
        }
        _ => text.len() == 8 && of_this_century() && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// `10-Dec`, `3 March`, `1st March`, `Oct-04`, `October 2004`, `March 1st`; with a time or not.
fn is_day_and_month(text: &str) -> bool {
    let text = after_weekday(text);
    let is_month = |text| month_of(text).is_some();
    let day_first = || {
        let (_, rest) = number(text, 1..=2)?;
        let (_, rest) = letters(separator(after_ordinal(rest))?).filter(|(name, _)| is_month(name))?;
        TimeOfDay::read(rest)
    };
    let month_first = || {
        let (_, rest) = letters(text).filter(|(name, _)| is_month(name))?;
        let (_, rest) = digits(separator(rest)?).filter(|(number, _)| matches!(number.len(), 1 | 2 | 4))?;
        TimeOfDay::read(after_ordinal(rest))
    };
    day_first().is_some() || month_first().is_some()
}

/// Days and months as spreadsheet programs in other languages show them: no dates to read, but no house numbers either.
/// `10-déc`, `10. Dez`, `10.12.`.
fn is_foreign_day_and_month(text: &str) -> bool {
    let Some((_, rest)) = number(text, 1..=2) else { return false };
    let Some(month) = separator(rest) else { return false };
    let is_number = || rest.starts_with('.') && matches!(number(month, 1..=2), Some((1..=12, ".")));
    FOREIGN_MONTHS.contains(&month.trim_end_matches('.').to_lowercase().as_str()) || is_number()
}

/// `12:30`, `12:30:00`, `12:30 PM`, or hours beyond a day.
fn is_time(text: &str) -> bool {
    TimeOfDay::of_day(text).is_some()
        || digits(text).and_then(|(_, rest)| number(rest.strip_prefix(':')?, 2..=2)).is_some_and(|(_, rest)| {
            rest.is_empty()
                || rest.strip_prefix(':').and_then(|text| number(text, 2..=2)).is_some_and(|(_, rest)| rest.is_empty())
        })
}

/// The numbers of a date with separators and the year at its end, such as `03/25/1980`.
#[derive(Debug, PartialEq)]
pub(crate) struct BeforeYear {
    pub(crate) first: u32,
    pub(crate) second: u32,
    /// The year has two digits.
    pub(crate) short_year: bool,
}

/// The numbers before the year (with a time or not); for `evidence`, so whether the date exists and what its
/// time looks like does not matter.
pub(crate) fn numbers_before_year(text: &str) -> Option<BeforeYear> {
    match Written::split(text)? {
        (Written::Parts { form: Form::YearLast, day: first, month: second, year }, after) => {
            let short_year = year.len() == 2;
            (after.is_empty() || after.starts_with([' ', 'T', ','])).then_some(BeforeYear { first, second, short_year })
        }
        _ => None,
    }
}

/// The month and the day of a date that is written year first, as date cells are shown here.
pub(crate) fn month_and_day(text: &str) -> Option<(u32, u32)> {
    match Written::split(text)? {
        (Written::Parts { form: Form::YearFirst, month, day, .. }, _) => Some((month, day)),
        _ => None,
    }
}

/// Reads a date in one of the forms of `written.rs`, and the time behind it (`time.rs`), if there is one.
fn read(text: &str, century: Option<i32>) -> Result<NaiveDate, DateError> {
    let (written, after) = Written::split(text).ok_or_else(|| serial(text))?;
    let date = written.date(century)?;
    match TimeOfDay::read(after).ok_or(DateError::Time)? {
        TimeOfDay::Local => Ok(date),
        TimeOfDay::Instant(time, offset) => {
            let instant = offset.from_local_datetime(&date.and_time(time)).single().ok_or(DateError::Time)?;
            Ok(instant.with_timezone(&London).date_naive())
        }
    }
}

/// Five digits are the number behind a date that was copied without its format: days since 30 December 1899.
fn serial(text: &str) -> DateError {
    let days = text.parse::<f64>().ok().filter(|days| (10_000.0..100_000.0).contains(days) && text.len() >= 5);
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30);
    let date = days.zip(epoch).and_then(|(days, epoch)| epoch.checked_add_signed(TimeDelta::days(days as i64)));
    date.map_or(DateError::Unreadable, DateError::Serial)
}

#[cfg(test)]
mod tests;
