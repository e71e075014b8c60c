//! Settling a row, by the poster that has it; or, where nobody shall post it, by a person or a sweep.

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome, Settlement};

use super::item::KEPT_SETTLED;
use crate::dynamo::{Part, Transacted, Update, VERSION, Written, expiry, lost, structured};
use crate::keys::Key;
use crate::lists::{list_row, mark};
use crate::token::held;
use crate::{ClaimedRow, Ledger, Result, RowId, RowRecord, Run, Token};

const CLOSING: &str = "closing a row";

/// The result of closing a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Settled so.
    Done(Outcome),
    /// Left as it stands.
    Left,
    /// A poster works on it, until then at most.
    Held(DateTime<Utc>),
    /// The ledger does not have it (any more).
    Gone,
}

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

impl Ledger {
    /// Settles a row that no poster has, by how it stands, and counts it; `None` leaves it so.
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
            let Some(item) = self.get(CLOSING, &key).await? else { return Ok(Closed::Gone) };
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
                return Ok(Closed::Held(until));
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
            if let Transacted::Done = self.transact(CLOSING, parts).await? {
                return Ok(Closed::Done(settlement.outcome));
            }
        }
    }

    /// Settles an open or dead-lettered row of a cancelled run: skipped, or uncertain where it may have been sent.
    pub async fn close_cancelled_row(&self, run: &Run, row: u32) -> Result<Closed> {
        self.close_row(run, row, cancelled).await
    }
    /// Counts as dead-lettered what is missing of a run that has no open row any more; how many rows that are. Nothing
    /// happens while a row is open: it can still be settled, or be deleted too. What is gone is known by its number
    /// only: which rows they were, the table cannot say.
    pub async fn settle_gone_rows(&self, run: &Run) -> Result<u64> {
        if self.open_rows(run).next().await?.is_some() {
            return Ok(0);
        }
        // No row was open before this sum was made, so that none can be settled after it: what is missing is gone.
        let settled: u64 = self.progress(run).await?.totals(run).values().sum();
        let gone = run.rows_read.saturating_sub(settled);
        if gone == 0 {
            return Ok(0);
        }
        // Once for all: after this the run is complete. Another sweep that found the same is refused.
        let update = Update::new()
            .set("v", VERSION)
            .set("settled_at", self.now())
            .set("gone", gone)
            .add(Outcome::DeadLettered.as_str(), gone)
            .unchanged("gone", None::<u64>);
        match self.update("counting the rows that are gone", &Key::progress(&run.id, 0), update).await? {
            Written::Done(_) => Ok(gone),
            Written::Refused(_) => Ok(0),
        }
    }
}

/// The change of a row that settles it, on condition that it has the outcome that is counted off.
fn settled(settlement: &Settlement, feed: &Feed, by: &Token, row: &RowRecord, now: DateTime<Utc>) -> Update {
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

/// The change of the lane's progress: plus the new outcome, and one row less that is open; or minus the old outcome, which a
/// summary may have in it: marked.
fn count(feed: &Feed, previous: Option<Outcome>, outcome: Outcome, now: DateTime<Utc>) -> Update {
    let update = Update::new().set("v", VERSION).set("settled_at", now);
    match previous {
        None => update.add(outcome.as_str(), 1i64).add("open", -1i64),
        Some(previous) if previous == outcome => update,
        Some(previous) => {
            let update = update.add(outcome.as_str(), 1i64).add(previous.as_str(), -1i64).add("moves", 1i64);
            mark(update, feed)
        }
    }
}

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
