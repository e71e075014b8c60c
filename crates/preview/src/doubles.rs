//! Rows of one file that speak of the same resident or request.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use wire::{HelpRequest, identities};

/// How many pairs are kept to be shown.
const SHOWN: usize = 12;

/// Rows whose id or NHS number another row has too. Keeps a hash and a row number of each, and no text.
#[derive(Default)]
pub struct Doubles {
    hasher: RandomState,
    first: HashMap<u64, u32>,
    /// The first few of them.
    pub shown: Vec<Double>,
    /// How many rows there are that repeat another one.
    pub count: u64,
}

/// A row for the same person or request as an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Double {
    /// The row.
    pub row: u32,
    /// The first row that has the same key.
    pub first: u32,
    /// The key that is the same: `id` or `NHS number`.
    pub what: &'static str,
}

impl Doubles {
    pub(crate) fn add(&mut self, row: u32, request: &HelpRequest) -> Option<Double> {
        let mut double = None;
        for identity in identities(request) {
            let what = match identity.kind {
                "names" => continue,
                "nhs" => "NHS number",
                _ => "id",
            };
            let first = *self.first.entry(self.hasher.hash_one(&identity)).or_insert(row);
            if first != row {
                double.get_or_insert(Double { row, first, what });
            }
        }
        let double = double?;
        self.count += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(double);
        }
        Some(double)
    }
}
