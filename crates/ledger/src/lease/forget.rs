//! Forgetting: what leases remember of a person is erased from every item that holds it, and of nobody else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{LeaseItem, remembered};
use super::memory::ResidentMemory;
use super::version::RowVersion;
use crate::dynamo::item::read;
use crate::dynamo::transaction::{Part, Transacted};
use crate::dynamo::update::Update;
use crate::keys::{Key, LeaseKey};
use crate::token::held;
use crate::{Ledger, Result};

const FORGETTING: &str = "forgetting a person";
const IS_FREE: &str = "attribute_not_exists(#owner) OR #until <= :now";

/// A person to be forgotten, by what a row, or an NHS number, says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The leases of their NHS numbers: whoever is remembered there is meant.
    pub numbers: BTreeSet<LeaseKey>,
    /// The leases of what others may have too: names, and the ids of requests.
    pub shared: BTreeSet<LeaseKey>,
    /// The row.
    pub row: Option<RowVersion>,
    /// The resident whom the row reached.
    pub resident_id: Option<i64>,
}

/// How forgetting a person ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// Nothing of them is remembered any more. So many residents were erased; mostly one, or none.
    Done {
        /// How many.
        residents: usize,
    },
    /// Somebody speaks about them now. The same person, asked for again, is found again.
    Held,
}

/// A lease's item as it stood.
struct SeenLease {
    key: LeaseKey,
    /// Somebody speaks under it.
    is_held: bool,
    /// What it remembers, as the table has it.
    stored: Option<AttributeValue>,
    residents: BTreeMap<i64, ResidentMemory>,
}

impl Forgotten {
    /// How many residents were erased.
    pub fn residents(self) -> usize {
        match self {
            Self::Done { residents } => residents,
            Self::Held => 0,
        }
    }
}

impl Ledger {
    /// Erases what is remembered of a person, in all leases that hold it: they name each other. In items that others share only
    /// that person is taken out. Of one resident all copies go at once, or none.
    ///
    /// Who shares a name stays. Of those who are remembered under what others may have too, these are meant: whom the row
    /// reached, of whom that row is remembered, and who stands under two of the person's identities.
    pub async fn forget_person(&self, person: &Person) -> Result<Forgotten> {
        let keys = person.leases();
        let items = self.lease_items(&keys).await?;
        if items.iter().any(|lease| lease.is_held) {
            return Ok(Forgotten::Held);
        }
        let mut residents = 0;
        let mut touched: BTreeSet<LeaseKey> = keys.iter().copied().cloned().collect();
        for resident in person.residents_among(&items) {
            let Some(erased) = self.forget_resident(resident, &keys).await? else { return Ok(Forgotten::Held) };
            residents += usize::from(!erased.is_empty());
            touched.extend(erased);
        }
        for key in &touched {
            self.let_expire(key, person.row.as_ref()).await?;
        }
        Ok(Forgotten::Done { residents })
    }

    /// The residents of whom something is remembered that [`Ledger::forget_person`] would erase.
    pub async fn residents_of(&self, person: &Person) -> Result<BTreeSet<i64>> {
        Ok(person.residents_among(&self.lease_items(&person.leases()).await?))
    }

    /// Takes a resident out of these items and all that they lead to. The leases of those; none if one of them is held.
    async fn forget_resident(&self, resident: i64, keys: &BTreeSet<&LeaseKey>) -> Result<Option<BTreeSet<LeaseKey>>> {
        loop {
            let items = self.items_of(resident, keys).await?;
            if items.iter().any(|lease| lease.is_held) {
                return Ok(None);
            }
            let erased = items.iter().map(|lease| lease.key.clone()).collect();
            let without = |lease: &SeenLease| (Key::lease(&lease.key), Part::Change(self.without(resident, lease)));
            let parts: Vec<_> = items.iter().map(without).collect();
            // Where somebody was quicker, it is looked again.
            if parts.is_empty() || matches!(self.transact(FORGETTING, parts).await?, Transacted::Done) {
                return Ok(Some(erased));
            }
        }
    }

