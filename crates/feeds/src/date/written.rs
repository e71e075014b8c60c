//! The date part of a cell, taken apart but not checked: `2021-03-07`, `07/03/2021`, `7 Mar 2021`, `20210307`, `07032021`, behind a weekday or
//! not. Separators and years: `scan.rs`; the time behind it: `time.rs`. `read` in `date.rs` accepts or refuses it: five digits are
//! refused there, and a birthday with two digits for its year.

use chrono::{Datelike, Month, NaiveDate};

use super::error::DateError;
use super::scan::{digits, letters, number, separator, year};

/// How a date is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `yyyy-mm-dd`
    YearFirst,
    /// `dd/mm/yyyy` — or what a month-first column makes of it.
    YearLast,
    /// `d Mon yyyy`
    Named,
}

/// A date that is written so, or as `yyyymmdd` or `ddmmyyyy`.
pub(super) enum Written<'t> {
    Parts { form: Form, day: u32, month: u32, year: &'t str },
    EightDigits(&'t str),
}

impl<'t> Written<'t> {
    /// The date at the start of the text, behind a weekday or not, and what follows it.
    pub(super) fn split(text: &'t str) -> Option<(Self, &'t str)> {
        let text = after_weekday(text);
        let (start, rest) = digits(text)?;
        match start.len() {
            8 => Some((Self::EightDigits(start), rest)),
            4 => {
                let (month, rest) = number(separator(rest)?, 1..=2)?;
                let (day, rest) = number(separator(rest)?, 1..=2)?;
                Some((Self::Parts { form: Form::YearFirst, day, month, year: start }, rest))
            }
            _ => {
                let (day, rest) = number(text, 1..=2)?;
                Self::named(day, rest).or_else(|| Self::year_last(day, rest))
            }
        }
    }

    fn year_last(day: u32, rest: &'t str) -> Option<(Self, &'t str)> {
        let (month, rest) = number(separator(rest)?, 1..=2)?;
        let (year, rest) = year(separator(rest)?)?;
        Some((Self::Parts { form: Form::YearLast, day, month, year }, rest))
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
        Some((Self::Parts { form: Form::Named, day, month, year }, rest))
    }

    /// `December 10, 2021`, `Dec 10th 2021`.
    fn month_name_first(text: &'t str) -> Option<(Self, &'t str)> {
        let (name, rest) = letters(text)?;
        let month = month_of(name)?;
        let (day, rest) = number(separator(rest)?, 1..=2)?;
        let (year, rest) = year(separator(after_comma(after_ordinal(rest)))?)?;
        Some((Self::Parts { form: Form::Named, day, month, year }, rest))
    }

    /// The date. `century` is what a year of two digits is counted from; none where that is not known.
    pub(super) fn date(self, century: Option<i32>) -> Result<NaiveDate, DateError> {
        let (day, month, year) = match self {
            Self::Parts { day, month, year, .. } => (day, month, year),
            Self::EightDigits(text) => return eight_digits(text).ok_or(DateError::Unreadable),
        };
        let number: i32 = year.parse().map_err(|_| DateError::Unreadable)?;
        let century = if year.len() == 4 { 0 } else { century.ok_or(DateError::TwoDigitYear)? };
        if !(1..=12).contains(&month) {
            return Err(DateError::NoSuchMonth(month));
        }
        NaiveDate::from_ymd_opt(century + number, month, day).ok_or(DateError::NoSuchDay)
    }

    /// True if this is the day 0 that a spreadsheet program shows for a blank, or zeros all over.
    pub(super) fn is_day_zero(&self) -> bool {
        match *self {
            Self::Parts { form, day, month, year } => {
                // Excel's day 0 of January 1900, Google's and LibreOffice's of 30 December 1899, and databases' of no year.
                let is_zero = |day, month| {
                    matches!((year, month, day), ("0000" | "00", 0 | 1, 0) | ("1900", 1, 0) | ("1899", 12, 30..))
                };
                is_zero(day, month) || form == Form::YearLast && is_zero(month, day)
            }
            Self::EightDigits(text) => text.bytes().all(|byte| byte == b'0'),
        }
    }
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
    let begins = |day: &str, name: &str| day.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let is_weekday = |name: &str| name.len() >= 3 && DAYS.iter().any(|day| begins(day, name));
    let named = letters(text).filter(|(name, _)| is_weekday(name));
    named.and_then(|(_, rest)| separator(after_comma(rest))).unwrap_or(text)
}

/// Without the `st`, `nd`, `rd` or `th` behind a day.
pub(super) fn after_ordinal(text: &str) -> &str {
    match text.split_at_checked(2) {
        Some((ordinal, rest)) if ["st", "nd", "rd", "th"].iter().any(|one| ordinal.eq_ignore_ascii_case(one)) => rest,
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
