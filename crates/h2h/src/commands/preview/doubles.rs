//! Rows of one file that speak of the same resident or request.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use feeds::{Decision, Judged};
use wire::identities;

/// How many pairs are kept to be shown.
const SHOWN: usize = 12;

/// Rows whose id or NHS number another row has too. Keeps a hash and a row number of each, and no text.
#[derive(Default)]
pub(super) struct Doubles {
    hasher: RandomState,
    first: HashMap<u64, u32>,
    pub(super) shown: Vec<Double>,
    /// How many rows there are that repeat another one.
    pub(super) count: u64,
}

pub(super) struct Double {
    pub(super) row: u32,
    pub(super) first: u32,
    /// The key that is the same: `id` or `NHS number`.
    pub(super) what: &'static str,
}

impl Doubles {
    pub(super) fn add(&mut self, judged: &Judged) {
        let Decision::Post(post) = &judged.decision else { return };
        let mut double = None;
        for identity in identities(&post.request) {
            let what = match identity.kind {
                "names" => continue,
                "nhs" => "NHS number",
                _ => "id",
            };
            let first = *self.first.entry(self.hasher.hash_one(&identity)).or_insert(judged.row);
            if first != judged.row {
                double.get_or_insert(Double { row: judged.row, first, what });
            }
        }
        if let Some(double) = double {
            self.count += 1;
            if self.shown.len() < SHOWN {
                self.shown.push(double);
            }
        }
    }
}