    /// The items that hold a resident: from these on to those that their copies name.
    async fn items_of(&self, resident: i64, keys: &BTreeSet<&LeaseKey>) -> Result<Vec<SeenLease>> {
        let mut items = Vec::new();
        let mut seen: BTreeSet<LeaseKey> = BTreeSet::new();
        let mut next: Vec<LeaseKey> = keys.iter().copied().cloned().collect();
        while let Some(key) = next.pop() {
            if !seen.insert(key.clone()) {
                continue;
            }
            let Some(lease) = self.lease_item(&key).await? else { continue };
            if let Some(memory) = lease.residents.get(&resident) {
                next.extend(memory.leases.iter().cloned());
                items.push(lease);
            }
        }
        Ok(items)
    }

    async fn lease_items(&self, keys: &BTreeSet<&LeaseKey>) -> Result<Vec<SeenLease>> {
        let mut items = Vec::new();
        for key in keys {
            items.extend(self.lease_item(key).await?);
        }
        Ok(items)
    }

    async fn lease_item(&self, key: &LeaseKey) -> Result<Option<SeenLease>> {
        let Some(item) = self.get(FORGETTING, &Key::lease(key)).await? else { return Ok(None) };
        let stored = item.get("residents").cloned();
        let lease: LeaseItem = read("a lease", item)?;
        let is_held = held(lease.owner.as_ref(), lease.until, self.now()).is_some();
        Ok(Some(SeenLease { key: key.clone(), is_held, stored, residents: remembered(lease.residents)? }))
    }

    /// The change that takes a resident out of an item that nobody holds and that is as it was seen. An owner whose time is up is
    /// taken out too: it would write back what it read.
    fn without(&self, resident: i64, lease: &SeenLease) -> Update {
        let mut others = lease.stored.as_ref().and_then(|stored| stored.as_m().ok()).cloned().unwrap_or_default();
        others.remove(&resident.to_string());
        let update = Update::new().remove("owner").remove("until").remove("holder");
        let update = update.set("residents", AttributeValue::M(others)).unchanged("residents", lease.stored.clone());
        update.when(IS_FREE).bind("now", self.now())
    }

    /// Takes the row's mark out of an item; and has one that remembers nobody, nor another row that began, expire at once.
    async fn let_expire(&self, key: &LeaseKey, row: Option<&RowVersion>) -> Result<()> {
        let key = Key::lease(key);
        let unless_held = |update: Update| update.when("attribute_exists(#v)").when(IS_FREE).bind("now", self.now());
        if let Some(row) = row {
            let unmarked = Update::new().take_out("begun", AttributeValue::Ss(vec![row.mark()]));
            self.update(FORGETTING, &key, unless_held(unmarked)).await?;
        }
        let expired = Update::new()
            .set("expires_at", self.now().timestamp() - 1)
            .when("attribute_not_exists(#residents) OR #residents = :nobody")
            .when("attribute_not_exists(#begun)")
            .bind("nobody", AttributeValue::M(HashMap::new()));
        self.update(FORGETTING, &key, unless_held(expired)).await.map(drop)
    }
}

impl Person {
    fn leases(&self) -> BTreeSet<&LeaseKey> {
        self.numbers.iter().chain(&self.shared).collect()
    }

    /// Who of those that are remembered is meant.
    fn residents_among(&self, items: &[SeenLease]) -> BTreeSet<i64> {
        let mut meant = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for lease in items {
            for (id, memory) in &lease.residents {
                let stands_twice = !seen.insert(*id);
                let has_the_row = || self.row.as_ref().is_some_and(|row| memory.names_row(row));
                if stands_twice || self.numbers.contains(&lease.key) || self.resident_id == Some(*id) || has_the_row() {
                    meant.insert(*id);
                }
            }
        }
        meant
    }
}
