//! Cancelling a run: what is not posted yet never will be.
//!
//! The run's state comes first, which every poster and splitter heeds; then its open rows are closed one by one, here and
//! by the sweep: whoever stops in the middle leaves nothing undone.

use feeds::Outcome;
use futures::{StreamExt, TryStreamExt, stream};
use ledger::{Cancelled, Closed, LANES, Ledger, Run, RunId};
use serde::Serialize;

use crate::dead::{DeadList, Selection};
use crate::{Error, Result};

/// How many rows are looked at before they are closed.
const PAGE: usize = 500;

/// The result of closing the rows of a cancelled run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// Rows that will never be sent.
    pub closed: u64,
    /// Rows that may have been sent: somebody must look.
    pub uncertain: u64,
    /// Rows that a poster has in hand: they end by themselves.
    pub in_hand: u64,
}

/// Cancels a run for a reason, or says that [nothing of it is open](Error::NothingOpen).
pub async fn cancel(ledger: &Ledger, run: &RunId, why: &str, by: &str) -> Result<Run> {
    match ledger.cancel_run(run, why, by).await? {
        Cancelled::Done(run) => Ok(*run),
        Cancelled::TooLate(run) => Err(Error::NothingOpen(run.id, run.state)),
        Cancelled::Unknown => Err(Error::UnknownRun(run.clone())),
    }
}

/// Closes the rows of a cancelled run that are open or dead-lettered.
pub async fn close_rows(ledger: &Ledger, run: &Run, mut on_rows: impl FnMut(u64)) -> Result<Closing> {
    let mut closing = Closing::default();
    if !run.has_rows() {
        return Ok(closing);
    }
    let of_run = Selection { run: Some(run.id.clone()), ..Selection::default() };
    let dead = DeadList::read(ledger, &of_run).await?.rows.into_iter();
    let mut rows: Vec<u32> = dead.filter(|dead| dead.can_be_redriven()).map(|dead| dead.id.row).collect();
    let mut open = ledger.open_rows(run);
    loop {
        while rows.len() < PAGE
            && let Some(row) = open.next().await?
        {
            rows.push(row.row);
        }
        if rows.is_empty() {
            return Ok(closing);
        }
        on_rows(rows.len() as u64);
        let closed = stream::iter(rows.drain(..)).map(|row| ledger.close_cancelled_row(run, row));
        let closed: Vec<Closed> = closed.buffer_unordered(LANES as usize).try_collect().await?;
        for closed in closed {
            match closed {
                Closed::Done(Outcome::Uncertain) => closing.uncertain += 1,
                Closed::Done(_) => closing.closed += 1,
                Closed::Held { .. } => closing.in_hand += 1,
                Closed::Left | Closed::Gone => {}
            }
        }
    }
}
