//! Discard: dead rows are settled for good with a person's reason, then their dead letters are taken off.
//!
//! Stopped in the middle and started again, what is settled is not listed any more, and the dead letters that it left
//! are stale: the next one takes them off.

use feeds::{Outcome, Settlement};
use futures::{StreamExt, TryStreamExt, stream};
use ledger::{Closed, DeadRow, LANES, Ledger, RowRecord};
use serde::Serialize;

use crate::Result;
use crate::dead::DeadList;

/// The result of a discard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Discarded {
    /// Rows that are settled for good.
    pub discarded: u64,
    /// Rows that a poster has in hand: a redrive is under way.
    pub in_hand: u64,
    /// Rows that were settled otherwise meanwhile, or are kept no longer.
    pub settled_otherwise: u64,
}

/// Settles the rows of a list as skipped, for this reason, which stands in their summaries.
pub async fn discard(ledger: &Ledger, list: &DeadList, reason: &str, mut on_row: impl FnMut()) -> Result<Discarded> {
    let close = async |dead: &DeadRow| match list.runs.get(&dead.id.run) {
        Some(run) => ledger.close_row(run, dead.id.row, |stands| settlement(stands, reason)).await,
        None => Ok(Closed::Gone),
    };
    let mut closed = stream::iter(list.rows.iter().map(close)).buffer_unordered(LANES as usize);
    let mut discarded = Discarded::default();
    while let Some(closed) = closed.try_next().await? {
        match closed {
            Closed::Done(_) => discarded.discarded += 1,
            Closed::Held { .. } => discarded.in_hand += 1,
            Closed::Left | Closed::Gone => discarded.settled_otherwise += 1,
        }
        on_row();
    }
    Ok(discarded)
}

/// The settlement of a dead row; what Here to Help said of it before stays with it.
fn settlement(row: &RowRecord, reason: &str) -> Option<Settlement> {
    let dead = row.settlement.clone()?;
    match dead.outcome {
        Outcome::DeadLettered | Outcome::Uncertain | Outcome::Failed => {
            let ended = Settlement { outcome: Outcome::Skipped, error_class: None, ..dead };
            Some(ended.because(reason, ""))
        }
        Outcome::Created | Outcome::AlreadyKnown | Outcome::Skipped | Outcome::Rejected => None,
    }
}
