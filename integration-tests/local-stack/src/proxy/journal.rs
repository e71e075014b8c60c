//! The functions' calls to AWS, and what of them AWS charges for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::actions::Action;

/// A deed of a function: an action of IAM and its resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deed {
    /// The function.
    pub function: String,
    /// Such as `dynamodb:PutItem`.
    pub action: String,
    /// A table, an index, a queue, a topic, a parameter by its name; `*` where the action knows none.
    pub resource: String,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.function, self.action, self.resource)
    }
}

/// DynamoDB's request units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// For reads.
    pub read: f64,
    /// For writes.
    pub write: f64,
}

/// Everything that went through the doors to AWS. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Journal(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    deeds: BTreeMap<Deed, u64>,
    units: BTreeMap<&'static str, Units>,
}

impl Journal {
    /// The deeds so far and how often each was done. Calls count, not what is in their batches.
    pub fn deeds(&self) -> BTreeMap<Deed, u64> {
        self.noted().deeds.clone()
    }

    /// The units that each function used up.
    pub fn units(&self) -> BTreeMap<&'static str, Units> {
        self.noted().units.clone()
    }

    pub(crate) fn note(&self, function: &'static str, actions: Vec<Action>) {
        let mut noted = self.noted();
        for (action, resource) in actions {
            *noted.deeds.entry(Deed { function: function.to_owned(), action, resource }).or_default() += 1;
        }
    }

    /// Adds what an answer says that the call used up. The local AWS says nothing of a call that failed.
    pub(super) fn charge(&self, function: &'static str, operation: &str, answer: &[u8]) {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let consumed = &answer["ConsumedCapacity"];
        let units = |one: &Value| one["CapacityUnits"].as_f64().unwrap_or_default();
        let units: f64 = consumed.as_array().map_or_else(|| units(consumed), |each| each.iter().map(units).sum());
        let mut noted = self.noted();
        let sum = noted.units.entry(function).or_default();
        if matches!(operation, "BatchGetItem" | "GetItem" | "Query") {
            sum.read += units;
        } else {
            sum.write += units;
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn deeds_are_counted_and_told_in_words() {
        let journal = Journal::default();
        for _ in 0..2 {
            journal.note("poster", vec![("sqs:SendMessage".to_owned(), "rows".to_owned())]);
        }
        let deeds = journal.deeds();
        let told: Vec<_> = deeds.iter().map(|(deed, times)| (deed.to_string(), *times)).collect();
        assert_eq!(told, [("poster sqs:SendMessage rows".to_owned(), 2)]);
    }

    #[test]
    fn a_batch_is_charged_for_each_of_its_tables() {
        let journal = Journal::default();
        let one = json!({ "ConsumedCapacity": { "CapacityUnits": 0.5 } }).to_string();
        let batch = json!({ "ConsumedCapacity": [{ "CapacityUnits": 4 }, { "CapacityUnits": 2 }] }).to_string();
        journal.charge("poster", "GetItem", one.as_bytes());
        journal.charge("poster", "TransactWriteItems", batch.as_bytes());
        journal.charge("poster", "UpdateItem", b"{}");
        assert_eq!(journal.units(), BTreeMap::from([("poster", Units { read: 0.5, write: 6.0 })]));
    }
}
