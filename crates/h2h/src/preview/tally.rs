//! Counting what is the same in many rows.

use std::collections::BTreeMap;

/// How many different texts are told apart; a file of any length needs no more memory than these.
const MOST_TEXTS: usize = 1_000;

/// How many of them are shown.
const SHOWN: usize = 12;

/// How often each text came, and in which row first.
#[derive(Default)]
pub(super) struct Tally {
    texts: BTreeMap<String, Seen>,
    others: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Seen {
    pub(super) times: u64,
    pub(super) first_row: u32,
}

impl Tally {
    pub(super) fn add(&mut self, row: u32, text: &str) {
        if let Some(seen) = self.texts.get_mut(text) {
            seen.times += 1;
        } else if self.texts.len() < MOST_TEXTS {
            self.texts.insert(text.to_owned(), Seen { times: 1, first_row: row });
        } else {
            self.others += 1;
        }
    }

    /// The most frequent ones first, and how often all others came together.
    pub(super) fn most_frequent(&self) -> (Vec<(&str, Seen)>, u64) {
        let mut texts: Vec<(&str, Seen)> = self.texts.iter().map(|(text, seen)| (text.as_str(), *seen)).collect();
        texts.sort_by_key(|(_, seen)| (std::cmp::Reverse(seen.times), seen.first_row));
        let rest = texts.split_off(texts.len().min(SHOWN));
        (texts, self.others + rest.iter().map(|(_, seen)| seen.times).sum::<u64>())
    }
}

/// The text without what it quotes: the same warning about other cells is the same warning.
pub(super) fn without_quotes(text: &str) -> String {
    let mut parts = text.split('"');
    let mut general = parts.next().unwrap_or_default().to_owned();
    while let (Some(_quoted), Some(after)) = (parts.next(), parts.next()) {
        general.push('…');
        general.push_str(after);
    }
    general
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_the_rest_is_counted() {
        let mut tally = Tally::default();
        for row in 2..=5_001 {
            tally.add(row, &format!("number {row}"));
            tally.add(row, "often");
        }
        let (texts, others) = tally.most_frequent();
        assert_eq!(texts[0], ("often", Seen { times: 5_000, first_row: 2 }));
        assert_eq!(texts[1], ("number 2", Seen { times: 1, first_row: 2 }));
        assert_eq!((texts.len(), others), (SHOWN, 5_000 - (SHOWN as u64 - 1)));
    }

    #[test]
    fn quotes_are_left_out() {
        for (text, general) in [
            ("Email: \"none\" is not an e-mail address", "Email: … is not an e-mail address"),
            ("no quotes", "no quotes"),
            ("one \"a\" and \"b\"", "one … and …"),
            ("a cell with a mark: \"5\" tall\" and more", "a cell with a mark: … tall"),
            ("", ""),
        ] {
            assert_eq!(without_quotes(text), general);
        }
    }
}
