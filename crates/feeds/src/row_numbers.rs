//! Naming rows: the first few, then how many more.

use serde::{Deserialize, Serialize};

/// How many rows a message names.
const NAMED: usize = 10;

/// Some rows of a sheet, in the order in which they came: the first ten by number, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowNumbers {
    first: Vec<u32>,
    count: u64,
}

impl RowNumbers {
    /// Takes in one more.
    pub fn add(&mut self, row: u32) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(row);
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Those that are named.
    pub fn first(&self) -> &[u32] {
        &self.first
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// `row 2`, `rows 2, 5 and 9`, `rows 2, 5, … 31 and 12 more`.
impl std::fmt::Display for RowNumbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self.first.iter().map(u32::to_string).collect();
        f.write_str(if self.count == 1 { "row " } else { "rows " })?;
        match (self.count - self.first.len() as u64, numbers.as_slice()) {
            (0, [all @ .., last]) if !all.is_empty() => write!(f, "{} and {last}", all.join(", ")),
            (0, _) => f.write_str(&numbers.concat()),
            (more, _) => write!(f, "{} and {more} more", numbers.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ten_are_named() {
        let shown = |rows: std::ops::Range<u32>| {
            let mut numbers = RowNumbers::default();
            rows.for_each(|row| numbers.add(row));
            numbers.to_string()
        };
        assert_eq!(shown(2..3), "row 2");
        assert_eq!(shown(2..4), "rows 2 and 3");
        assert_eq!(shown(2..12), "rows 2, 3, 4, 5, 6, 7, 8, 9, 10 and 11");
        assert_eq!(shown(2..32), "rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 20 more");
    }
}
