//! The right to talk to the API about one resident: no two posters, of any feed, at once.
//!
//! A lease expires with the claim of the row that took it (`until`), and whoever comes may take it then. What it remembers is
//! kept for 400 days from the last upload (`expires_at`).
//!
//! It remembers whom it reached, and what was sent. That is written with the release, in one write, after the row's last
//! answered call and before the row is settled. Until then a poster may die, or get no answer: so whoever takes a lease leaves
//! a mark in it, in the same write, and takes the mark back once it is known what was applied. A mark that is left says:
//! this row may have been applied.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use super::item::{KEPT, given_back, lease_of, marks, remembered};
use super::memory::{ResidentMemory, forget_oldest_residents, merged};
use super::stored::Stored;
use super::taking::{Taken, Taking};
use super::version::RowVersion;
use crate::dynamo::item::{expiry, structured};
use crate::dynamo::store::{Written, lost};
use crate::dynamo::update::Update;
use crate::keys::{Key, LeaseKey};
use crate::{Ledger, Result, Token};

/// The answer to asking for leases.
#[derive(Debug)]
pub enum LeaseGrant {
    /// All are ours.
    Granted(Leases),
    /// Another poster has at least one of them, until then at most; none was taken.
    Held {
        /// When the first of them expires that was found; they are mostly released much earlier.
        until: DateTime<Utc>,
    },
}

/// The leases of one row's identities, and what they remember.
#[must_use = "release them, or nobody can talk about the resident before they expire"]
#[derive(Debug)]
pub struct Leases {
    ledger: Ledger,
    own: RowVersion,
    owner: Token,
    until: DateTime<Utc>,
    leases: BTreeMap<LeaseKey, BTreeMap<i64, ResidentMemory>>,
    known: BTreeMap<i64, ResidentMemory>,
    in_doubt: BTreeSet<RowVersion>,
    is_learnt: bool,
}

impl Leases {
    /// Takes all leases, or none.
    pub(crate) async fn take(taking: Taking<'_>, identities: &[LeaseKey]) -> Result<LeaseGrant> {
        let taken = match taking.all(identities).await? {
            Taken::All(leases) => leases,
            Taken::Held(until) => return Ok(LeaseGrant::Held { until }),
        };
        let Taking { ledger, row: own, owner, until, .. } = taking;
        let marks = taken.values().flat_map(|lease| &lease.begun);
        let in_doubt = marks.filter_map(|mark| RowVersion::of_mark(mark)).filter(|begun| begun != own).collect();
        let leases = taken.into_iter().map(|(key, lease)| Ok((key, remembered(lease.residents)?)));
        let leases = leases.collect::<Result<BTreeMap<_, _>>>()?;
        let known = merged(leases.values());
        let (ledger, own, owner) = (ledger.clone(), own.clone(), owner.clone());
        Ok(LeaseGrant::Granted(Self { ledger, own, owner, until, leases, known, in_doubt, is_learnt: false }))
    }

    /// The residents that are remembered, by id: mostly none or one; several where people share an identity.
    pub fn residents(&self) -> &BTreeMap<i64, ResidentMemory> {
        &self.known
    }

    /// The other rows of these identities that started and of which nobody learnt how far they came: each may be
    /// applied.
    pub fn in_doubt(&self) -> &BTreeSet<RowVersion> {
        &self.in_doubt
    }

    /// It is known what of this row was applied, by this claim or an earlier one, and remembered: its mark goes.
    pub fn all_is_known(&mut self) {
        self.is_learnt = true;
    }

    /// Remembers this of a resident under every identity, so that any of them finds it again; written with the leases'
    /// release.
    pub fn remember(&mut self, resident_id: i64, mut memory: ResidentMemory) {
        memory.leases.extend(self.leases.keys().cloned());
        for residents in self.leases.values_mut() {
            residents.insert(resident_id, memory.clone());
            forget_oldest_residents(residents);
        }
        self.known.insert(resident_id, memory);
    }

    /// Forgets a resident who is not there any more, or is another one by now.
    pub fn forget(&mut self, resident_id: i64) {
        self.leases.values_mut().for_each(|residents| drop(residents.remove(&resident_id)));
        self.known.remove(&resident_id);
    }

    /// Gives the leases back, with what is remembered.
    ///
    /// # Errors
    /// [`crate::Error::LostClaim`]: another poster has one of them, and it is not remembered there. Where it fails they expire by
    /// themselves.
    pub async fn release(self) -> Result<()> {
        self.end("releasing a lease", given_back).await
    }

    /// Leaves the leases to expire then, with what is remembered, where that is sooner than the claim's expiry: nothing more is
    /// sent under them, and what was sent has arrived by then. Where it fails they expire with the claim.
    ///
    /// # Errors
    /// As [`Leases::release`].
    pub async fn leave_until(self, until: DateTime<Utc>) -> Result<()> {
        let until = until.min(self.until);
        self.end("leaving a lease", || Update::new().set("until", until)).await
    }

    async fn end(&self, operation: &'static str, end: impl Fn() -> Update) -> Result<()> {
        let expires_at = expiry(self.ledger.now(), KEPT);
        let writes = self.leases.iter().map(|(key, residents)| {
            let residents: BTreeMap<i64, Stored> =
                residents.iter().map(|(id, memory)| (*id, Stored::from(memory))).collect();
            let residents = structured(&residents);
            let update = end().set("residents", residents.clone()).set("expires_at", expires_at);
            self.write(operation, key, residents, self.unmarked(update))
        });
        try_join_all(writes).await.map(drop)
    }

    /// Takes this row's mark back, where it is known what became of it.
    fn unmarked(&self, update: Update) -> Update {
        if self.is_learnt { update.take_out("begun", marks(&self.own)) } else { update }
    }

    /// A change that only the owner may make. Where it is refused, and the item remembers this all the same, it was made before
    /// and the answer lost.
    async fn write(
        &self,
        operation: &'static str,
        key: &LeaseKey,
        residents: AttributeValue,
        update: Update,
    ) -> Result<()> {
        let update = update.unchanged("owner", Some(&self.owner));
        match self.ledger.update(operation, &Key::lease(key), update).await? {
            Written::Refused(item) if item.as_ref().and_then(|item| item.get("residents")) != Some(&residents) => {
                Err(lost(lease_of(&self.own)))
            }
            Written::Refused(_) | Written::Done(_) => Ok(()),
        }
    }
}
