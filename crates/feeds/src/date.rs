//! Dates as people write them in sheets (docs/contract/feeds.md, Values): day before month, never guessed from today.

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Europe::London;

/// How far a date of birth may lie back, in calendar years before the run's `as_of`.
const OLDEST_AGE: i32 = 125;

/// A date of birth that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BirthDate {
    Known(NaiveDate),
    /// 1 January 1900: what systems write when nobody knows.
    Placeholder,
}

/// Why a date is not taken. `Display` says what is wrong with it, [`DateError::how_to_fix`] what to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DateError {
    #[error("this is not a date that can be read")]
    Unreadable,
    #[error("there is no month {0}")]
    NoSuchMonth(u32),
    #[error("there is no such day in that month")]
    NoSuchDay,
    #[error("the year of birth has only two digits, so the century is not known")]
    TwoDigitYear,
    #[error("the time after the date cannot be read")]
    Time,
    #[error("a date of birth cannot be in the future")]
    Future,
    #[error("the date of birth is more than 125 years ago")]
    TooLongAgo,
}

impl DateError {
    /// What to write instead, for the data team.
    pub(crate) fn how_to_fix(self) -> &'static str {
        match self {
            Self::Unreadable | Self::NoSuchMonth(_) => {
                "Write the day, then the month, then the year, such as 25/12/1980."
            }
            Self::NoSuchDay => "Look up the right day and write it such as 25/12/1980.",
            Self::TwoDigitYear => "Write the year with four digits, such as 25/12/1980.",
            Self::Time => "Leave the time out, or write it with 24 hours, such as 25/12/1980 21:05.",
            Self::Future | Self::TooLongAgo => "Look up the right date of birth, or leave the cell blank.",
        }
    }
}

/// Reads a date of birth. `as_of` is the day on which the person must have been born, and not more than 125 years ago.
pub(crate) fn of_birth(text: &str, as_of: NaiveDate) -> Result<BirthDate, DateError> {
    let date = read(text, ShortYear::Refused)?;
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
    read(text, ShortYear::Of2000)
}

/// The first and the second number of a date with separators and a four-digit year at its end (`03/25/1980`, with a
/// time or not); for [`crate::month_first`], so whether the date exists and what its time looks like does not matter.
pub(crate) fn numbers_before_year(text: &str) -> Option<(u32, u32)> {
    let (written, after) = Written::split(text)?;
    match written {
        Written::YearLast { first, second, year } if year.len() == 4 => {
            (after.is_empty() || after.starts_with([' ', 'T'])).then_some((first, second))
        }
        _ => None,
    }
}

/// What a two-digit year means.
#[derive(Clone, Copy)]
enum ShortYear {
    Refused,
    Of2000,
}

impl ShortYear {
    fn whole(self, year: &str) -> Result<i32, DateError> {
        let number: i32 = year.parse().map_err(|_| DateError::Unreadable)?;
        match (year.len(), self) {
            (4, _) => Ok(number),
            (_, Self::Refused) => Err(DateError::TwoDigitYear),
            (_, Self::Of2000) => Ok(2000 + number),
        }
    }
}

fn read(text: &str, short_year: ShortYear) -> Result<NaiveDate, DateError> {
    let (written, after) = Written::split(text).ok_or(DateError::Unreadable)?;
    let date = written.date(short_year)?;
    match TimeOfDay::read(after).ok_or(DateError::Time)? {
        TimeOfDay::Local => Ok(date),
        TimeOfDay::Instant(time, offset) => {
            let instant = offset.from_local_datetime(&date.and_time(time)).single().ok_or(DateError::Time)?;
            Ok(instant.with_timezone(&London).date_naive())
        }
    }
}

