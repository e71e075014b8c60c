//! The widths of a tab's columns: as wide as what is in them, within bounds.
//!
//! They are noted as the rows pass and set when the last one is there: the part of the file that says them is written at the
//! end, so nothing need be known before, nor read twice.

use std::cmp::max;

/// The narrowest and the widest column, in characters. What is longer goes on in the next line of its cell.
const NARROWEST: u16 = 8;
const WIDEST: u16 = 60;
/// A column's name makes it at most so wide: long names stand over short cells.
const WIDEST_NAME: u16 = 22;
/// Room for the button of the filter beside a name, and for the edges of a cell.
const BUTTON: u16 = 3;
const EDGES: u16 = 2;

/// The columns that stay in sight take at most so much of the screen, in characters: half of a small one.
const MOST_IN_SIGHT: u16 = 100;

/// The widths of the columns so far, in characters.
pub(super) struct Widths(Vec<u16>);

impl Widths {
    /// Those of the columns' names.
    pub(super) fn of_names(names: &[String]) -> Self {
        let width = |name: &String| (longest_line(name).min(WIDEST_NAME) + BUTTON).max(NARROWEST);
        Self(names.iter().map(width).collect())
    }

    /// Takes in a cell of a column that has a name.
    pub(super) fn note(&mut self, column: usize, text: &str) {
        let Some(width) = self.0.get_mut(column) else { return };
        // Bytes are never fewer than characters.
        if text.len() + usize::from(EDGES) > usize::from(*width) {
            *width = max(*width, (longest_line(text) + EDGES).min(WIDEST));
        }
    }

    /// The columns with their widths.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, u16)> {
        self.0.iter().copied().enumerate()
    }

    /// How many of the first columns, at most so many, find room beside the others.
    pub(super) fn in_sight(&self, most: usize) -> usize {
        let mut taken = 0;
        let fits = |width: &&u16| {
            taken += **width;
            taken <= MOST_IN_SIGHT
        };
        self.0.iter().take(most).take_while(fits).count()
    }
}

/// How many lines a cell with this text takes. A column grows with its texts up to the widest, so that only what is longer goes
/// on in a next line; words are not cut, which takes room.
pub(super) fn lines(text: &str) -> usize {
    let lines = |line: &str| match line.chars().count() {
        count if count <= usize::from(WIDEST - EDGES) => 1,
        count => count.div_ceil(usize::from(WIDEST) * 5 / 6),
    };
    text.lines().map(lines).sum::<usize>().max(1)
}

/// The characters of the longest line; of a text that is wider than any column, as many as that.
fn longest_line(text: &str) -> u16 {
    let of_line = |line: &str| line.chars().take(usize::from(WIDEST)).count();
    u16::try_from(text.lines().map(of_line).max().unwrap_or_default()).unwrap_or(WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_column_is_as_wide_as_what_is_in_it() {
        let long = "x".repeat(200);
        for (name, cells, expected) in [
            ("id", &["1"][..], 8),
            ("Forename", &["Ada"], 11),
            ("do_you_need_someone_to_contact_you", &["no"], 25),
            ("Email", &["ada@example.org"], 17),
            ("note", &["short\nand a longer second line"], 26),
            ("note", &[&long], 60),
            ("Vorname", &["Zoë Ångström-Ünlü"], 19),
        ] {
            let mut widths = Widths::of_names(&names(&[name]));
            cells.iter().for_each(|cell| widths.note(0, cell));
            widths.note(1, "beyond the last name");
            assert_eq!(widths.each().collect::<Vec<_>>(), [(0, expected)], "{name}");
        }
    }

    #[test]
    fn what_is_wider_than_the_widest_column_takes_more_lines() {
        for (text, expected) in [
            (String::new(), 1),
            ("x".repeat(58), 1),
            ("x".repeat(59), 2),
            ("x".repeat(101), 3),
            ("a\nb\n".to_owned(), 2),
        ] {
            assert_eq!(lines(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_stays_in_sight_leaves_room_for_the_rest() {
        let mut widths = Widths::of_names(&names(&["a", "b", "c", "d"]));
        assert_eq!((widths.in_sight(3), widths.in_sight(9)), (3, 4));
        widths.note(1, &"x".repeat(60));
        widths.note(2, &"x".repeat(60));
        assert_eq!(widths.in_sight(3), 2);
    }
}
