//! A row that its owner alone may post: write down, give back, settle.

use chrono::{DateTime, Utc};
use feeds::Feed;

use super::item::{DeliveryProgress, RowRecord};
use crate::dynamo::item::{Attribute, structured};
use crate::dynamo::store::{Written, lost};
use crate::dynamo::update::Update;
use crate::keys::{Key, LeaseKey, RowId};
use crate::lease::leases::{LeaseGrant, Leases};
use crate::lease::taking::Taking;
use crate::lease::version::RowVersion;
use crate::{Ledger, Result, Token};

/// A row that its owner alone may post and settle.
#[must_use = "settle it or give it back, or nobody can go on before it expires"]
#[derive(Debug)]
pub struct ClaimedRow {
    /// Which row.
    pub id: RowId,
    /// The ledger's record of it. The owner adds what was sent and how far it came; that is written when it
    /// is settled. Its settlement is that of a redriven row, and stands until the new one replaces it.
    pub record: RowRecord,
    pub(super) ledger: Ledger,
    pub(super) feed: &'static Feed,
    pub(super) run_claimed_at: DateTime<Utc>,
    pub(super) lanes: u32,
    pub(super) token: Token,
    pub(super) until: DateTime<Utc>,
}

/// How a claim is given back without settling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GiveBack {
    /// Nothing was tried (a lease is held, posting is paused): the attempt does not count.
    Untouched,
    /// It went wrong, and surely nothing was applied.
    Failed {
        /// The error's class, for the operators; no personal data.
        error_class: String,
    },
    /// It went wrong, and something may have been applied: the next claim looks before it posts.
    MayHaveBeenSent {
        /// The error's class, for the operators; no personal data.
        error_class: String,
    },
}

impl ClaimedRow {
    /// When the claim expires. Nothing may be sent that could still be on its way then.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Where this row stands among all rows ever, to compare with those that sent what is remembered.
    pub fn version(&self) -> RowVersion {
        RowVersion { claimed_at: self.run_claimed_at, run: self.id.run.clone(), row: self.id.row }
    }

    /// Takes the leases of the resident's and the request's identities, all or none, until the claim's expiry.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn lease(&self, identities: &[LeaseKey]) -> Result<LeaseGrant> {
        self.check_time()?;
        let (ledger, row, owner) = (&self.ledger, &self.version(), &self.token);
        let taking = Taking { ledger, row, owner, until: self.until, is_unsent: !self.record.may_have_been_sent };
        Leases::take(taking, identities).await
    }

    /// Notes how far the row has come, for whoever claims it next.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn note_progress(&mut self, delivery: DeliveryProgress) -> Result<()> {
        let update = Update::new()
            .set_or_remove("help_request_id", delivery.help_request_id)
            .set("follow_up_started", delivery.follow_up_started)
            .set("posted_again", delivery.posted_again);
        self.note("noting how far a row has come", update).await?;
        self.record.delivery = delivery;
        Ok(())
    }

    /// Notes what the summary shall say beside the row, where that is news: for what is remembered then is not said again, by
    /// whoever claims it next.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn note_warnings(&mut self, warnings: &[String]) -> Result<()> {
        if self.record.warnings == warnings {
            return Ok(());
        }
        self.note("noting the warnings of a row", Update::new().set("warnings", structured(warnings))).await?;
        self.record.warnings = warnings.to_owned();
        Ok(())
    }

    async fn note(&self, operation: &'static str, update: Update) -> Result<()> {
        self.check_time()?;
        match self.ledger.update(operation, &self.key(), self.ours(update)).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(lost(&self.id)),
        }
    }

    /// Gives the claim back: the row is pending again, or has its old outcome.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn give_back(self, how: GiveBack) -> Result<()> {
        self.check_time()?;
        let update = Update::new().remove("claim").remove("claim_until").set("given_back_by", &self.token);
        let update = match &how {
            GiveBack::Untouched => update.add("attempts", -1i64),
            GiveBack::Failed { error_class } => update.set("last_error", error_class.as_str()),
            GiveBack::MayHaveBeenSent { error_class } => {
                update.set("last_error", error_class.as_str()).set("may_have_been_sent", true)
            }
        };
        match self.ledger.update("giving a row back", &self.key(), self.ours(update)).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(item) => {
                let by = item.as_ref().and_then(|item| item.get("given_back_by"));
                // By ourselves: it was done before, and the answer lost. Another may have claimed the row since.
                if by == Some(&self.token.attribute()) { Ok(()) } else { Err(lost(&self.id)) }
            }
        }
    }

    /// A change that only the owner of the claim may make.
    pub(crate) fn ours(&self, update: Update) -> Update {
        update.unchanged("claim", Some(&self.token))
    }

    pub(crate) fn key(&self) -> Key {
        Key::row(&self.id.run, self.lanes, self.id.row)
    }

    pub(crate) fn check_time(&self) -> Result<()> {
        self.ledger.check_time(self.until, &self.id)
    }
}
