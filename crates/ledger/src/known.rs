//! What leases remember of the residents that were reached under an identity.

use std::collections::BTreeMap;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use feeds::Feed;
use serde::{Deserialize, Serialize};

use crate::RunId;

/// How many residents one lease remembers: people share a name, but not hundreds.
const MOST_RESIDENTS: usize = 50;

/// A row that was applied to a resident. Ordered from older to newer: by the claim of its run, then run, then row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Applied {
    /// When the row's run was claimed.
    #[serde(with = "ts_milliseconds")]
    pub claimed_at: DateTime<Utc>,
    /// The run.
    pub run: RunId,
    /// The row.
    pub row: u32,
}

/// What the leases remember of one resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The newest row that was applied.
    pub newest: Applied,
    /// That row's request, to look the resident up: people may share a name, and so a lease.
    pub help_request_id: i64,
    /// By feed, the fingerprint of the address that it last sent.
    #[serde(default)]
    pub(crate) addresses: BTreeMap<String, String>,
}

impl Known {
    /// The fingerprint of the address that a feed last sent for this resident.
    pub fn address_sent(&self, feed: &Feed) -> Option<&str> {
        self.addresses.get(feed.name()).map(String::as_str)
    }
}

/// Keeps the residents whose rows are newest.
pub(crate) fn forget_oldest(residents: &mut BTreeMap<i64, Known>) {
    while residents.len() > MOST_RESIDENTS
        && let Some(oldest) = residents.iter().min_by_key(|(_, known)| &known.newest).map(|(id, _)| *id)
    {
        residents.remove(&oldest);
    }
}

/// What several identities remember, together: of each resident the newest row, and each feed's address from the
/// newest that knows one.
pub(crate) fn merged<'a>(leases: impl Iterator<Item = &'a BTreeMap<i64, Known>>) -> BTreeMap<i64, Known> {
    let mut merged: BTreeMap<i64, Known> = BTreeMap::new();
    for (id, known) in leases.flatten() {
        let Some(other) = merged.remove(id) else {
            merged.insert(*id, known.clone());
            continue;
        };
        let known = known.clone();
        let (mut newer, older) = if other.newest > known.newest { (other, known) } else { (known, other) };
        for (feed, fingerprint) in older.addresses {
            newer.addresses.entry(feed).or_insert(fingerprint);
        }
        merged.insert(*id, newer);
    }
    merged
}
