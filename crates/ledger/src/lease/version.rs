//! Which of two rows is the newer one.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::keys::{RowId, RunId};

/// A row's place among all rows ever. Ordered from older to newer: by the claim of its run, then run, then row.
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

    /// As lease items have it: short, for each row that speaks about somebody leaves one.
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
