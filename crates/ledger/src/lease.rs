//! The right to talk to the API about one resident: no two posters, of any feed, at once.
//!
//! A lease remembers whom it reached. Between the first call of a row and the moment when its resident is known a poster may
//! die, or get no answer: so whoever takes a lease leaves a mark in it, in the same transaction, and takes the mark back once
//! the resident is remembered or surely nothing was applied. A mark that is left says: this row may have been applied.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use feeds::Feed;
use futures::future::try_join_all;
use serde::Deserialize;

use crate::claimed_row::Claim;
use crate::item::{VERSION, expiry, read, structured};
use crate::keys::{Key, hash};
use crate::known::{Applied, Known, forget_oldest, merged};
use crate::owners::held;
use crate::store::{Written, lost};
use crate::transaction::{Part, Transacted};
use crate::update::Update;
use crate::{Ledger, Result, RowId, Token};

const TAKING: &str = "taking the leases";
/// How long a lease remembers after its last use, in days.
const KEPT: i64 = 90;

/// An identity of a resident or a request, hashed: the identity itself is kept nowhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseKey(String);

impl LeaseKey {
    /// The key of an identity, such as `("nhs", "9434765919")`.
    pub fn new(kind: &str, value: &str) -> Self {
        Self(hash(kind, value))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Only the first digits of the hash are printed.
impl fmt::Debug for LeaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeaseKey({:.8}..)", self.0)
    }
}

/// What became of asking for leases.
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
pub struct Leases {
    ledger: Ledger,
    own: Applied,
    owner: Token,
    until: DateTime<Utc>,
    leases: BTreeMap<LeaseKey, BTreeMap<i64, Known>>,
    known: BTreeMap<i64, Known>,
    begun: BTreeSet<Applied>,
    is_learnt: bool,
}

/// A lease item. What it remembers stays when its owner is gone.
#[derive(Deserialize)]
struct LeaseItem {
    owner: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option")]
    until: Option<DateTime<Utc>>,
    #[serde(default)]
    residents: BTreeMap<i64, Known>,
    #[serde(default)]
    begun: BTreeSet<String>,
}

impl Leases {
    /// Takes all leases in one transaction, so that nobody ever waits for one while holding another.
    pub(crate) async fn take(claim: &Claim, row: &RowId, identities: &[LeaseKey]) -> Result<LeaseGrant> {
        let (ledger, owner, until) = (&claim.ledger, &claim.token, claim.until);
        let own = &claim.applied(row);
        let keys: BTreeSet<&LeaseKey> = identities.iter().collect();
        loop {
            let take = || Part::Change(take(owner, own, until, ledger.now()));
            let parts: Vec<_> = keys.iter().map(|key| (Key::lease(key), take())).collect();
            if parts.is_empty() {
                break;
            }
            let refused = match ledger.transact(TAKING, parts).await? {
                Transacted::Done => break,
                Transacted::Refused(refused) => refused,
            };
            let mut held_until = None;
            for item in refused.into_iter().filter_map(|(_, item)| item) {
                let lease: LeaseItem = read(&"a lease", item)?;
                held_until = held_until.max(held(lease.owner.as_ref(), lease.until, ledger.now()));
            }
            if let Some(until) = held_until {
                return Ok(LeaseGrant::Held { until });
            }
        }
        let leases = keys.into_iter().map(|key| async move {
            let item = ledger.get(TAKING, &Key::lease(key)).await?.ok_or_else(|| lost(&LeaseOf(own)))?;
            let lease: LeaseItem = read(&"a lease", item)?;
            Ok((key.clone(), lease))
        });
        let leases = try_join_all(leases).await?;
        let marks = leases.iter().flat_map(|(_, lease)| &lease.begun);
        let begun = marks.filter_map(|mark| Applied::of_mark(mark)).filter(|begun| begun != own).collect();
        let leases: BTreeMap<_, _> = leases.into_iter().map(|(key, lease)| (key, lease.residents)).collect();
        let known = merged(leases.values());
        let (ledger, own, owner) = (ledger.clone(), own.clone(), owner.clone());
        Ok(LeaseGrant::Granted(Self { ledger, own, owner, until, leases, known, begun, is_learnt: false }))
    }

    /// What is remembered, by resident id: mostly none or one; several where people share an identity.
    pub fn residents(&self) -> &BTreeMap<i64, Known> {
        &self.known
    }