/// The date part of a cell, taken apart but not checked.
enum Written<'t> {
    /// `yyyy-mm-dd`
    YearFirst { year: &'t str, month: u32, day: u32 },
    /// `dd/mm/yyyy` — or what a month-first column makes of it.
    YearLast { first: u32, second: u32, year: &'t str },
    /// `d Mon yyyy`
    Named { day: u32, month: u32, year: &'t str },
    /// `yyyymmdd` or `ddmmyyyy`
    EightDigits(&'t str),
}

impl<'t> Written<'t> {
    /// The date at the start of the text, and what follows it.
    fn split(text: &'t str) -> Option<(Self, &'t str)> {
        let (start, rest) = digits(text)?;
        match start.len() {
            8 => Some((Self::EightDigits(start), rest)),
            4 => {
                let (month, rest) = one_or_two_digits(separator(rest)?)?;
                let (day, rest) = one_or_two_digits(separator(rest)?)?;
                Some((Self::YearFirst { year: start, month, day }, rest))
            }
            _ => {
                let (first, rest) = one_or_two_digits(text)?;
                Self::named(first, rest).or_else(|| Self::year_last(first, rest))
            }
        }
    }

    fn year_last(first: u32, rest: &'t str) -> Option<(Self, &'t str)> {
        let (second, rest) = one_or_two_digits(separator(rest)?)?;
        let (year, rest) = year(separator(rest)?)?;
        Some((Self::YearLast { first, second, year }, rest))
    }

    fn named(day: u32, rest: &'t str) -> Option<(Self, &'t str)> {
        let (name, rest) = letters(rest.strip_prefix([' ', '-'])?)?;
        let month = month_of(name)?;
        let (year, rest) = year(rest.strip_prefix([' ', '-'])?)?;
        Some((Self::Named { day, month, year }, rest))
    }

    fn date(self, short_year: ShortYear) -> Result<NaiveDate, DateError> {
        match self {
            Self::YearFirst { year, month, day } => calendar(short_year.whole(year)?, month, day),
            Self::YearLast { first, second, year } => calendar(short_year.whole(year)?, second, first),
            Self::Named { day, month, year } => calendar(short_year.whole(year)?, month, day),
            Self::EightDigits(text) => eight_digits(text).ok_or(DateError::Unreadable),
        }
    }
}

fn calendar(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateError> {
    if !(1..=12).contains(&month) {
        return Err(DateError::NoSuchMonth(month));
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay)
}

/// `yyyymmdd` where that is a date between 1850 and 2100, else `ddmmyyyy`.
fn eight_digits(text: &str) -> Option<NaiveDate> {
    let number: u32 = text.parse().ok()?;
    let year_first = NaiveDate::from_ymd_opt(i32::try_from(number / 10_000).ok()?, number / 100 % 100, number % 100);
    year_first.filter(|date| (1850..=2100).contains(&date.year())).or_else(|| {
        NaiveDate::from_ymd_opt(i32::try_from(number % 10_000).ok()?, number / 10_000 % 100, number / 1_000_000)
    })
}

/// What follows a date.
enum TimeOfDay {
    /// Nothing, or a time that is dropped.
    Local,
    /// A time with `Z` or `±hh:mm` directly behind it: the date is London's.
    Instant(NaiveTime, FixedOffset),
}

impl TimeOfDay {
    fn read(after: &str) -> Option<Self> {
        if after.is_empty() {
            return Some(Self::Local);
        }
        let (hour, rest) = one_or_two_digits(after.strip_prefix([' ', 'T'])?)?;
        let (minute, rest) = two_digits(rest.strip_prefix(':')?)?;
        let (second, rest) = match rest.strip_prefix(':') {
            Some(rest) => seconds(rest)?,
            None => (0, rest),
        };
        let time = NaiveTime::from_hms_opt(hour, minute, second)?;
        match rest {
            "" => Some(Self::Local),
            "Z" => Some(Self::Instant(time, FixedOffset::east_opt(0)?)),
            _ => Some(Self::Instant(time, offset(rest)?)),
        }
    }
}

/// Seconds, with a fraction or not.
fn seconds(text: &str) -> Option<(u32, &str)> {
    let (second, rest) = two_digits(text)?;
    match rest.strip_prefix('.') {
        Some(rest) => digits(rest).map(|(_, rest)| (second, rest)),
        None => Some((second, rest)),
    }
}

/// `+hh:mm` or `-hh:mm` and nothing behind it.
fn offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) =
        text.strip_prefix('+').map(|rest| (1, rest)).or(text.strip_prefix('-').map(|rest| (-1, rest)))?;
    let (hours, rest) = two_digits(rest)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(':')?)?;
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (rest.is_empty() && minutes < 60).then(|| FixedOffset::east_opt(sign * seconds))?
}

/// Three letters, the whole name, or `Sept`; any case.
fn month_of(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let is_it = |month: &&str| name == **month || name == month[..3] || (**month == *"september" && name == "sept");
    (1..).zip(&MONTHS).find(|(_, month)| is_it(month)).map(|(number, _)| number)
}

fn separator(text: &str) -> Option<&str> {
    text.strip_prefix(['-', '/', '.', ' '])
}

fn one_or_two_digits(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = digits(text).filter(|(digits, _)| digits.len() <= 2)?;
    Some((number(digits)?, rest))
}

fn year(text: &str) -> Option<(&str, &str)> {
    digits(text).filter(|(digits, _)| matches!(digits.len(), 2 | 4))
}

fn two_digits(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = digits(text).filter(|(digits, _)| digits.len() == 2)?;
    Some((number(digits)?, rest))
}

/// All the digits at the start, at least one.
fn digits(text: &str) -> Option<(&str, &str)> {
    while_all(text, |byte| byte.is_ascii_digit())
}

/// All the letters at the start, at least one.
fn letters(text: &str) -> Option<(&str, &str)> {
    while_all(text, |byte| byte.is_ascii_alphabetic())
}

fn while_all(text: &str, fits: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !fits(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok()
}

#[cfg(test)]
mod tests;
