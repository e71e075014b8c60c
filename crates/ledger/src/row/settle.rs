//! Settling: the row's outcome and its lane's count, in one transaction.

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome, Settlement};

use super::claimed::ClaimedRow;
use super::item::{KEPT_SETTLED, RowRecord};
use crate::dynamo::item::{VERSION, expiry, structured};
use crate::dynamo::store::lost;
use crate::dynamo::transaction::{Part, Transacted};
use crate::dynamo::update::Update;
use crate::keys::Key;
use crate::lists::{list_row, mark};
use crate::{Result, Token};

impl ClaimedRow {
    /// Settles the row and counts it in its lane's progress, in one transaction.
    ///
    /// # Errors
    /// [`Error::LostClaim`](crate::Error::LostClaim) if the time is up or another poster took over;
    /// [`Error::Unavailable`](crate::Error::Unavailable) if DynamoDB did not answer: the row may be settled or not, so
    /// do not acknowledge its message.
    pub async fn settle(self, settlement: Settlement) -> Result<()> {
        self.check_time()?;
        let now = self.ledger.now();
        let (key, progress) = (self.key(), Key::progress_of(&self.id.run, self.lanes, self.id.row));
        let row = self.ours(settled(&settlement, self.feed, &self.token, &self.record, now));
        let counted = count(self.feed, self.record.outcome(), settlement.outcome, now);
        let parts = vec![(key, Part::Change(row)), (progress, Part::Change(counted))];
        match self.ledger.transact("settling a row", parts).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(refused) => {
                let row = refused.into_iter().next().ok_or_else(|| lost(&self.id))?;
                let row = RowRecord::read(&self.id, row)?;
                let is_ours = row.settled_by.as_ref() == Some(&self.token);
                // Settled by ourselves: it was done before, and the answer lost.
                if is_ours { Ok(()) } else { Err(lost(&self.id)) }
            }
        }
    }
}

/// The change of a row that settles it, on condition that it has the outcome that is counted off.
pub(crate) fn settled(settlement: &Settlement, feed: &Feed, by: &Token, row: &RowRecord, now: DateTime<Utc>) -> Update {
    let update = Update::new()
        .set("outcome", settlement.outcome.as_str())
        .set("reason", settlement.reason.as_str())
        .set("how_to_fix", settlement.how_to_fix.as_str())
        .set_or_remove("resident_id", settlement.resident_id)
        .set_or_remove("follow_up_id", settlement.follow_up_id)
        .set_or_remove("error_class", settlement.error_class.as_deref())
        .set("warnings", structured(&row.warnings))
        .set_or_remove("help_request_id", row.delivery.help_request_id)
        .set("may_have_been_sent", row.may_have_been_sent)
        .set("settled_at", now)
        .set("settled_by", by)
        .set("expires_at", expiry(now, KEPT_SETTLED))
        .remove("last_error")
        .remove("claim")
        .remove("claim_until");
    list_row(update, feed, settlement, now).unchanged("outcome", row.outcome().map(Outcome::as_str))
}

/// The change of the lane's progress: plus the new outcome, minus the old one. A move marks the run: a summary may have
/// the old one in it.
pub(crate) fn count(feed: &Feed, previous: Option<Outcome>, outcome: Outcome, now: DateTime<Utc>) -> Update {
    let update = Update::new().set("v", VERSION).set("settled_at", now);
    match previous {
        None => update.add(outcome.as_str(), 1i64),
        Some(previous) if previous == outcome => update,
        Some(previous) => {
            let update = update.add(outcome.as_str(), 1i64).add(previous.as_str(), -1i64).add("moves", 1i64);
            mark(update, feed)
        }
    }
}