    /// The newest row that was applied under any of the identities.
    pub fn newest(&self) -> Option<&Applied> {
        self.known.values().map(|known| &known.newest).max()
    }

    /// The other rows of these identities that began and of which nobody learnt how far they came: each may be applied.
    pub fn begun(&self) -> &BTreeSet<Applied> {
        &self.begun
    }

    /// Surely nothing of this row was applied, by this claim or an earlier one: no mark of it needs to stay.
    pub fn nothing_was_applied(&mut self) {
        self.is_learnt = true;
    }

    /// The fingerprint of the address that a feed last sent for this resident.
    pub fn address_sent(&self, resident_id: i64, feed: &Feed) -> Option<&str> {
        self.known.get(&resident_id)?.address_sent(feed)
    }

    /// Remembers a row that is applied to a resident; an older one than is remembered changes nothing.
    ///
    /// # Errors
    /// [`Error::LostClaim`](crate::Error::LostClaim), and temporary ones.
    pub async fn remember_row(&mut self, resident_id: i64, help_request_id: i64, applied: Applied) -> Result<()> {
        let known = match self.known.get(&resident_id) {
            Some(known) if known.newest > applied => {
                self.is_learnt = true;
                return Ok(());
            }
            Some(known) => Known { newest: applied, help_request_id, addresses: known.addresses.clone() },
            None => Known { newest: applied, help_request_id, addresses: BTreeMap::new() },
        };
        self.remember(resident_id, known).await?;
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

    /// Gives the leases back; those that were lost already are left alone.
    ///
    /// # Errors
    /// Temporary ones; the leases then expire by themselves.
    pub async fn release(self) -> Result<()> {
        let expires_at = expiry(self.ledger.now(), KEPT);
        let release = |key| {
            let update = Update::new().remove("owner").remove("until").remove("holder").set("expires_at", expires_at);
            self.write("releasing a lease", key, self.unmarked(update))
        };
        try_join_all(self.leases.keys().map(release)).await.map(drop)
    }

    /// Leaves the leases to expire then, where that is sooner than the claim's expiry: nothing more is sent under them, and
    /// what was sent has arrived by then.
    ///
    /// # Errors
    /// Temporary ones; the leases then expire with the claim.
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
    async fn remember(&mut self, resident_id: i64, known: Known) -> Result<()> {
        self.ledger.check_time(self.until, &LeaseOf(&self.own))?;
        let this = &*self;
        let mut leases = this.leases.clone();
        for residents in leases.values_mut() {
            residents.insert(resident_id, known.clone());
            forget_oldest(residents);
        }
        let writes = leases.iter().map(|(key, residents)| async move {
            let residents = structured(&LeaseOf(&this.own), residents)?;
            this.write("remembering a resident", key, Update::new().set("residents", residents)).await
        });
        if try_join_all(writes).await?.contains(&false) {
            return Err(lost(&LeaseOf(&this.own)));
        }
        self.leases = leases;
        self.known.insert(resident_id, known);
        Ok(())
    }

    /// A change that only the owner may make; false if that is not us.
    async fn write(&self, operation: &'static str, key: &LeaseKey, update: Update) -> Result<bool> {
        let update = update.when("#owner = :ours").bind("ours", &self.owner);
        Ok(matches!(self.ledger.update(operation, &Key::lease(key), update).await?, Written::Done(_)))
    }
}

/// A row's mark, as a set.
fn marks(row: &Applied) -> AttributeValue {
    AttributeValue::Ss(vec![row.mark()])
}

/// The taking of one lease: free, expired, or ours already (the answer was lost).
fn take(owner: &Token, row: &Applied, until: DateTime<Utc>, now: DateTime<Utc>) -> Update {
    Update::new()
        .set("v", VERSION)
        .set("owner", owner)
        .set("until", until)
        .set("holder", row.id().to_string())
        .add("begun", marks(row))
        .set("expires_at", expiry(now, KEPT))
        .when("attribute_not_exists(#v) OR #v <= :version")
        .when("attribute_not_exists(#owner) OR #until <= :now OR #owner = :ours")
        .bind("version", VERSION)
        .bind("now", now)
        .bind("ours", owner)
}

/// How errors name the leases of a row.
struct LeaseOf<'a>(&'a Applied);

impl fmt::Display for LeaseOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a lease of row {}", self.0.id())
    }
}

impl fmt::Debug for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leases").field("row", &self.own.id()).field("known", &self.known).finish_non_exhaustive()
    }
}
