//! Settling: the row's outcome and its lane's count, in one transaction.

use std::fmt;

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};

use crate::claimed_row::{Claim, ClaimedRow};
use crate::dead_rows::list_row;
use crate::item::{VERSION, expiry, read};
use crate::keys::Key;
use crate::marks::mark;
use crate::row_item::{KEPT_SETTLED, RowItem};
use crate::store::lost;
use crate::transaction::{Part, Transacted};
use crate::update::Update;
use crate::{Result, Token};

/// How a claimed row ends. Texts are for the summary and may quote the row.
#[derive(Clone, PartialEq)]
pub struct Settlement {
    /// The outcome.
    pub outcome: Outcome,
    /// Why, where that is not plain.
    pub reason: String,
    /// What to do about it.
    pub how_to_fix: String,
    /// All of the row's warnings: they replace those that it had.
    pub warnings: Vec<String>,
    /// The resident that the request belongs to.
    pub resident_id: Option<i64>,
    /// The request.
    pub help_request_id: Option<i64>,
    /// The feed's follow-up request.
    pub follow_up_id: Option<i64>,
    /// The last error's class, for the operators' lists; no personal data.
    pub error_class: Option<String>,
    /// Whether something may have been sent whose answer was never learnt: a redrive looks before it posts. Once set it
    /// stays.
    pub may_have_been_sent: bool,
}

impl Settlement {
    /// An outcome and nothing else.
    pub fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: String::new(),
            how_to_fix: String::new(),
            warnings: Vec::new(),
            resident_id: None,
            help_request_id: None,
            follow_up_id: None,
            error_class: None,
            may_have_been_sent: false,
        }
    }
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
        let now = self.claim.ledger.now();
        let progress = Key::progress(&self.id.run, self.id.row % self.claim.lanes.max(1));
        let parts = vec![
            (self.key(), Part::Change(self.outcome(&settlement, now))),
            (progress, Part::Change(count(self.claim.feed, self.previous, settlement.outcome, now))),
        ];
        match self.claim.ledger.transact("settling a row", parts).await? {
            Transacted::Done => Ok(()),
            Transacted::Refused(refused) => {
                let row = refused.into_iter().find_map(|(_, item)| item).ok_or_else(|| lost(&self.id))?;
                let row: RowItem = read(&self.id, row)?;
                let is_ours = row.settled_by.as_ref() == Some(&self.claim.token);
                // Settled by ourselves: it was done before, and the answer lost.
                if is_ours { Ok(()) } else { Err(lost(&self.id)) }
            }
        }
    }

    /// The change of the row, on condition that it is ours and has the outcome that is counted off.
    fn outcome(&self, settlement: &Settlement, now: DateTime<Utc>) -> Update {
        let Claim { feed, token, .. } = &self.claim;
        self.ours(settled(settlement, feed, token, self.previous, self.earlier_claim_lost, now))
    }
}

/// The change of a row that settles it, on condition that it has the outcome that is counted off.
pub(crate) fn settled(
    settlement: &Settlement,
    feed: &Feed,
    by: &Token,
    previous: Option<Outcome>,
    may_have_been_sent: bool,
    now: DateTime<Utc>,
) -> Update {
    let update = Update::new()
        .set("outcome", settlement.outcome)
        .set("reason", settlement.reason.as_str())
        .set("how_to_fix", settlement.how_to_fix.as_str())
        .set("warnings", settlement.warnings.clone())
        .set_or_remove("resident_id", settlement.resident_id)
        .set_or_remove("help_request_id", settlement.help_request_id)
        .set_or_remove("follow_up_id", settlement.follow_up_id)
        .set_or_remove("error_class", settlement.error_class.as_deref())
        .set("may_have_been_sent", may_have_been_sent || settlement.may_have_been_sent)
        .set("settled_at", now)
        .set("settled_by", by)
        .set("expires_at", expiry(now, KEPT_SETTLED))
        .remove("claim")
        .remove("claim_until");
    let update = list_row(update, feed, settlement, now);
    match previous {
        Some(previous) => update.when("#outcome = :previous").bind("previous", previous),
        None => update.when("attribute_not_exists(#outcome)"),
    }
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

/// Reasons and warnings may quote the row: they are not printed.
impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settlement {{ outcome: {}, error_class: {:?}, .. }}", self.outcome, self.error_class)
    }
}
