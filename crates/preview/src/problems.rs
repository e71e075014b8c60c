//! The problems of all rows, grouped by column.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use feeds::{Problem, without_quotes};

/// How many different problems are told apart: memory stays flat whatever the file holds.
const MOST: usize = 500;
/// How many examples are kept of each.
const EXAMPLES: usize = 3;

/// What must be corrected, grouped by column and problem.
#[derive(Default)]
pub struct Problems {
    groups: BTreeMap<(String, String), Group>,
    others: u64,
}

/// One problem in one column.
#[derive(Default)]
pub struct Group {
    /// How often it came.
    pub times: u64,
    /// Row and text of the first few.
    pub examples: Vec<(u32, String)>,
}

impl Problems {
    pub(crate) fn add(&mut self, row: u32, problem: &Problem) {
        let column = problem.column.clone().unwrap_or_else(|| "(the row)".to_owned());
        let key = (column, without_quotes(&problem.problem));
        if self.groups.len() >= MOST && !self.groups.contains_key(&key) {
            self.others += 1;
            return;
        }
        let group = self.groups.entry(key).or_default();
        group.times += 1;
        if group.examples.len() < EXAMPLES {
            group.examples.push((row, problem.text.clone()));
        }
    }

    /// Column, problem and group: column by column, the most frequent problem of each first; and how many others came.
    pub fn by_column(&self) -> (Vec<(&str, &str, &Group)>, u64) {
        let mut groups: Vec<_> =
            self.groups.iter().map(|((column, what), group)| (&**column, &**what, group)).collect();
        groups.sort_by_key(|(column, _, group)| (*column, Reverse(group.times)));
        (groups, self.others)
    }
}
