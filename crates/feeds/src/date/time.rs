//! The text after a date: nothing, or a time of day.

use chrono::{FixedOffset, NaiveTime};

use super::scan::{digits, number};

/// The text after a date.
#[derive(Debug, PartialEq)]
pub(super) enum TimeOfDay {
    /// Nothing, or a time that is dropped.
    Local,
    /// A time in UTC or with an offset: the date is London's.
    Instant(NaiveTime, FixedOffset),
}

impl TimeOfDay {
    /// None: what follows is not a time.
    pub(super) fn read(after: &str) -> Option<Self> {
        // A full stop at the end of a date belongs to it: 25.12.1980.
        if matches!(after, "" | ".") {
            return Some(Self::Local);
        }
        Self::of_day(after.strip_prefix(',').unwrap_or(after).strip_prefix([' ', 'T'])?)
    }

    /// `9:05`, `12:00:00 AM`, `9pm`, `21:05:00.000Z`, and nothing behind it.
    pub(super) fn of_day(text: &str) -> Option<Self> {
        let (hour, rest) = number(text, 1..=2)?;
        if is_half_of_the_day(rest) {
            return (1..=12).contains(&hour).then_some(Self::Local);
        }
        let (minute, rest) = number(rest.strip_prefix(':')?, 2..=2)?;
        let (second, rest) = match rest.strip_prefix(':') {
            Some(rest) => {
                let (second, rest) = number(rest, 2..=2)?;
                // A fraction of a second does not count.
                (second, rest.strip_prefix('.').map_or(Some(rest), |rest| Some(digits(rest)?.1))?)
            }
            None => (0, rest),
        };
        let time = NaiveTime::from_hms_opt(hour, minute, second)?;
        match rest {
            "" => Some(Self::Local),
            half if is_half_of_the_day(half) => Some(Self::Local),
            _ => Some(Self::Instant(time, zone(rest)?)),
        }
    }
}

/// `AM` or `PM` and nothing behind it, in any case, after a blank or not; with points (`p.m.`) or not.
fn is_half_of_the_day(text: &str) -> bool {
    let text = text.strip_prefix(' ').unwrap_or(text);
    let word: String = text.chars().filter(|letter| *letter != '.').map(|letter| letter.to_ascii_lowercase()).collect();
    matches!(word.as_str(), "am" | "pm")
}

/// True if this is midnight as a clock of twelve hours shows it: `12:00 AM`.
pub(super) fn is_midnight(text: &str) -> bool {
    text.strip_prefix("12")
        .map(|rest| rest.trim_start_matches([':', '.', '0']))
        .is_some_and(|half| is_half_of_the_day(half) && half.trim_start().starts_with(['a', 'A']))
}

/// `Z`, `UTC`, `GMT`, `±hh:mm`, `±hhmm` or `±hh`, after a blank or not, and nothing behind it.
fn zone(text: &str) -> Option<FixedOffset> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    if matches!(text, "Z" | "UTC" | "GMT") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 2 => (rest, "00"),
        None => rest.split_at_checked(2)?,
    };
    let whole = |text| number(text, 2..=2).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number);
    let (hours, minutes) = (whole(hours)?, whole(minutes)?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok().filter(|_| minutes < 60)?;
    match sign {
        "+" => FixedOffset::east_opt(seconds),
        "-" => FixedOffset::west_opt(seconds),
        _ => None,
    }
}
