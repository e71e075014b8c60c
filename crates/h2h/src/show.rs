//! How things are shown to people: tables that fit the terminal and are plain when piped, ages, counts.

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

/// A table without lines.
pub(crate) fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// How wide the terminal is; none where there is none.
pub(crate) fn columns() -> Option<u16> {
    table().width()
}

/// A number, where numbers stand.
pub(crate) fn number(number: impl ToString) -> Cell {
    Cell::new(number.to_string()).set_alignment(CellAlignment::Right)
}

/// Text on one line, which cannot steer the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// How many of something there are.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How long ago something was, in the largest unit that fits.
pub(crate) fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> String {
    span(now - since)
}

/// A time span in the largest unit that fits.
pub(crate) fn span(span: TimeDelta) -> String {
    match span.num_seconds().max(0) {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// An instant, to the second, in UTC.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_given_in_the_largest_unit_that_fits() {
        for (seconds, shown) in
            [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (172_799, "47 h"), (172_800, "2 d")]
        {
            assert_eq!(span(TimeDelta::seconds(seconds)), shown);
        }
    }
}
