//! A lease as the table has it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::memory::ResidentMemory;
use super::stored::Stored;
use super::version::RowVersion;
use crate::dynamo::update::Update;
use crate::{Error, Result, Token};

/// How long a lease remembers after its last use, in days: a yearly sheet still finds what staff corrected since.
pub(super) const KEPT: i64 = 400;

/// A lease item. What it remembers stays when its owner is gone.
#[derive(Deserialize)]
pub(super) struct LeaseItem {
    pub(super) owner: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option")]
    pub(super) until: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) residents: BTreeMap<i64, Stored>,
    #[serde(default)]
    pub(super) begun: BTreeSet<String>,
}

/// What an item remembers.
pub(super) fn remembered(stored: BTreeMap<i64, Stored>) -> Result<BTreeMap<i64, ResidentMemory>> {
    let read = |memory: Stored| memory.try_into().map_err(|_| Error::Corrupt("a lease".to_owned()));
    stored.into_iter().map(|(id, memory)| Ok((id, read(memory)?))).collect()
}

/// The change of a lease that gives it back.
pub(super) fn given_back() -> Update {
    Update::new().remove("owner").remove("until").remove("holder")
}

/// A row's mark, as a set.
pub(super) fn marks(row: &RowVersion) -> AttributeValue {
    AttributeValue::Ss(vec![row.mark()])
}

/// How errors name the leases of a row.
pub(super) fn lease_of(row: &RowVersion) -> String {
    format!("a lease of row {}", row.id())
}
