//! Settling a row that nobody shall post: one that a person discards, or that is open when its run is cancelled.

use chrono::{DateTime, Utc};
use feeds::Outcome;

use crate::item::read;
use crate::keys::Key;
use crate::owners::held;
use crate::row_item::RowItem;
use crate::row_record::record;
use crate::settle::{Settlement, count, settled};
use crate::transaction::{Part, Transacted};
use crate::{Ledger, Result, RowId, RowRecord, Run, Token};

const OPERATION: &str = "closing a row";

/// What became of closing a row.
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
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn close_row(
        &self,
        run: &Run,
        row: u32,
        how: impl Fn(&RowRecord) -> Option<Settlement>,
    ) -> Result<Closed> {
        let id = RowId { run: run.id.clone(), row };
        let (key, progress) = (Key::row(&run.id, run.lanes, row), Key::progress(&run.id, row % run.lanes.max(1)));
        let token = Token::random();
        loop {
            let Some(item) = self.get(OPERATION, &key).await? else { return Ok(Closed::Gone) };
            let item: RowItem = read(&id, item)?;
            let now = self.now();
            if item.reading != run.reading || item.expires_at <= now.timestamp() {
                return Ok(Closed::Gone);
            }
            if let (Some(by), Some(outcome)) = (&item.settled_by, item.outcome)
                && *by == token
            {
                return Ok(Closed::Done(outcome));
            }
            if let Some(until) = held(item.claim.as_ref(), item.claim_until, now) {
                return Ok(Closed::Held { until });
            }
            let (claim, previous) = (item.claim.clone(), item.outcome);
            let mut stands = record(id.clone(), item);
            // The owner of an expired claim never gave it back, so it may have sent something.
            stands.may_have_been_sent |= claim.is_some();
            let Some(settlement) = how(&stands) else { return Ok(Closed::Left) };
            let update = settled(&settlement, run.feed, &token, previous, stands.may_have_been_sent, now);
            let update = match &claim {
                Some(expired) => update.when("#claim = :expired").bind("expired", expired),
                None => update.when("attribute_not_exists(#claim)"),
            };
            let update = update.when("#reading = :reading").bind("reading", run.reading);
            let counted = count(run.feed, previous, settlement.outcome, now);
            let parts = vec![(key.clone(), Part::Change(update)), (progress.clone(), Part::Change(counted))];
            // Refused: somebody changed it meanwhile, or it was made before and the answer lost.
            if let Transacted::Done = self.transact(OPERATION, parts).await? {
                return Ok(Closed::Done(settlement.outcome));
            }
        }
    }
}
