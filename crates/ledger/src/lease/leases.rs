//! The right to talk to the API about one resident: no two posters, of any feed, at once.
//!
//! A lease expires with the claim of the row that took it (`until`), and whoever comes may take it then. What it remembers is
//! kept for 90 days longer (`expires_at`).
//!
//! It remembers whom it reached. Between the first call of a row and the moment when its resident is known a poster may
//! die, or get no answer: so whoever takes a lease leaves a mark in it, in the same transaction, and takes the mark back once
//! the resident is remembered or surely nothing was applied. A mark that is left says: this row may have been applied.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use feeds::Feed;
use futures::future::try_join_all;
use serde::Deserialize;

use super::known::{ResidentMemory, RowVersion, forget_oldest, merged};
use crate::dynamo::item::{VERSION, expiry, read, structured};
use crate::dynamo::store::{Written, lost};
use crate::dynamo::transaction::{Part, Transacted};
use crate::dynamo::update::Update;
use crate::keys::{Key, LeaseKey};
use crate::token::held;
use crate::{Ledger, Result, Token};

const TAKING: &str = "taking the leases";
/// How long a lease remembers after its last use, in days.
const KEPT: i64 = 90;

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

/// The leases of one row's identities. What they remember is kept for 90 days after the last use.
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
struct LeaseItem {
    owner: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option")]
    until: Option<DateTime<Utc>>,
    #[serde(default)]
    residents: BTreeMap<i64, ResidentMemory>,
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
        let leases: BTreeMap<_, _> = leases.into_iter().map(|(key, lease)| (key, lease.residents)).collect();
        let known = merged(leases.values());
        let (ledger, owner) = (ledger.clone(), owner.clone());
        Ok(LeaseGrant::Granted(Self { ledger, own, owner, until, leases, known, in_doubt, is_learnt: false }))
    }

    /// The residents that are remembered, by id: mostly none or one; several where people share an identity.
    pub fn residents(&self) -> &BTreeMap<i64, ResidentMemory> {
        &self.known
    }

    /// The newest row that was applied under any of the identities.
    pub fn newest(&self) -> Option<&RowVersion> {
        self.known.values().map(|known| &known.newest).max()
    }

    /// The other rows of these identities that started and of which nobody learnt how far they came: each may be
    /// applied.
    pub fn in_doubt(&self) -> &BTreeSet<RowVersion> {
        &self.in_doubt
    }

    /// Surely nothing of this row was applied, by this claim or an earlier one: no mark of it needs to stay.
    pub fn nothing_was_applied(&mut self) {
        self.is_learnt = true;
    }

    /// The fingerprint of the address that a feed last sent for this resident.
    pub fn address_sent(&self, resident_id: i64, feed: &Feed) -> Option<&str> {
        self.known.get(&resident_id)?.addresses.get(feed.name()).map(String::as_str)
    }

    /// Remembers a row that is applied to a resident; an older one than is remembered changes nothing.
    ///
    /// # Errors
    /// [`Error::LostClaim`](crate::Error::LostClaim).
    pub async fn remember_row(&mut self, resident_id: i64, help_request_id: i64, applied: RowVersion) -> Result<()> {
        let remembered = self.known.get(&resident_id);
        if remembered.is_none_or(|known| known.newest <= applied) {
            let addresses = remembered.map(|known| known.addresses.clone()).unwrap_or_default();
            self.remember(resident_id, ResidentMemory { newest: applied, help_request_id, addresses }).await?;
        }
        self.is_learnt = true;
        Ok(())
    }

    /// Remembers the fingerprint of the address that a feed sends for a resident; the row must be remembered before.
    ///
    /// # Errors
    /// As [`Leases::remember_row`].
    pub async fn remember_address(&mut self, resident_id: i64, feed: &Feed, fingerprint: &str) -> Result<()> {
        let Some(mut known) = self.known.get(&resident_id).cloned() else { return Ok(()) };
        known.addresses.insert(feed.name().to_owned(), fingerprint.to_owned());
        self.remember(resident_id, known).await
    }

    /// Gives the leases back; those that were lost already are left alone. Where it fails they expire by themselves.
    pub async fn release(self) -> Result<()> {
        let expires_at = expiry(self.ledger.now(), KEPT);
        let release = |key| {
            let update = Update::new().remove("owner").remove("until").remove("holder").set("expires_at", expires_at);
            self.write("releasing a lease", key, self.unmarked(update))
        };
        try_join_all(self.leases.keys().map(release)).await.map(drop)
    }

    /// Leaves the leases to expire then, where that is sooner than the claim's expiry: nothing more is sent under them, and
    /// what was sent has arrived by then. Where it fails they expire with the claim.
    pub async fn leave_until(self, until: DateTime<Utc>) -> Result<()> {
        let until = until.min(self.until);
        let leave = |key| self.write("leaving a lease", key, self.unmarked(Update::new().set("until", until)));
        try_join_all(self.leases.keys().map(leave)).await.map(drop)
    }

    /// Takes this row's mark back, where it is known what became of it.
    fn unmarked(&self, update: Update) -> Update {
        if self.is_learnt { update.take_out("begun", marks(&self.own)) } else { update }
    }

    /// Remembers it under every identity, so that any of them finds it again.
    async fn remember(&mut self, resident_id: i64, known: ResidentMemory) -> Result<()> {
        self.ledger.check_time(self.until, lease_of(&self.own))?;
        let this = &*self;
        let mut leases = this.leases.clone();
        for residents in leases.values_mut() {
            residents.insert(resident_id, known.clone());
            forget_oldest(residents);
        }
        let writes = leases.iter().map(|(key, residents)| async move {
            let update = Update::new().set("residents", structured(residents));
            this.write("remembering a resident", key, update).await
        });
        if try_join_all(writes).await?.contains(&false) {
            return Err(lost(lease_of(&this.own)));
        }
        self.leases = leases;
        self.known.insert(resident_id, known);
        Ok(())
    }

    /// A change that only the owner may make; false if that is not us.
    async fn write(&self, operation: &'static str, key: &LeaseKey, update: Update) -> Result<bool> {
        let update = update.unchanged("owner", Some(&self.owner));
        Ok(matches!(self.ledger.update(operation, &Key::lease(key), update).await?, Written::Done(_)))
    }
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
