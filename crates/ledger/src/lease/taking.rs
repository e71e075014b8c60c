//! The taking of a row's leases: one after the other, all or none (docs/decisions/0066).
//!
//! Each is one conditional write, where a part of a transaction costs two. Nobody waits for a lease while holding another:
//! where one is held, those that were taken are given back at once. And all take in the same order, so that of those who
//! want the same leases at once somebody gets all: who holds the last one in that order meets nobody behind it.
//!
//! A lease ends when it is released (`leases.rs`); 35 s after a call that may still be on its way (`leave_until` there); or else
//! with its row's claim: 35 s after the poster's invocation must have ended, 335 s after it began at the latest. Then anybody may take it.
//!
//! Whoever takes a lease leaves the row's mark in it, in the same write. So a poster that dies between two leases leaves
//! marks although nothing was sent: its row is taken over as one that may have been sent, looks, and takes them back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::join_all;

use super::item::{KEPT, LeaseItem, given_back, lease_of, marks};
use super::version::RowVersion;
use crate::dynamo::item::{VERSION, expiry, read};
use crate::dynamo::store::Written;
use crate::dynamo::update::Update;
use crate::keys::{Key, LeaseKey};
use crate::token::held;
use crate::{Ledger, Result, Token};

/// A row that takes leases, until its claim expires (`claim_expiry` in `lambda-support`).
pub(crate) struct Taking<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) row: &'a RowVersion,
    pub(crate) owner: &'a Token,
    pub(crate) until: DateTime<Utc>,
    /// Nothing was ever sent for it: where it gets not all, its marks go again.
    pub(crate) is_unsent: bool,
}

/// How a taking ended.
pub(super) enum Taken {
    /// All are ours: their items.
    All(BTreeMap<LeaseKey, LeaseItem>),
    /// One is another's until then, and we have none.
    Held(DateTime<Utc>),
}

impl Taking<'_> {
    /// Takes all, or gives back what it took: also where it fails, and then one that may have been taken unseen, too.
    pub(super) async fn all(&self, identities: &[LeaseKey]) -> Result<Taken> {
        let keys: BTreeSet<&LeaseKey> = identities.iter().collect();
        let mut taken = BTreeMap::new();
        for key in keys {
            match self.one(key).await {
                Ok(Ok(lease)) => drop(taken.insert(key.clone(), lease)),
                Ok(Err(until)) => return self.give_back(taken.keys()).await.map(|()| Taken::Held(until)),
                Err(error) => return self.give_back(taken.keys().chain([key])).await.and(Err(error)),
            }
        }
        Ok(Taken::All(taken))
    }

    /// Takes one; `Err` is until when another has it.
    async fn one(&self, key: &LeaseKey) -> Result<Result<LeaseItem, DateTime<Utc>>> {
        loop {
            match self.ledger.update("taking a lease", &Key::lease(key), self.take()).await? {
                Written::Done(item) => return Ok(Ok(read(lease_of(self.row), item)?)),
                Written::Refused(item) => {
                    let lease: LeaseItem = read(lease_of(self.row), item.unwrap_or_default())?;
                    // Otherwise it is free since.
                    if let Some(until) = held(lease.owner.as_ref(), lease.until, self.ledger.now()) {
                        return Ok(Err(until));
                    }
                }
            }
        }
    }

    /// The taking of a lease that is free, expired, or ours already (the answer was lost).
    fn take(&self) -> Update {
        let now = self.ledger.now();
        Update::new()
            .set("v", VERSION)
            .set("owner", self.owner)
            .set("until", self.until)
            .set("holder", self.row.id().to_string().as_str())
            .add("begun", marks(self.row))
            // What the item remembers goes then; the lease itself has long expired.
            .set("expires_at", expiry(now, KEPT))
            .when("attribute_not_exists(#v) OR #v <= :version")
            .when("attribute_not_exists(#owner) OR #until <= :now OR #owner = :ours")
            .bind("version", VERSION)
            .bind("now", now)
            .bind("ours", self.owner)
    }

    /// Gives these back, but for what is not ours (any more). What cannot be given back is an error, and expires with
    /// the claim.
    async fn give_back(&self, keys: impl Iterator<Item = &LeaseKey>) -> Result<()> {
        let writes = keys.map(|key| {
            let update = given_back();
            let update = if self.is_unsent { update.take_out("begun", marks(self.row)) } else { update };
            let update = update.unchanged("owner", Some(self.owner));
            async move { self.ledger.update("giving a lease back", &Key::lease(key), update).await.map(drop) }
        });
        join_all(writes).await.into_iter().collect()
    }
}
