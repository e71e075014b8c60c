//! Rows as people look at them: nothing is claimed and nothing changes.

use std::collections::BTreeMap;

use feeds::Outcome;

use super::rows::Wanted;
use crate::dynamo::text;
use crate::keys::{Key, MAX_ROW, row_of, run_of};
use crate::{Ledger, Result, RowId, RowRecord, Rows, Run, RunId};

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Not settled yet.
    Open,
    /// Settled so; a redrive may be under way.
    Settled(Outcome),
    /// The ledger does not have it (any more).
    Gone,
    /// It cannot be read here, for one: a newer version wrote it.
    Unreadable,
}

impl Ledger {
    /// A row, strongly consistent; none if the ledger does not have it (any more).
    pub async fn row(&self, run: &Run, row: u32) -> Result<Option<RowRecord>> {
        let id = RowId { run: run.id.clone(), row };
        let Some(item) = self.get("reading a row", &Key::row(&run.id, run.lanes, row)).await? else { return Ok(None) };
        let item = RowRecord::read(&id, item)?;
        let is_there = item.generation == run.generation && item.is_kept(self.now());
        Ok(is_there.then_some(item))
    }

    /// The rows of a run, strongly consistent page by page.
    pub fn rows(&self, run: &Run) -> Rows {
        Rows::new(self, run, Wanted::All)
    }

    /// The rows of a run from this number on, strongly consistent page by page: so many of each lane at once.
    pub fn rows_from(&self, run: &Run, first: u32, page: i32) -> Rows {
        Rows::within(self, run, Wanted::Some(page), first..=MAX_ROW)
    }

    /// The rows of a run that have not settled, without their cells, strongly consistent.
    pub fn open_rows(&self, run: &Run) -> Rows {
        Rows::new(self, run, Wanted::Open)
    }

    /// How rows stand, strongly consistent: in the order in which they were asked for.
    pub async fn standings(&self, rows: &[(&Run, u32)]) -> Result<Vec<Standing>> {
        // DynamoDB refuses a batch that asks for the same item twice.
        let keys: BTreeMap<(&RunId, u32), Key> =
            rows.iter().map(|(run, row)| ((&run.id, *row), Key::row(&run.id, run.lanes, *row))).collect();
        let wanted: Vec<Key> = keys.values().cloned().collect();
        let mut found = BTreeMap::new();
        for item in self.get_all("looking how rows stand", &wanted).await? {
            let id = (text(&item, "pk").and_then(run_of), text(&item, "sk").and_then(row_of));
            found.insert(id, RowRecord::read("a row", item));
        }
        let now = self.now();
        let standing = |(run, row): &(&Run, u32)| {
            let id = (Some(run.id.clone()), Some(*row));
            match found.get(&id) {
                Some(Ok(row)) if row.generation == run.generation && row.is_kept(now) => {
                    row.outcome().map_or(Standing::Open, Standing::Settled)
                }
                Some(Err(_)) => Standing::Unreadable,
                Some(Ok(_)) | None => Standing::Gone,
            }
        };
        Ok(rows.iter().map(standing).collect())
    }
}
