//! Settling a row that nobody shall post: one that a person discards, or that is open when its run is cancelled.

use chrono::{DateTime, Utc};
use feeds::{Outcome, Settlement};

use super::item::RowRecord;
use super::settle::{count, settled};
use crate::dynamo::transaction::{Part, Transacted};
use crate::keys::{Key, RowId};
use crate::run::item::Run;
use crate::token::held;
use crate::{Ledger, Result, Token};

const OPERATION: &str = "closing a row";

/// The result of closing a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Settled so.
    Done(Outcome),
    /// Left as it stands.
    Left,
    /// A poster works on it, until then at most.
    Held {
        /// When its claim expires.
        until: DateTime<Utc>,
    },
    /// The ledger does not have it (any more).
    Gone,
}

impl Ledger {
    /// Settles a row that no poster has, by how it stands; `None` leaves it so. Its lane's count moves in the same
    /// transaction.
    pub async fn close_row(
        &self,
        run: &Run,
        row: u32,
        how: impl Fn(&RowRecord) -> Option<Settlement>,
    ) -> Result<Closed> {
        let id = RowId { run: run.id.clone(), row };
        let (key, progress) = (Key::row(&run.id, run.lanes, row), Key::progress_of(&run.id, run.lanes, row));
        let token = Token::random();
        loop {
            let Some(item) = self.get(OPERATION, &key).await? else { return Ok(Closed::Gone) };
            let mut record = RowRecord::read(&id, item)?;
            let now = self.now();
            if record.generation != run.generation || !record.is_kept(now) {
                return Ok(Closed::Gone);
            }
            if let (Some(by), Some(outcome)) = (&record.settled_by, record.outcome())
                && *by == token
            {
                return Ok(Closed::Done(outcome));
            }
            if let Some(until) = held(record.claim.as_ref(), record.claimed_until, now) {
                return Ok(Closed::Held { until });
            }
            // The owner of an expired claim never gave it back, so it may have sent something.
            record.may_have_been_sent |= record.claim.is_some();
            let Some(settlement) = how(&record) else { return Ok(Closed::Left) };
            let update = settled(&settlement, run.feed, &token, &record, now)
                .unchanged("claim", record.claim.as_ref())
                .unchanged("reading", Some(run.generation));
            let counted = count(run.feed, record.outcome(), settlement.outcome, now);
            let parts = vec![(key.clone(), Part::Change(update)), (progress.clone(), Part::Change(counted))];
            // Refused: somebody changed it meanwhile, or it was made before and the answer lost.
            if let Transacted::Done = self.transact(OPERATION, parts).await? {
                return Ok(Closed::Done(settlement.outcome));
            }
        }
    }

    /// Settles a row of a cancelled run that is open or dead-lettered: it is skipped, or uncertain where it may have been
    /// sent.
    pub async fn close_cancelled_row(&self, run: &Run, row: u32) -> Result<Closed> {
        self.close_row(run, row, cancelled).await
    }
}

/// The settlement of an open or dead-lettered row of a cancelled run.
fn cancelled(row: &RowRecord) -> Option<Settlement> {
    if !matches!(row.outcome(), None | Some(Outcome::DeadLettered)) {
        return None;
    }
    Some(match row.may_have_been_sent {
        true => Settlement::new(Outcome::Uncertain)
            .because(
                "the run was cancelled while it was being sent: it may have arrived",
                "nothing: the technical team looks for the person in Here to Help",
            )
            .of_class("cancelled"),
        false => Settlement::skipped("the run was cancelled before it was sent".to_owned()),
    })
}
