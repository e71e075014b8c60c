//! The memory that leases have of a resident: what each feed sent last, what we wrote last, and the requests.
//!
//! Values are kept as fingerprints only. Whoever compares Here to Help with the memory can tell what staff changed from what
//! a feed wrote. How long it is kept stands in `leases.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::version::RowVersion;
use crate::hash_key::Fingerprint;
use crate::keys::LeaseKey;

/// How many residents one lease remembers: people share a name, but not hundreds.
const MOST_RESIDENTS: usize = 50;
/// How many requests of one resident are remembered: a person has one or two of each kind.
const MOST_REQUESTS: usize = 12;

/// A field of a resident, as a feed sends it and staff correct it. The letters are those of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::AsRefStr, strum::EnumString)]
pub enum Field {
    /// The first name.
    #[strum(serialize = "f")]
    FirstName,
    /// The last name.
    #[strum(serialize = "l")]
    LastName,
    /// Day, month and year of birth, as one value.
    #[strum(serialize = "b")]
    Birthday,
    /// The NHS number.
    #[strum(serialize = "n")]
    NhsNumber,
    /// The e-mail address.
    #[strum(serialize = "e")]
    Email,
    /// The telephone number.
    #[strum(serialize = "t")]
    Telephone,
    /// The mobile number.
    #[strum(serialize = "m")]
    Mobile,
    /// A whole address, as one value.
    #[strum(serialize = "a")]
    Address,
    /// The address of a row that knows only a house number.
    #[strum(serialize = "h")]
    HouseNumber,
    /// A postcode without a first line.
    #[strum(serialize = "p")]
    Postcode,
    /// The number of the property.
    #[strum(serialize = "u")]
    Uprn,
    /// The address that stood there when the summary said that it is kept: no feed sends it.
    #[strum(serialize = "k")]
    KeptAddress,
}

/// A value, and the row that sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The value's fingerprint.
    pub value: Fingerprint,
    /// The newest row that had it.
    pub by: RowVersion,
    /// The first row of those that had it since another value: rows of other feeds are older than this one, or newer.
    pub since: RowVersion,
}

impl Sent {
    /// Sent by this row.
    pub fn new(value: Fingerprint, by: RowVersion) -> Self {
        Self { value, since: by.clone(), by }
    }
}

/// A value that stands in Here to Help because of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) value: Fingerprint,
    /// The newest row that wrote this field by then.
    pub(super) by: RowVersion,
    /// How often the value was written over since that row's: by older ones. Of two copies with one newest row the one with more is
    /// the later.
    pub(super) over: u32,
}

/// Everything that is remembered of one resident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResidentMemory {
    /// The leases whose items hold this, to forget all of a person.
    pub leases: BTreeSet<LeaseKey>,
    /// The requests that rows were accepted on, by number.
    pub requests: BTreeMap<i64, RequestMemory>,
    /// For each feed and field the last value of that feed.
    pub(super) feeds: BTreeMap<String, BTreeMap<Field, Sent>>,
    /// For each field the value that any feed wrote last.
    pub(super) written: BTreeMap<Field, Written>,
}

/// Everything that is remembered of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestMemory {
    /// The newest row that was accepted on it.
    pub by: RowVersion,
    /// The key by which the API finds it, where it has one.
    pub key: Option<Fingerprint>,
    /// The row that its metadata showed; none where it showed none.
    pub ingestion_row: Option<Fingerprint>,
    /// The person who was accepted on it, as they were sent: names, birthday, NHS number; where many share the key, contacts too.
    pub accepted: BTreeMap<Field, Fingerprint>,
    /// The notes that were sent to it, whatever became of them.
    pub notes: BTreeSet<Fingerprint>,
    /// The follow-up, where it was made or looked for.
    pub follow_up: Option<FollowUpMemory>,
    /// The row asked for a call back.
    pub callback_required: bool,
}

/// The follow-up request of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUpMemory {
    /// We made it; its number.
    Ours(i64),
    /// The resident had one already.
    Anothers,
}

impl ResidentMemory {
    /// The last value that a feed sent.
    pub fn last(&self, feed: &str, field: Field) -> Option<&Sent> {
        self.feeds.get(feed)?.get(&field)
    }

    /// True if a newer row sent this field: of the same feed any, of another one a row that had something new to say.
    pub fn is_newer(&self, feed: &str, field: Field, than: &RowVersion) -> bool {
        self.last(feed, field).is_some_and(|sent| sent.by > *than) || self.sent(field).any(|sent| sent.since > *than)
    }

    /// True if any feed sent this value last.
    pub fn was_sent(&self, field: Field, value: &Fingerprint) -> bool {
        self.sent(field).any(|sent| sent.value == *value)
    }

    /// The last values of all feeds.
    pub fn sent(&self, field: Field) -> impl Iterator<Item = &Sent> {
        self.feeds.values().filter_map(move |fields| fields.get(&field))
    }

    /// The value that we wrote last, whichever feed's.
    pub fn written(&self, field: Field) -> Option<&Fingerprint> {
        self.written.get(&field).map(|sent| &sent.value)
    }

