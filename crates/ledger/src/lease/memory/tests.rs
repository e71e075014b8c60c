use chrono::DateTime;
use proptest::prelude::*;

use super::super::stored::Stored;
use super::*;
use crate::dynamo::item::structured;
use crate::hash_key::HashKey;
use crate::keys::RunId;

fn value(text: &str) -> Fingerprint {
    HashKey::new(&"key".to_owned().into()).fingerprint("value", text)
}

fn version(row: u32) -> RowVersion {
    let claimed_at = DateTime::from_timestamp_millis(1_613_650_581_123).expect("a time");
    RowVersion { claimed_at, run: RunId::of("file", "revision"), row }
}

fn sent(text: &str, row: u32) -> Sent {
    Sent::new(value(text), version(row))
}

fn request(row: u32) -> RequestMemory {
    RequestMemory {
        by: version(row),
        key: Some(value("spl")),
        ingestion_row: Some(value("run/17")),
        accepted: [Field::FirstName, Field::LastName, Field::Birthday, Field::NhsNumber]
            .map(|field| (field, value("a")))
            .into(),
        notes: BTreeSet::from([value("a note")]),
        follow_up: Some(FollowUpMemory::Ours(1_000_017)),
        callback_required: true,
    }
}

fn stored_and_read(memory: &ResidentMemory) -> ResidentMemory {
    let stored = structured(&Stored::from(memory));
    let read: Stored = serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(stored).expect("as it was written");
    read.try_into().expect("as it was written")
}

const ALL: [Field; 11] = [
    Field::FirstName,
    Field::LastName,
    Field::Birthday,
    Field::NhsNumber,
    Field::Email,
    Field::Telephone,
    Field::Mobile,
    Field::Address,
    Field::HouseNumber,
    Field::Postcode,
    Field::Uprn,
];

#[test]
fn the_newest_value_of_each_feed_is_kept() {
    let mut memory = ResidentMemory::default();
    memory.remember_sent("spl", Field::Email, sent("new", 5));
    memory.remember_sent("spl", Field::Email, sent("old", 4));
    memory.remember_sent("nsss", Field::Email, sent("another", 3));
    assert_eq!(memory.last("spl", Field::Email), Some(&sent("new", 5)));
    assert!(memory.is_newer("spl", Field::Email, &version(4)) && !memory.is_newer("spl", Field::Email, &version(5)));
    assert!(memory.was_sent(Field::Email, &value("another")) && !memory.was_sent(Field::Email, &value("old")));
    assert_eq!(memory.last("generic", Field::Email), None);
    assert_eq!(memory.newest(), Some(&version(5)));
}

#[test]
fn of_two_copies_each_value_is_the_newer_one() {
    let (mut one, mut other) = (ResidentMemory::default(), ResidentMemory::default());
    one.remember_sent("spl", Field::Email, sent("old", 4));
    one.remember_written(Field::Email, value("old"), version(4));
    one.requests.insert(17, RequestMemory { notes: BTreeSet::from([value("first")]), ..request(4) });
    other.remember_sent("spl", Field::Email, sent("new", 6));
    other.remember_sent("nsss", Field::LastName, sent("Able", 6));
    other.remember_written(Field::Email, value("new"), version(6));
    other.requests.insert(17, RequestMemory { follow_up: Some(FollowUpMemory::Anothers), ..request(6) });
    let mut merged = one.clone();
    merged.merge(other.clone());
    other.merge(one);
    assert_eq!(merged, other);
    assert_eq!(merged.written(Field::Email), Some(&value("new")));
    assert_eq!((merged.requests[&17].by.row, merged.requests[&17].follow_up), (6, Some(FollowUpMemory::Anothers)));
    assert!(merged.requests[&17].notes.contains(&value("first")));
}

/// Another identity's copy has not heard of the rows since.
#[test]
fn what_an_older_row_wrote_last_counts_beside_an_older_copy() {
    let mut stale = ResidentMemory::default();
    stale.remember_written(Field::FirstName, value("Ann"), version(5));
    let mut memory = stale.clone();
    memory.remember_written(Field::FirstName, value("Anne"), version(6));
    memory.remember_written(Field::FirstName, value("Annie"), version(3));
    let mut merged = stale.clone();
    merged.merge(memory.clone());
    memory.merge(stale);
    assert_eq!(merged, memory);
    assert_eq!(merged.written(Field::FirstName), Some(&value("Annie")));
}

