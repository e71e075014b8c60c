//! A row that its owner alone may post: write down, give back, settle.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};

use crate::item::{Attribute, structured};
use crate::keys::Key;
use crate::known::Applied;
use crate::lease::{LeaseGrant, LeaseKey, Leases};
use crate::row_item::RowItem;
use crate::store::{Written, lost};
use crate::update::Update;
use crate::{Ledger, Result, RowId, Run, Token};

/// A row that its owner alone may post and settle.
#[must_use = "settle it or give it back, or nobody can go on before it expires"]
pub struct ClaimedRow {
    /// Which row.
    pub id: RowId,
    /// The cells after clean-up, in the order of the run's header.
    pub cells: Vec<String>,
    /// The warnings that it has so far.
    pub warnings: Vec<String>,
    /// How many claims there were, this one included; those that were given back untouched do not count.
    pub attempts: u32,
    /// An earlier claim may have sent something whose answer was never learnt: look before posting.
    pub earlier_claim_lost: bool,
    /// What it was settled as before: a redrive. Stands until the new outcome replaces it.
    pub previous: Option<Outcome>,
    /// What was written down, by this claim or an earlier one.
    pub notebook: BTreeMap<String, String>,
    pub(crate) claim: Claim,
}

/// What a claim on a row is made of.
pub(crate) struct Claim {
    pub(crate) ledger: Ledger,
    pub(crate) feed: &'static Feed,
    pub(crate) run_claimed_at: DateTime<Utc>,
    pub(crate) lanes: u32,
    pub(crate) token: Token,
    pub(crate) until: DateTime<Utc>,
}

impl Claim {
    /// Where the claimed row stands among all rows ever.
    pub(crate) fn applied(&self, row: &RowId) -> Applied {
        Applied { claimed_at: self.run_claimed_at, run: row.run.clone(), row: row.row }
    }
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
    pub(crate) fn new(
        ledger: &Ledger,
        run: &Run,
        id: &RowId,
        token: &Token,
        until: DateTime<Utc>,
        item: RowItem,
    ) -> Self {
        let claim = Claim {
            ledger: ledger.clone(),
            feed: run.feed,
            run_claimed_at: run.claimed_at,
            lanes: run.lanes,
            token: token.clone(),
            until,
        };
        Self {
            id: id.clone(),
            cells: item.cells,
            warnings: item.warnings,
            attempts: item.attempts,
            earlier_claim_lost: item.may_have_been_sent,
            previous: item.outcome,
            notebook: item.notebook,
            claim,
        }
    }

    /// When the claim expires. Nothing may be sent that could still be on its way then.
    pub fn until(&self) -> DateTime<Utc> {
        self.claim.until
    }

    /// Where this row stands among all rows ever, for [`Leases::remember_row`] and to compare with [`Leases::newest`].
    pub fn applied(&self) -> Applied {
        self.claim.applied(&self.id)
    }

    /// Takes the leases of the resident's and the request's identities, all or none, until the claim's expiry.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn lease(&self, identities: &[LeaseKey]) -> Result<LeaseGrant> {
        self.check_time()?;
        Leases::take(&self.claim, &self.id, identities).await
    }

    /// Writes something down that a later claim needs to know; numbers and flags, no personal data.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn write_down(&mut self, key: &str, value: impl Into<String>) -> Result<()> {
        self.check_time()?;
        let mut notebook = self.notebook.clone();
        notebook.insert(key.to_owned(), value.into());
        let update = self.ours(Update::new().set("notebook", structured(&self.id, &notebook)?));
        match self.claim.ledger.update("writing down", &self.key(), update).await? {
            Written::Done(_) => self.notebook = notebook,
            Written::Refused(_) => return Err(lost(&self.id)),
        }
        Ok(())
    }

    /// Gives the claim back: the row is pending again, or has its old outcome.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn give_back(self, how: GiveBack) -> Result<()> {
        self.check_time()?;
        let update = Update::new().remove("claim").remove("claim_until").set("given_back_by", &self.claim.token);
        let update = match &how {
            GiveBack::Untouched => update.add("attempts", -1i64),
            GiveBack::Failed { error_class } => self.note_class(update, error_class),
            GiveBack::MayHaveBeenSent { error_class } => {
                self.note_class(update, error_class).set("may_have_been_sent", true)
            }
        };
        match self.claim.ledger.update("giving a row back", &self.key(), self.ours(update)).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(item) => {
                let by = item.as_ref().and_then(|item| item.get("given_back_by"));
                // By ourselves: it was done before, and the answer lost. Another may have claimed the row since.
                if by == Some(&self.claim.token.attribute()) { Ok(()) } else { Err(lost(&self.id)) }
            }
        }
    }

    /// The class of a row that has an outcome is that outcome's: the operators' list is sorted by it.
    fn note_class(&self, update: Update, error_class: &str) -> Update {
        if self.previous.is_none() { update.set("error_class", error_class) } else { update }
    }

    /// A change that only the owner of the claim may make.
    pub(crate) fn ours(&self, update: Update) -> Update {
        update.when("#claim = :ours").bind("ours", &self.claim.token)
    }

    pub(crate) fn key(&self) -> Key {
        Key::row(&self.id.run, self.claim.lanes, self.id.row)
    }

    pub(crate) fn check_time(&self) -> Result<()> {
        self.claim.ledger.check_time(self.claim.until, &self.id)
    }
}

/// Cells, warnings and notes hold personal data: they are not printed.
impl fmt::Debug for ClaimedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClaimedRow {{ id: {}, attempts: {}, previous: {:?}, .. }}", self.id, self.attempts, self.previous)
    }
}
