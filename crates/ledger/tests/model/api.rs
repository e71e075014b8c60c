//! As much of the API as the ledger guards: it finds and then inserts, without a lock.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use ledger::RowId;

/// A post that a poster is about to send, from what it found.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    row: RowId,
    /// The resident to make, if none was found.
    makes: Option<u32>,
}

/// The API's records.
#[derive(Default)]
pub(crate) struct Api {
    posted: BTreeSet<RowId>,
    residents: BTreeSet<u32>,
    /// Posts whose senders died, and when they have arrived at the latest: an owner's calls do not outlive its claim.
    on_the_way: Vec<(Post, DateTime<Utc>)>,
    /// The leases under which rows were sent, by their keys.
    pub(crate) sent_under: BTreeMap<RowId, BTreeSet<String>>,
}

/// The resident that a row speaks of: two neighbours speak of the same.
pub(crate) fn resident_of(row: &RowId) -> u32 {
    row.row / 2
}

impl Api {
    /// True if it has the row: what a look before posting finds.
    pub(crate) fn has(&self, row: &RowId) -> bool {
        self.posted.contains(row)
    }

    /// True if it has the row, or may come to have it.
    pub(crate) fn may_have(&self, row: &RowId) -> bool {
        self.has(row) || self.on_the_way.iter().any(|(post, _)| post.row == *row)
    }

    /// Finds the resident.
    pub(crate) fn find(&self, row: &RowId) -> Post {
        let resident = resident_of(row);
        Post { row: row.clone(), makes: (!self.residents.contains(&resident)).then_some(resident) }
    }

    /// Inserts what was not found.
    pub(crate) fn insert(&mut self, post: Post) {
        assert!(self.posted.insert(post.row.clone()), "row {} was posted twice", post.row);
        if let Some(resident) = post.makes {
            assert!(self.residents.insert(resident), "resident {resident} was made twice, at last by {}", post.row);
        }
    }

    /// Takes a post that arrives when its sender has died.
    pub(crate) fn leave_on_the_way(&mut self, post: Post, until: DateTime<Utc>) {
        self.on_the_way.push((post, until));
    }

    /// Lets what is on its way arrive, at the last moment.
    pub(crate) fn arrive(&mut self, now: DateTime<Utc>) {
        let on_the_way = std::mem::take(&mut self.on_the_way);
        for (post, until) in on_the_way {
            if until <= now { self.insert(post) } else { self.on_the_way.push((post, until)) }
        }
    }
}
