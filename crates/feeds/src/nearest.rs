//! Which column may be meant where one is missing.

use strsim::normalized_damerau_levenshtein;

use crate::clean::is_same;
use crate::feed::Feed;

/// From here on two names are taken for two spellings of one, between 0 and 1.
const ALIKE: f64 = 0.7;

/// Below this, naming it would only mislead.
const NEAR: f64 = 0.4;

/// From here on, a name that the feed does not use is probably a slip of one that it does.
const A_SLIP: f64 = 0.8;

/// A name that holds the other, such as `email` and `contact_email`; from three letters on.
const HOLDS: f64 = 0.9;

/// Longer cells are not column names; in bytes.
const LONGEST_NAME: usize = 100;

/// No more columns than these are compared: a sheet with thousands costs no more time.
const MOST_NAMES: usize = 500;

/// The names in a header that may be meant for a missing one: the columns that the feed does not use otherwise. None of a
/// row that may not be a header: its cells may be a person's, and what is found here is quoted.
pub(crate) fn spellings<'h>(feed: &Feed, columns: &'h [String]) -> Option<Vec<&'h str>> {
    let is_used = |shown: &str| feed.columns.iter().any(|column| is_same(shown, column.name));
    could_be_a_header(feed, columns).then(|| names(columns).filter(|shown| !is_used(shown)).collect())
}

/// The nearest to this name.
pub(crate) fn nearest<'h>(spellings: &[&'h str], name: &str) -> Option<&'h str> {
    let alike = spellings.iter().map(|shown| (likeness(shown, name), *shown));
    likeliest(alike.filter(|(likeness, _)| *likeness >= NEAR))
}

fn likeliest<'n>(alike: impl Iterator<Item = (f64, &'n str)>) -> Option<&'n str> {
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}

/// True if at least half of the feed's columns are there in some spelling, such as `First Name` for `first_name`.
pub(crate) fn could_be_a_header(feed: &Feed, columns: &[String]) -> bool {
    let is_there = |name: &str| names(columns).any(|shown| likeness(shown, name) >= ALIKE);
    feed.columns.iter().filter(|column| is_there(column.name)).count() * 2 >= feed.columns.len()
}

/// The feed's column that this name is a slip of, if there is one. Columns that are numbered on, such as `Line4` after
/// `Line3`, are not slips.
pub(crate) fn slip_of(feed: &Feed, shown: &str) -> Option<&'static str> {
    if shown.len() > LONGEST_NAME {
        return None;
    }
    let likeness = |name: &str| normalized_damerau_levenshtein(&bare(shown), &bare(name));
    let numbered_on = |name: &str| bare(shown) != bare(name) && letters(shown) == letters(name);
    let alike = feed.columns.iter().map(|column| (likeness(column.name), column.name));
    likeliest(alike.filter(|(likeness, name)| *likeness >= A_SLIP && !numbered_on(name)))
}

fn names(columns: &[String]) -> impl Iterator<Item = &str> {
    columns.iter().map(String::as_str).filter(|shown| !shown.is_empty() && shown.len() <= LONGEST_NAME).take(MOST_NAMES)
}

/// From 0 to 1, by the letters and digits alone.
fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (bare(one), bare(other));
    let (short, long) = if one.len() < other.len() { (&one, &other) } else { (&other, &one) };
    let holds = if short.len() >= 3 && long.contains(short.as_str()) { HOLDS } else { 0.0 };
    normalized_damerau_levenshtein(short, long).max(holds)
}

fn letters(name: &str) -> String {
    bare(name).chars().filter(|letter| !letter.is_numeric()).collect()
}

fn bare(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_column() {
        let feed = Feed::named("spl").expect("the feed");
        for (shown, meant) in [
            ("Date of Birth", Some("DateOfBirth")),
            ("PatientSurnam", Some("PatientSurname")),
            ("patient_address_line1", Some("PatientAddress_Line1")),
            ("PatientAddress_Line4", None),
            ("PatientOtherName", None),
            ("oslaua", None),
            ("", None),
        ] {
            assert_eq!(slip_of(feed, shown), meant, "{shown}");
        }
        assert_eq!(slip_of(feed, &"PatientSurname ".repeat(100)), None);
    }
}