    /// Remembers a feed's value, whether it was written or left.
    pub fn remember_sent(&mut self, feed: &str, field: Field, sent: Sent) {
        if let Some(written) = self.written.get_mut(&field).filter(|written| written.value == sent.value) {
            written.goes_on(&sent.by);
        }
        let fields = self.feeds.entry(feed.to_owned()).or_default();
        match fields.get_mut(&field) {
            // The same one is known since the older row.
            Some(known) if known.value == sent.value => known.unite(sent),
            Some(known) if known.by > sent.by => {}
            _ => drop(fields.insert(field, sent)),
        }
    }

    /// Remembers a value that stands in Here to Help because of this row. Where it is an older one than wrote there before, it
    /// counts as that of the newer one: an identity which that one has and this one has not remembers what is gone by now.
    pub fn remember_written(&mut self, field: Field, value: Fingerprint, by: RowVersion) {
        match self.written.get_mut(&field) {
            Some(written) if written.value == value => written.goes_on(&by),
            Some(written) if written.by >= by => {
                written.value = value;
                written.over += 1;
            }
            _ => drop(self.written.insert(field, Written { value, by, over: 0 })),
        }
    }

    /// The newest row that is remembered here.
    pub fn newest(&self) -> Option<&RowVersion> {
        let sent = self.feeds.values().flat_map(BTreeMap::values).map(|sent| &sent.by);
        sent.chain(self.requests.values().map(|request| &request.by)).max()
    }

    /// True if this row was accepted on a request here, or sent a value that is remembered.
    pub(super) fn names_row(&self, row: &RowVersion) -> bool {
        let mut sent = self.feeds.values().flat_map(BTreeMap::values);
        self.requests.values().any(|request| request.by == *row)
            || self.written.values().any(|written| written.by == *row)
            || sent.any(|sent| sent.by == *row || sent.since == *row)
    }

    /// Takes in what another copy knows: of each value and request the newer.
    pub fn merge(&mut self, other: Self) {
        self.leases.extend(other.leases);
        for (id, request) in other.requests {
            match self.requests.get_mut(&id) {
                Some(known) => known.merge(request),
                None => drop(self.requests.insert(id, request)),
            }
        }
        for (feed, fields) in other.feeds {
            let known = self.feeds.entry(feed).or_default();
            for (field, sent) in fields {
                match known.get_mut(&field) {
                    Some(known) => known.merge(sent),
                    None => drop(known.insert(field, sent)),
                }
            }
        }
        for (field, written) in other.written {
            match self.written.get(&field) {
                // Of two that came apart either will do, but the same for all.
                Some(known) if known.place() >= written.place() => {}
                _ => drop(self.written.insert(field, written)),
            }
        }
        forget_oldest(&mut self.requests, MOST_REQUESTS, |request| Some(&request.by));
    }
}

impl RequestMemory {
    fn merge(&mut self, mut other: Self) {
        if other.by > self.by {
            std::mem::swap(self, &mut other);
        }
        self.notes.extend(other.notes);
        self.follow_up = self.follow_up.or(other.follow_up);
    }
}

impl Sent {
    /// Takes in the same value of another row.
    fn unite(&mut self, other: Self) {
        self.since = other.since.min(self.since.clone());
        self.by = other.by.max(self.by.clone());
    }

    /// Takes in what another copy knows. One that has not heard of the rows since does not tell whether there was another value
    /// in between.
    fn merge(&mut self, other: Self) {
        let (older, newer) = if self.by < other.by { (&*self, &other) } else { (&other, &*self) };
        if older.value == newer.value && older.by >= newer.since {
            self.unite(other);
        } else if self.by < other.by {
            *self = other;
        }
    }
}

impl Written {
    /// Its place among the copies of a field.
    fn place(&self) -> (&RowVersion, u32, &Fingerprint) {
        (&self.by, self.over, &self.value)
    }

    /// The value stands there because of this row too.
    fn goes_on(&mut self, by: &RowVersion) {
        if *by > self.by {
            self.by.clone_from(by);
            self.over = 0;
        }
    }
}

/// Keeps the residents whose rows are newest.
pub(super) fn forget_oldest_residents(residents: &mut BTreeMap<i64, ResidentMemory>) {
    forget_oldest(residents, MOST_RESIDENTS, ResidentMemory::newest);
}

fn forget_oldest<T>(known: &mut BTreeMap<i64, T>, most: usize, newest: impl Fn(&T) -> Option<&RowVersion>) {
    while known.len() > most
        && let Some(oldest) = known.iter().min_by_key(|(_, one)| newest(one)).map(|(id, _)| *id)
    {
        known.remove(&oldest);
    }
}

/// The memories of several identities, together.
pub(super) fn merged<'a>(
    leases: impl Iterator<Item = &'a BTreeMap<i64, ResidentMemory>>,
) -> BTreeMap<i64, ResidentMemory> {
    let mut merged: BTreeMap<i64, ResidentMemory> = BTreeMap::new();
    for (id, known) in leases.flatten() {
        merged.entry(*id).or_default().merge(known.clone());
    }
    merged
}

#[cfg(test)]
mod tests;
