//! Pieces of a date at the start of a text: each gives the piece and what follows it.

use std::ops::RangeInclusive;

/// A separator of a date's numbers, with blanks around it or not; a blank will do. Text programs make longer dashes of `-`.
pub(super) fn separator(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(' ');
    match rest.strip_prefix(['-', '/', '.', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}']) {
        Some(rest) => Some(rest.trim_start_matches(' ')),
        None => (rest.len() < text.len()).then_some(rest),
    }
}

/// A number of so many digits, neither more nor fewer.
pub(super) fn number(text: &str, length: RangeInclusive<usize>) -> Option<(u32, &str)> {
    let (digits, rest) = digits(text).filter(|(digits, _)| length.contains(&digits.len()))?;
    Some((digits.parse().ok()?, rest))
}

/// A year of two digits or four.
pub(super) fn year(text: &str) -> Option<(&str, &str)> {
    digits(text).filter(|(digits, _)| matches!(digits.len(), 2 | 4))
}

/// All the digits at the start, at least one.
pub(super) fn digits(text: &str) -> Option<(&str, &str)> {
    while_all(text, |byte| byte.is_ascii_digit())
}

/// All the letters at the start, at least one.
pub(super) fn letters(text: &str) -> Option<(&str, &str)> {
    while_all(text, |byte| byte.is_ascii_alphabetic())
}

fn while_all(text: &str, fits: impl Fn(u8) -> bool) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| !fits(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
