//! A memory as the table has it: a row that sent many values stands there once, and what follows from something else not at
//! all, so that a lease's item is read and written as one unit (1 KB).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::memory::{Field, FollowUpMemory, RequestMemory, ResidentMemory, Sent, Written};
use super::version::RowVersion;
use crate::hash_key::Fingerprint;
use crate::keys::LeaseKey;

/// A resident's memory, as it is stored. Fields by their letters; a value is its fingerprint, `@`, the place of its newest row in `rows` and, where
/// that is another, `@` and the place of its first.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    leases: BTreeSet<LeaseKey>,
    rows: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    requests: BTreeMap<i64, StoredRequest>,
    feeds: BTreeMap<String, BTreeMap<String, String>>,
    /// Only where it is not the newest of the feeds' values; blank where nothing was written. A value is its fingerprint, `@`, the
    /// place of its row and, where it is not 0, `@` and how often it was written over.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    written: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct StoredRequest {
    by: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Fingerprint>,
    #[serde(default, rename = "row", skip_serializing_if = "Option::is_none")]
    ingestion_row: Option<Fingerprint>,
    #[serde(rename = "who")]
    accepted: BTreeMap<String, Fingerprint>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    notes: BTreeSet<Fingerprint>,
    /// Its number, or 0 where it is somebody else's.
    #[serde(default, rename = "next", skip_serializing_if = "Option::is_none")]
    follow_up: Option<i64>,
    #[serde(default, rename = "call", skip_serializing_if = "std::ops::Not::not")]
    callback_required: bool,
}

/// A memory that another version wrote.
#[derive(Debug, thiserror::Error)]
#[error("a memory that cannot be read")]
pub(super) struct Unreadable;

impl From<&ResidentMemory> for Stored {
    fn from(memory: &ResidentMemory) -> Self {
        let mut rows = Rows::default();
        let requests = memory.requests.iter().map(|(id, request)| (*id, rows.request(request))).collect();
        let mut feeds = BTreeMap::new();
        for (feed, fields) in &memory.feeds {
            let fields = fields.iter().map(|(field, sent)| (field.as_ref().to_owned(), rows.value(sent))).collect();
            feeds.insert(feed.clone(), fields);
        }
        let mut written = BTreeMap::new();
        let fields: BTreeSet<Field> =
            memory.written.keys().chain(memory.feeds.values().flat_map(BTreeMap::keys)).copied().collect();
        for field in fields {
            let ours = memory.written.get(&field);
            if ours.cloned() != newest(memory, field) {
                written.insert(field.as_ref().to_owned(), ours.map(|ours| rows.written(ours)).unwrap_or_default());
            }
        }
        Self { leases: memory.leases.clone(), rows: rows.0, requests, feeds, written }
    }
}

impl TryFrom<Stored> for ResidentMemory {
    type Error = Unreadable;

    fn try_from(stored: Stored) -> Result<Self, Unreadable> {
        let rows: Option<Vec<_>> = stored.rows.iter().map(|mark| RowVersion::of_mark(mark)).collect();
        let rows = rows.ok_or(Unreadable)?;
        let row = |place: &str| Some(rows.get(place.parse::<usize>().ok()?)?.clone());
        let sent = |text: &str| {
            let mut parts = text.split('@');
            let value = Fingerprint::of_text(parts.next()?);
            let by = row(parts.next()?)?;
            Some(Sent { value, since: parts.next().map_or_else(|| Some(by.clone()), row)?, by })
        };
        let written = |text: &str| {
            let mut parts = text.split('@');
            let value = Fingerprint::of_text(parts.next()?);
            Some(Written { value, by: row(parts.next()?)?, over: parts.next().map_or(Ok(0), str::parse).ok()? })
        };
        let mut memory = Self { leases: stored.leases, ..Self::default() };
        for (id, request) in stored.requests {
            let by = rows.get(request.by).ok_or(Unreadable)?.clone();
            let accepted = request.accepted.into_iter().map(|(name, value)| Ok((field(&name)?, value)));
            let accepted = accepted.collect::<Result<_, Unreadable>>()?;
            let StoredRequest { key, ingestion_row, notes, callback_required, .. } = request;
            let follow_up = request.follow_up.map(|id| match id {
                0 => FollowUpMemory::Anothers,
                id => FollowUpMemory::Ours(id),
            });
            let request = RequestMemory { by, key, ingestion_row, accepted, notes, follow_up, callback_required };
            memory.requests.insert(id, request);
        }
        for (feed, fields) in stored.feeds {
            let fields = fields.into_iter().map(|(name, text)| Ok((field(&name)?, sent(&text).ok_or(Unreadable)?)));
            memory.feeds.insert(feed, fields.collect::<Result<_, Unreadable>>()?);
        }
        let fields: BTreeSet<Field> = memory.feeds.values().flat_map(BTreeMap::keys).copied().collect();
        for field in fields {
            memory.written.extend(newest(&memory, field).map(|written| (field, written)));
        }
        for (name, text) in stored.written {
            let field = field(&name)?;
            if text.is_empty() {
                memory.written.remove(&field);
            } else {
                memory.written.insert(field, written(&text).ok_or(Unreadable)?);
            }
        }
        Ok(memory)
    }
}

fn field(name: &str) -> Result<Field, Unreadable> {
    name.parse().map_err(|_| Unreadable)
}

/// The newest of the feeds' values: mostly the one that was written last.
fn newest(memory: &ResidentMemory, field: Field) -> Option<Written> {
    let newest = memory.sent(field).max_by(|one, other| one.by.cmp(&other.by))?;
    Some(Written { value: newest.value.clone(), by: newest.by.clone(), over: 0 })
}

/// The rows of a memory, each once.
#[derive(Default)]
struct Rows(Vec<String>);

impl Rows {
    fn place(&mut self, row: &RowVersion) -> usize {
        let mark = row.mark();
        self.0.iter().position(|known| *known == mark).unwrap_or_else(|| {
            self.0.push(mark);
            self.0.len() - 1
        })
    }

    fn value(&mut self, sent: &Sent) -> String {
        let value = format!("{}@{}", sent.value.as_str(), self.place(&sent.by));
        if sent.since == sent.by { value } else { format!("{value}@{}", self.place(&sent.since)) }
    }

    fn written(&mut self, Written { value, by, over }: &Written) -> String {
        let value = format!("{}@{}", value.as_str(), self.place(by));
        if *over == 0 { value } else { format!("{value}@{over}") }
    }

    fn request(&mut self, request: &RequestMemory) -> StoredRequest {
        StoredRequest {
            by: self.place(&request.by),
            key: request.key.clone(),
            ingestion_row: request.ingestion_row.clone(),
            accepted: request
                .accepted
                .iter()
                .map(|(field, value)| (field.as_ref().to_owned(), value.clone()))
                .collect(),
            notes: request.notes.clone(),
            follow_up: request.follow_up.map(|made| match made {
                FollowUpMemory::Anothers => 0,
                FollowUpMemory::Ours(id) => id,
            }),
            callback_required: request.callback_required,
        }
    }
}
