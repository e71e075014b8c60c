//! A poster's right to work on one row: claim, write down, give back, settle.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use feeds::Outcome;

use crate::lease::{Applied, LeaseGrant, LeaseKey};
use crate::row::Settlement;
use crate::{Ledger, Result, RowId, Run};

/// What became of a poster's claim.
#[derive(Debug)]
pub enum RowClaim {
    /// Ours, to post and settle.
    Mine(Box<ClaimedRow>),
    /// Another poster works on it, until then at most.
    Held {
        /// When its claim expires.
        until: DateTime<Utc>,
    },
    /// Done: created, already known, skipped, rejected or failed.
    Settled(Outcome),
    /// The ledger does not have the row (any more), or its run is not one that posts.
    Gone,
}

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
    until: DateTime<Utc>,
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

impl Ledger {
    /// Claims a row for posting until the owner's deadline + 35 s. One that was settled as dead-lettered or uncertain
    /// is claimed again: this is a redrive.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn claim_row(&self, run: &Run, row: u32, until: DateTime<Utc>) -> Result<RowClaim> {
        todo!("{run:?} {row} {until}")
    }
}

impl ClaimedRow {
    /// When the claim expires. Nothing may be sent that could still be on its way then.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Where this row stands among all rows ever, for [`Leases::remember`](crate::Leases::remember) and to compare with
    /// [`Leases::newest`](crate::Leases::newest).
    pub fn applied(&self) -> Applied {
        todo!()
    }

    /// Takes the leases of the resident's and the request's identities, all or none, until the claim's expiry.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn lease(&self, identities: &[LeaseKey]) -> Result<LeaseGrant> {
        todo!("{identities:?}")
    }

    /// Writes something down that a later claim needs to know; numbers and flags, no personal data.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn write_down(&mut self, key: &str, value: impl Into<String>) -> Result<()> {
        let value: String = value.into();
        todo!("{key} {value}")
    }

    /// Gives the claim back: the row is pending again, or has its old outcome.
    ///
    /// # Errors
    /// As [`ClaimedRow::settle`].
    pub async fn give_back(self, how: GiveBack) -> Result<()> {
        todo!("{how:?}")
    }

    /// Settles the row and counts it in its lane's progress, in one transaction.
    ///
    /// # Errors
    /// [`Error::LostClaim`](crate::Error::LostClaim) if the time is up or another poster took over;
    /// [`Error::Unavailable`](crate::Error::Unavailable) if DynamoDB did not answer: the row may be settled or not, so
    /// do not acknowledge its message.
    pub async fn settle(self, settlement: Settlement) -> Result<()> {
        todo!("{settlement:?}")
    }
}

/// Cells, warnings and notes hold personal data: they are not printed.
impl fmt::Debug for ClaimedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClaimedRow {{ id: {}, attempts: {}, previous: {:?}, .. }}", self.id, self.attempts, self.previous)
    }
}
