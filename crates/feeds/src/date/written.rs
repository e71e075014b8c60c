//! The date part of a cell, taken apart but not checked.

use chrono::{Datelike, Month, NaiveDate};

use super::error::DateError;
use super::scan::{digits, letters, one_or_two_digits, separator, year};

/// How a date is written.
pub(super) enum Written<'t> {
    /// `yyyy-mm-dd`
    YearFirst { year: &'t str, month: u32, day: u32 },
    /// `dd/mm/yyyy` — or what a month-first column makes of it.
    YearLast { first: u32, second: u32, year: &'t str },
    /// `d Mon yyyy`
    Named { day: u32, month: u32, year: &'t str },
    /// `yyyymmdd` or `ddmmyyyy`
    EightDigits(&'t str),
}

/// The meaning of a two-digit year.
#[derive(Clone, Copy)]
pub(super) enum ShortYear {
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

impl<'t> Written<'t> {
    /// The date at the start of the text, behind a weekday or not, and what follows it.
    pub(super) fn split(text: &'t str) -> Option<(Self, &'t str)> {
        let text = after_weekday(text);
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

    /// A date in any form that is seen, also one that is not read: `December 10, 2021`.
    pub(super) fn split_any(text: &'t str) -> Option<(Self, &'t str)> {
        Self::split(text).or_else(|| Self::month_name_first(after_weekday(text)))
    }

    /// `25 Dec 1980`, `25/Dec/1980`, `25Dec1980`, `25th December 1980`, `25th of December, 1980`.
    fn named(day: u32, rest: &'t str) -> Option<(Self, &'t str)> {
        let rest = after_ordinal(rest);
        let (name, rest) = letters(separator(rest).unwrap_or(rest))?;
        let (name, rest) = if name.eq_ignore_ascii_case("of") { letters(separator(rest)?)? } else { (name, rest) };
        let month = month_of(name)?;
        let rest = after_comma(rest);
        let (year, rest) = year(separator(rest).unwrap_or(rest))?;
        Some((Self::Named { day, month, year }, rest))
    }

    /// `December 10, 2021`, `Dec 10th 2021`.
    fn month_name_first(text: &'t str) -> Option<(Self, &'t str)> {
        let (name, rest) = letters(text)?;
        let month = month_of(name)?;
        let (day, rest) = one_or_two_digits(separator(rest)?)?;
        let (year, rest) = year(separator(after_comma(after_ordinal(rest)))?)?;
        Some((Self::Named { day, month, year }, rest))
    }

    pub(super) fn date(self, short_year: ShortYear) -> Result<NaiveDate, DateError> {
        match self {
            Self::YearFirst { year, month, day } => calendar(short_year.whole(year)?, month, day),
            Self::YearLast { first, second, year } => calendar(short_year.whole(year)?, second, first),
            Self::Named { day, month, year } => calendar(short_year.whole(year)?, month, day),
            Self::EightDigits(text) => eight_digits(text).ok_or(DateError::Unreadable),
        }
    }

    /// True if this is the day 0 that a spreadsheet program shows for a blank, or zeros all over.
    pub(super) fn is_day_zero(&self) -> bool {
        match *self {
            Self::YearFirst { year, month, day } => is_day_zero(day, month, year),
            Self::YearLast { first, second, year } => {
                is_day_zero(first, second, year) || is_day_zero(second, first, year)
            }
            Self::Named { day, month, year } => is_day_zero(day, month, year),
            Self::EightDigits(text) => text.bytes().all(|byte| byte == b'0'),
        }
    }
}

/// Excel's day 0 of January 1900, Google's and LibreOffice's of 30 December 1899, and databases' of no year at all.
fn is_day_zero(day: u32, month: u32, year: &str) -> bool {
    match year {
        "0000" | "00" => day == 0 && month <= 1,
        "1900" => day == 0 && month == 1,
        "1899" => day >= 30 && month == 12,
        _ => false,
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

/// Without a weekday at the start: `Thursday, 25 December 1980`, `Thu 25 Dec 1980`.
pub(super) fn after_weekday(text: &str) -> &str {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let is_weekday = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.len() >= 3 && DAYS.iter().any(|day| day.starts_with(&name))
    };
    let named = letters(text).filter(|(name, _)| is_weekday(name));
    named.and_then(|(_, rest)| separator(after_comma(rest))).unwrap_or(text)
}

/// Without the `st`, `nd`, `rd` or `th` behind a day.
pub(super) fn after_ordinal(text: &str) -> &str {
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("st" | "nd" | "rd" | "th") => &text[2..],
        _ => text,
    }
}

fn after_comma(text: &str) -> &str {
    text.strip_prefix(',').unwrap_or(text)
}

/// Three letters, the whole name, or `Sept`; any case.
pub(super) fn month_of(name: &str) -> Option<u32> {
    let name = if name.eq_ignore_ascii_case("sept") { "sep" } else { name };
    name.parse().ok().map(|month: Month| month.number_from_month())
}
