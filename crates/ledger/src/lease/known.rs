//! The memory that leases have of the residents that were reached under an identity.

use std::collections::BTreeMap;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::keys::{RowId, RunId};

/// How many residents one lease remembers: people share a name, but not hundreds.
const MOST_RESIDENTS: usize = 50;

/// A row that was applied to a resident. Ordered from older to newer: by the claim of its run, then run, then row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowVersion {
    /// When the row's run was claimed.
    #[serde(with = "ts_milliseconds")]
    pub claimed_at: DateTime<Utc>,
    /// The run.
    pub run: RunId,
    /// The row.
    pub row: u32,
}

impl RowVersion {
    /// Which row.
    pub fn id(&self) -> RowId {
        RowId { run: self.run.clone(), row: self.row }
    }

    /// How a lease marks that this row has started: short, for each row that speaks about somebody leaves one.
    pub(crate) fn mark(&self) -> String {
        format!("{} {}/{}", self.claimed_at.timestamp_millis(), self.run, self.row)
    }

    /// The row of a mark; none where another version wrote it.
    pub(crate) fn of_mark(mark: &str) -> Option<Self> {
        let (claimed_at, row) = mark.split_once(' ')?;
        let (run, row) = row.split_once('/')?;
        let claimed_at = DateTime::from_timestamp_millis(claimed_at.parse().ok()?)?;
        Some(Self { claimed_at, run: run.parse().ok()?, row: row.parse().ok()? })
    }
}

/// The leases' memory of one resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentMemory {
    /// The newest row that was applied.
    pub newest: RowVersion,
    /// That row's request, to look the resident up: people may share a name, and so a lease.
    pub help_request_id: i64,
    /// By feed, the fingerprint of the address that it last sent.
    #[serde(default)]
    pub(crate) addresses: BTreeMap<String, String>,
}

/// Keeps the residents whose rows are newest.
pub(crate) fn forget_oldest(residents: &mut BTreeMap<i64, ResidentMemory>) {
    while residents.len() > MOST_RESIDENTS
        && let Some(oldest) = residents.iter().min_by_key(|(_, known)| &known.newest).map(|(id, _)| *id)
    {
        residents.remove(&oldest);
    }
}

/// The memories of several identities, together: of each resident the newest row, and each feed's address from the
/// newest that knows one.
pub(crate) fn merged<'a>(
    leases: impl Iterator<Item = &'a BTreeMap<i64, ResidentMemory>>,
) -> BTreeMap<i64, ResidentMemory> {
    let mut merged: BTreeMap<i64, ResidentMemory> = BTreeMap::new();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_its_row() {
        let claimed_at = DateTime::from_timestamp_millis(1_613_650_581_123).expect("a time");
        let applied = RowVersion { claimed_at, run: RunId::of("file", "revision"), row: 17 };
        assert_eq!(RowVersion::of_mark(&applied.mark()), Some(applied));
        for other in ["", "17", "1613650581123 17", "soon 0123456789abcdef0123/17", "1 ../secrets/17"] {
            assert_eq!(RowVersion::of_mark(other), None, "{other}");
        }
    }
}
