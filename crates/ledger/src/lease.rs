//! The right to talk to the API about one resident: no two posters, of any feed, at once.

use std::collections::BTreeMap;
use std::fmt;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use feeds::Feed;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::keys::{RunId, hash};

/// An identity of a resident or a request, hashed: the identity itself is kept nowhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeaseKey(String);

impl LeaseKey {
    /// The key of an identity, such as `("nhs", "9434765919")`.
    pub fn new(kind: &str, value: &str) -> Self {
        Self(hash(kind, value))
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

/// A row that was applied to a resident. Ordered from older to newer: by the claim of its run, then run, then row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Applied {
    /// When the row's run was claimed.
    #[serde(with = "ts_milliseconds")]
    pub claimed_at: DateTime<Utc>,
    /// The run.
    pub run: RunId,
    /// The row.
    pub row: u32,
}

/// What the leases remember of one resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The newest row that was applied.
    pub newest: Applied,
    /// That row's request, to look the resident up: people may share a name, and so a lease.
    pub help_request_id: i64,
    /// By feed, the fingerprint of the address that it last sent.
    #[serde(default)]
    pub(crate) addresses: BTreeMap<String, String>,
}

impl Known {
    /// The fingerprint of the address that a feed last sent for this resident.
    pub fn address_sent(&self, feed: &Feed) -> Option<&str> {
        self.addresses.get(feed.name()).map(String::as_str)
    }
}

/// The leases of one row's identities. What they remember is kept for 90 days after the last use.
#[derive(Debug)]
#[must_use = "release them, or nobody can talk about the resident before they expire"]
pub struct Leases {
    known: BTreeMap<i64, Known>,
}

impl Leases {
    /// What is remembered, by resident id: mostly none or one; several where people share an identity.
    pub fn residents(&self) -> &BTreeMap<i64, Known> {
        &self.known
    }

    /// The newest row that was applied under any of the identities.
    pub fn newest(&self) -> Option<&Applied> {
        self.known.values().map(|known| &known.newest).max()
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
        todo!("{resident_id} {help_request_id} {applied:?}")
    }

    /// Remembers the fingerprint of the address that a feed sends for a resident whose row is remembered.
    ///
    /// # Errors
    /// As [`Leases::remember_row`].
    pub async fn remember_address(&mut self, resident_id: i64, feed: &Feed, fingerprint: &str) -> Result<()> {
        todo!("{resident_id} {feed} {fingerprint}")
    }

    /// Gives the leases back; those that were lost already are left alone.
    ///
    /// # Errors
    /// Temporary ones; the leases then expire by themselves.
    pub async fn release(self) -> Result<()> {
        todo!()
    }
}
