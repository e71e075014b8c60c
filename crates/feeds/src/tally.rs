//! Counting what is the same in many rows: a warning of a hundred rows is reported once, with the rows.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How many different texts are told apart; a file of any length needs no more memory than these.
const MOST_TEXTS: usize = 1_000;
/// How many of them are reported.
const TOLD: usize = 40;
/// How many rows are named of each.
const ROWS_NAMED: usize = 10;

/// In which rows each text came.
#[derive(Default)]
pub struct Tally {
    texts: BTreeMap<String, Rows>,
    others: u64,
}

/// Rows of a sheet: the first ten, and how many there are in all. Shown as `rows 2, 5 and 9` or
/// `rows 2, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 31 more`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    first: Vec<u32>,
    last: u32,
    /// How many there are.
    pub count: u64,
}

impl Tally {
    /// One more row has this text. Rows come in the sheet's order; a row that has a text twice counts once.
    pub fn add(&mut self, row: u32, text: &str) {
        if self.texts.len() < MOST_TEXTS || self.texts.contains_key(text) {
            self.texts.entry(text.to_owned()).or_default().add(row);
        } else {
            self.others += 1;
        }
    }

    /// One more row has this warning. What it quotes is left out: the same warning about other cells is the same warning.
    pub fn add_warning(&mut self, row: u32, warning: &str) {
        self.add(row, &without_quotes(warning));
    }

    /// The most frequent ones first, at most 40, and how often all others came together.
    pub fn most_frequent(&self) -> (Vec<(&str, &Rows)>, u64) {
        let mut texts: Vec<(&str, &Rows)> = self.texts.iter().map(|(text, rows)| (text.as_str(), rows)).collect();
        texts.sort_by_key(|(_, rows)| (std::cmp::Reverse(rows.count), rows.first.first().copied()));
        let rest = texts.split_off(texts.len().min(TOLD));
        (texts, self.others + rest.iter().map(|(_, rows)| rows.count).sum::<u64>())
    }
}

impl Rows {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first of them alone, at most so many.
    pub(crate) fn first(&self, most: u64) -> Self {
        let mut first = Self::default();
        self.first.iter().zip(0..most).for_each(|(row, _)| first.add(*row));
        first
    }

    /// Takes in one more; they come in the sheet's order.
    pub(crate) fn add(&mut self, row: u32) {
        if self.count > 0 && self.last == row {
            return;
        }
        self.count += 1;
        self.last = row;
        if self.first.len() < ROWS_NAMED {
            self.first.push(row);
        }
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.first.iter().map(u32::to_string).collect();
        let more = self.count - self.first.len() as u64;
        match numbers.split_last() {
            None => f.write_str("no rows"),
            Some((only, [])) if more == 0 => write!(f, "row {only}"),
            Some((last, others)) if more == 0 => write!(f, "rows {} and {last}", others.join(", ")),
            Some(_) => write!(f, "rows {} and {more} more", numbers.join(", ")),
        }
    }
}

/// A message without what it quotes of the cells, whose own quotation marks are not in it (`text.rs`). Where it begins with
/// that, behind its column's name, it says so in words.
pub fn without_quotes(text: &str) -> String {
    let general = text.split('"').step_by(2).collect::<Vec<_>>().join("…");
    general.replacen(": … is ", ": what stands there is ", 1)
}

wire::debug_only!(Tally { others });

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::{ExcludedIds, Feed, Header, Rules};

    #[test]
    fn the_most_frequent_come_first_and_the_rest_is_counted() {
        let mut tally = Tally::default();
        for row in 2..=5_001 {
            tally.add(row, &format!("number {row}"));
            tally.add(row, "often");
            tally.add(row, "often");
        }
        let (texts, others) = tally.most_frequent();
        let (text, rows) = texts[0];
        assert_eq!((text, rows.count), ("often", 5_000));
        assert_eq!(rows.to_string(), "rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 4990 more");
        assert_eq!((texts[1].0, texts[1].1.to_string().as_str()), ("number 2", "row 2"));
        assert_eq!((texts.len(), others), (TOLD, 5_000 - (TOLD as u64 - 1)));
    }

    #[test]
    fn ten_rows_are_named_and_the_others_counted() {
        let shown = |last| {
            let mut rows = Rows::default();
            (1..=last).for_each(|row| rows.add(row));
            rows.to_string()
        };
        assert_eq!(shown(1), "row 1");
        assert_eq!(shown(2), "rows 1 and 2");
        assert_eq!(shown(10), "rows 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10");
        assert_eq!(shown(11), "rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more");
    }

    #[test]
    fn quotes_are_left_out() {
        for (text, general) in [
            ("Email: \"none\" is not an e-mail address", "Email: what stands there is not an e-mail address"),
            ("no quotes", "no quotes"),
            ("one \"a\" and \"b\"", "one … and …"),
            ("never closed: \"a", "never closed: "),
            ("", ""),
        ] {
            assert_eq!(without_quotes(text), general);
        }
    }

    /// Cells of letters that no message has, with quotation marks and what makes rules look twice.
    fn cell() -> impl Strategy<Value = String> {
        let piece =
            prop::sample::select(vec!["\"", "\"\"", "山", "川", "木", " ", "0", "@", "1/1/1900", "+44", ", ", "\n"]);
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn a_warning_that_is_counted_holds_nothing_of_a_cell(
            feed in prop::sample::select(crate::all().iter().map(|feed| feed.name()).collect::<Vec<_>>()),
            cells in prop::collection::vec(cell(), 30),
        ) {
            let feed = Feed::named(feed).expect("a feed of this name");
            let columns: Vec<String> = feed.columns().iter().map(|column| column.name.to_owned()).collect();
            let cells: Vec<String> = columns.iter().zip(cells).map(|(column, cell)| match column.as_str() {
                // Let through by the feed's filters, so that there are warnings.
                "UTLA" => "Hackney".to_owned(),
                "Date Tested" => "08/03/2021".to_owned(),
                "Status Report" => "completed".to_owned(),
                "Help Request Type" => "EUSS".to_owned(),
                "Subtype" => String::new(),
                name if name.starts_with("LA Support") => "yes".to_owned(),
                _ => cell,
            }).collect();
            let header = Header { row: 1, columns };
            let as_of = NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date");
            let rules = Rules { as_of, excluded: ExcludedIds::default() };
            let judged = feed.judge(&header, 2, &cells, &rules).expect("the feed's own columns");
            let mut tally = Tally::default();
            for warning in &judged.warnings {
                tally.add_warning(2, warning);
            }
            for (text, _) in tally.most_frequent().0 {
                prop_assert!(!text.contains(['山', '川', '木', '"']), "{text}");
            }
        }
    }
}
