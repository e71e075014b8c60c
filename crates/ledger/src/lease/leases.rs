//! The right to talk to the API about one resident: no two posters, of any feed, at once.
//!
//! A lease expires with the claim of the row that took it (`until`), and whoever comes may take it then. What it remembers is
//! kept for 400 days from the last upload (`expires_at`).
//!
//! It remembers whom it reached, and what was sent. That is written with the release, in one write, after the row's last
//! answered call and before the row is settled. Until then a poster may die, or get no answer: so whoever takes a lease leaves
//! a mark in it, in the same transaction, and takes the mark back once it is known what was applied. A mark that is left says:
//! this row may have been applied.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use serde::Deserialize;

use super::memory::{ResidentMemory, forget_oldest_residents, merged};
use super::stored::Stored;
use super::version::RowVersion;
use crate::dynamo::item::{VERSION, expiry, read, structured};
use crate::dynamo::store::{Written, lost};
use crate::dynamo::transaction::{Part, Transacted};
use crate::dynamo::update::Update;
use crate::keys::{Key, LeaseKey};
use crate::token::held;
use crate::{Error, Ledger, Result, Token};

const TAKING: &str = "taking the leases";
/// How long a lease remembers after its last use, in days: a yearly sheet still finds what staff corrected since.
const KEPT: i64 = 400;

/// The answer to asking for leases.
#[derive(Debug)]
pub enum LeaseGrant {
    /// All are ours.
    Granted(Leases),
    /// Another poster has at least one of them, until then at most; none was taken.
    Held {
        /// When the last of the others' leases expires; they are mostly released much earlier.
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

/// A lease item. What it remembers stays when its owner is gone.
#[derive(Deserialize)]
pub(super) struct LeaseItem {
    pub(super) owner: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option")]
    pub(super) until: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) residents: BTreeMap<i64, Stored>,
    #[serde(default)]
    begun: BTreeSet<String>,
}

impl Leases {
    /// Takes all leases in one transaction, so that nobody ever waits for one while holding another.
    pub(crate) async fn take(
        ledger: &Ledger,
        own: RowVersion,
        owner: &Token,
        until: DateTime<Utc>,
        identities: &[LeaseKey],
    ) -> Result<LeaseGrant> {
        let keys: BTreeSet<&LeaseKey> = identities.iter().collect();
        loop {
            let take = || Part::Change(take(owner, &own, until, ledger.now()));
            let parts: Vec<_> = keys.iter().map(|key| (Key::lease(key), take())).collect();
            if parts.is_empty() {
                break;
            }
            let refused = match ledger.transact(TAKING, parts).await? {
                Transacted::Done => break,
                Transacted::Refused(refused) => refused,
            };
            let mut held_until = None;
            for item in refused {
                let lease: LeaseItem = read("a lease", item)?;
                held_until = held_until.max(held(lease.owner.as_ref(), lease.until, ledger.now()));
            }
            if let Some(until) = held_until {
                return Ok(LeaseGrant::Held { until });
            }
        }
        let own_ref = &own;
        let leases = keys.into_iter().map(|key| async move {
            let item = ledger.get(TAKING, &Key::lease(key)).await?.ok_or_else(|| lost(lease_of(own_ref)))?;
            Ok((key.clone(), read::<LeaseItem>("a lease", item)?))
        });
        let leases = try_join_all(leases).await?;
        let marks = leases.iter().flat_map(|(_, lease)| &lease.begun);
        let in_doubt = marks.filter_map(|mark| RowVersion::of_mark(mark)).filter(|begun| *begun != own).collect();
        let leases = leases.into_iter().map(|(key, lease)| Ok((key, remembered(lease.residents)?)));
        let leases = leases.collect::<Result<BTreeMap<_, _>>>()?;
        let known = merged(leases.values());
        let (ledger, owner) = (ledger.clone(), owner.clone());
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
    /// [`Error::LostClaim`]: another poster has one of them, and it is not remembered there. Where it fails they expire by
    /// themselves.
    pub async fn release(self) -> Result<()> {
        self.end("releasing a lease", || Update::new().remove("owner").remove("until").remove("holder")).await
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

/// What an item remembers.
pub(super) fn remembered(stored: BTreeMap<i64, Stored>) -> Result<BTreeMap<i64, ResidentMemory>> {
    let read = |memory: Stored| memory.try_into().map_err(|_| Error::Corrupt("a lease".to_owned()));
    stored.into_iter().map(|(id, memory)| Ok((id, read(memory)?))).collect()
}

/// A row's mark, as a set.
fn marks(row: &RowVersion) -> AttributeValue {
    AttributeValue::Ss(vec![row.mark()])
}

/// The taking of one lease: free, expired, or ours already (the answer was lost).
fn take(owner: &Token, row: &RowVersion, until: DateTime<Utc>, now: DateTime<Utc>) -> Update {
    Update::new()
        .set("v", VERSION)
        .set("owner", owner)
        .set("until", until)
        .set("holder", row.id().to_string().as_str())
        .add("begun", marks(row))
        .set("expires_at", expiry(now, KEPT))
        .when("attribute_not_exists(#v) OR #v <= :version")
        .when("attribute_not_exists(#owner) OR #until <= :now OR #owner = :ours")
        .bind("version", VERSION)
        .bind("now", now)
        .bind("ours", owner)
}

/// How errors name the leases of a row.
fn lease_of(row: &RowVersion) -> String {
    format!("a lease of row {}", row.id())
}
