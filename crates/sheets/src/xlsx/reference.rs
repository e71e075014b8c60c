//! Names of cells: `B7`.

use std::ops::{Range, RangeInclusive};

/// The columns that there can be, counted from 0.
pub(super) const COLUMNS: Range<u32> = 0..16_384;

/// The rows that there can be.
pub(super) const ROWS: RangeInclusive<u32> = 1..=1_048_576;

/// The column, counted from 0, and the number of the row; `None` where no cell can be.
pub(super) fn parse(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column =
        letters.bytes().fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A' + 1));
    let row = row(digits)?;
    COLUMNS.contains(&(column - 1)).then_some((column - 1, row))
}

/// The number of a row; `None` where no row can be.
pub(super) fn row(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|row| ROWS.contains(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, cell) in [
            ("A1", Some((0, 1))),
            ("Z9", Some((25, 9))),
            ("aa10", Some((26, 10))),
            ("XFD1048576", Some((16_383, 1_048_576))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("AAAA1", None),
            ("A", None),
            ("1", None),
            ("", None),
            ("A-1", None),
            ("É1", None),
            ("A99999999999", None),
        ] {
            assert_eq!(parse(name), cell, "{name}");
        }
    }
}