/// The newest row's own identities have not heard of an older one that wrote over what it wrote.
#[test]
fn what_an_older_row_wrote_last_counts_beside_the_newest_rows_copy() {
    // Whichever fingerprint is the greater.
    for (before, last) in [("Anne", "Annie"), ("Annie", "Anne")] {
        let mut stale = ResidentMemory::default();
        stale.remember_written(Field::FirstName, value(before), version(6));
        let mut memory = stale.clone();
        memory.remember_written(Field::FirstName, value(last), version(3));
        for (one, other) in [(&stale, &memory), (&memory, &stale)] {
            let mut merged = one.clone();
            merged.merge(other.clone());
            assert_eq!(merged.written(Field::FirstName), Some(&value(last)));
        }
        // Stored, it still does.
        assert_eq!(stored_and_read(&memory), memory);
        // The newest row again: neither copy is later by its row.
        let mut again = memory.clone();
        again.remember_written(Field::FirstName, value(before), version(6));
        memory.merge(again);
        assert_eq!(memory.written(Field::FirstName), Some(&value(before)));
    }
}

/// A feed went from one value to another and back: a copy that has not heard of it knows the first only.
#[test]
fn a_value_that_came_back_is_news_beside_a_copy_that_does_not_know_it_was_gone() {
    let mut stale = ResidentMemory::default();
    stale.remember_sent("spl", Field::Email, sent("a", 1));
    let mut memory = stale.clone();
    memory.remember_sent("spl", Field::Email, sent("b", 2));
    memory.remember_sent("spl", Field::Email, sent("a", 4));
    for (one, other) in [(&stale, &memory), (&memory, &stale)] {
        let mut merged = one.clone();
        merged.merge(other.clone());
        assert!(merged.is_newer("nsss", Field::Email, &version(3)));
    }
    // One that went on is known since its first row.
    let mut went_on = stale.clone();
    went_on.remember_sent("spl", Field::Email, sent("a", 4));
    stale.merge(went_on);
    assert!(!stale.is_newer("nsss", Field::Email, &version(3)));
}

/// 1 KB is one write unit of DynamoDB. An item has 200 bytes beside the memory while it is leased.
#[test]
fn two_feeds_fit_into_a_kilobyte() {
    let mut memory =
        ResidentMemory { leases: ["nhs", "names", "ctas", "spl"].map(lease).into(), ..ResidentMemory::default() };
    for (feed, row) in [("contact-tracing", 100_017), ("self-isolation", 100_018)] {
        for field in ALL {
            memory.remember_sent(feed, field, sent(feed, row));
            memory.remember_written(field, value(feed), version(row));
        }
        memory.remember_written(Field::KeptAddress, value(feed), version(row));
        memory.requests.insert(i64::from(row) * 100, request(row));
    }
    assert_eq!(stored_and_read(&memory), memory);
    let size = size(&structured(&Stored::from(&memory)));
    assert!(size <= 1024 - 200, "{size}");
}

fn lease(kind: &str) -> LeaseKey {
    HashKey::new(&"key".to_owned().into()).lease(kind, "a")
}

/// As DynamoDB counts.
fn size(value: &aws_sdk_dynamodb::types::AttributeValue) -> usize {
    use aws_sdk_dynamodb::types::AttributeValue::{Bool, L, M, N, S};
    match value {
        S(text) => text.len(),
        N(number) => number.len().div_ceil(2) + 1,
        Bool(_) => 1,
        L(items) => 3 + items.iter().map(|item| 1 + size(item)).sum::<usize>(),
        M(items) => 3 + items.iter().map(|(name, item)| 1 + name.len() + size(item)).sum::<usize>(),
        other => panic!("not written: {other:?}"),
    }
}

fn memories() -> impl Strategy<Value = ResidentMemory> {
    let deed = (0..3usize, 0..ALL.len(), 0..3usize, 1..5u32, any::<bool>());
    proptest::collection::vec(deed, 0..12).prop_map(|deeds| {
        let mut memory = ResidentMemory::default();
        for (feed, field, text, row, is_written) in deeds {
            let one = sent(["a", "b", "c"][text], row);
            memory.remember_sent(["spl", "nsss", "generic"][feed], ALL[field], one.clone());
            if is_written {
                memory.remember_written(ALL[field], one.value, one.by);
            }
        }
        memory
    })
}

proptest! {
    #[test]
    fn a_memory_is_read_as_it_was_written(memory in memories()) {
        prop_assert_eq!(stored_and_read(&memory), memory);
    }
}
