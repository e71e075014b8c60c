//! Forgetting: of a person nothing is left in any item, and a namesake stays.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use ledger::{
    ClaimedRow, Error, Field, Fingerprint, Forgotten, HashKey, LeaseGrant, LeaseKey, Leases, Person, RequestMemory,
    ResidentMemory, RowVersion, Run, Sent,
};

use crate::support::{Fixture, new_run, pending_rows, spl};

/// The identities of two people of one name, Ann Able: the first is known under two spellings, two ids and a number.
const NUMBER: (&str, &str) = ("nhs", "9434765919");
const NAMES: (&str, &str) = ("names", "ANN\nABLE");
const SPELT: (&str, &str) = ("names", "ANNE\nABLE");
const ID: (&str, &str) = ("ctas", "7\nCONTACT TRACING");
const OTHER_ID: (&str, &str) = ("nsss", "0012");
const NAMESAKES_NUMBER: (&str, &str) = ("nhs", "9434765870");
const ANN: i64 = 7_001_234;
const NAMESAKE: i64 = 8_005_678;

fn key(identity: (&str, &str)) -> LeaseKey {
    HashKey::new(&"key".into()).lease(identity.0, identity.1)
}

fn value(text: &str) -> Fingerprint {
    HashKey::new(&"key".into()).fingerprint("value", text)
}

fn person(numbers: &[(&str, &str)], shared: &[(&str, &str)]) -> Person {
    let keys = |identities: &[(&str, &str)]| identities.iter().map(|identity| key(*identity)).collect();
    Person { numbers: keys(numbers), shared: keys(shared), ..Person::default() }
}

fn memory(text: &str, request: i64, by: &RowVersion) -> ResidentMemory {
    let mut memory = ResidentMemory::default();
    memory.remember_sent(spl().name(), Field::Email, Sent::new(value(text), by.clone()));
    memory.remember_written(Field::Email, value(text), by.clone());
    let (accepted, notes) = ([(Field::LastName, value(text))].into(), [value(text)].into());
    let ingestion_row = Some(value(text));
    let request_memory = RequestMemory {
        by: by.clone(),
        key: None,
        ingestion_row,
        accepted,
        notes,
        follow_up: None,
        callback_required: false,
    };
    memory.requests.insert(request, request_memory);
    memory
}

async fn leases(row: &ClaimedRow, identities: &[(&str, &str)]) -> Leases {
    let keys: Vec<LeaseKey> = identities.iter().map(|identity| key(*identity)).collect();
    match row.lease(&keys).await.expect("an answer") {
        LeaseGrant::Granted(leases) => leases,
        LeaseGrant::Held { until } => panic!("held until {until}"),
    }
}

/// A row that reached a resident, as its poster remembers it.
async fn reached(row: &ClaimedRow, identities: &[(&str, &str)], resident: i64, text: &str) {
    let mut leases = leases(row, identities).await;
    let mut known = leases.residents().get(&resident).cloned().unwrap_or_default();
    known.merge(memory(text, resident * 10, &row.version()));
    leases.remember(resident, known);
    leases.all_is_known();
    leases.release().await.expect("released");
}

/// Ann in rows 2 to 4, whose items lead from one to the next; the namesake in row 5.
async fn two_of_one_name() -> (Fixture, Run) {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=8)).await;
    reached(&fixture.mine(&run, 2).await, &[NUMBER, NAMES], ANN, "canary").await;
    reached(&fixture.mine(&run, 3).await, &[NAMES, ID], ANN, "canary").await;
    reached(&fixture.mine(&run, 4).await, &[SPELT, ID, OTHER_ID], ANN, "canary").await;
    reached(&fixture.mine(&run, 5).await, &[NAMESAKES_NUMBER, NAMES], NAMESAKE, "other").await;
    (fixture, run)
}

/// What stands in the whole table of a person: their number, and the fingerprint of all that rows sent of them.
async fn is_left(fixture: &Fixture, resident: i64, text: &str) -> bool {
    let items = fixture.direct.client.scan().table_name("ledger").send().await.expect("an answer").items;
    let table = format!("{items:?}");
    let print = serde_json::to_value(value(text)).expect("a text");
    [resident.to_string(), (resident * 10).to_string(), print.as_str().expect("a text").to_owned()]
        .iter()
        .any(|text| table.contains(text))
}

async fn live_leases(fixture: &Fixture) -> usize {
    let now = fixture.now().timestamp();
    let items = fixture.scan("LEASE").await;
    let expires = |item: &testkit::dynamodb::Item| item["expires_at"].as_n().ok()?.parse::<i64>().ok();
    items.iter().filter(|item| expires(item).is_some_and(|at| at > now)).count()
}

#[tokio::test]
async fn nothing_is_left_of_a_person_and_the_namesake_stays() {
    let whom = [
        ("by number", person(&[NUMBER], &[])),
        ("by number and names", person(&[NUMBER], &[NAMES])),
        ("by two things that others may have", person(&[], &[NAMES, ID])),
        ("by names and whom the row reached", Person { resident_id: Some(ANN), ..person(&[], &[NAMES]) }),
    ];
    for (case, whom) in whom {
        let (fixture, _) = two_of_one_name().await;
        assert!(is_left(&fixture, ANN, "canary").await);
        let forgotten = fixture.ledger.forget_person(&whom).await.expect("an answer");
        assert_eq!(forgotten, Forgotten::Done { residents: 1 }, "{case}");
        assert!(!is_left(&fixture, ANN, "canary").await, "{case}");
        assert!(is_left(&fixture, NAMESAKE, "other").await, "{case}");
        assert_eq!(live_leases(&fixture).await, 2, "{case}: those of the namesake");
        let again = fixture.ledger.forget_person(&whom).await.expect("an answer");
        assert_eq!(again, Forgotten::Done { residents: 0 }, "{case}");
    }
}

#[tokio::test]
async fn a_row_that_is_remembered_tells_which_of_two_of_one_name_is_meant() {
    let (fixture, run) = two_of_one_name().await;
    let names = |row| Person {
        row: Some(RowVersion { claimed_at: run.claimed_at, run: run.id.clone(), row }),
        ..person(&[], &[NAMES])
    };
    for (row, residents) in [(8, 0), (5, 1)] {
        let forgotten = fixture.ledger.forget_person(&names(row)).await.expect("an answer");
        assert_eq!(forgotten, Forgotten::Done { residents }, "row {row}");
    }
    assert!(is_left(&fixture, ANN, "canary").await);
    assert!(!is_left(&fixture, NAMESAKE, "other").await);
}

/// A poster that speaks about the person would write back what it read.
#[tokio::test]
async fn while_somebody_speaks_about_a_person_nothing_of_them_is_erased() {
    let (fixture, run) = two_of_one_name().await;
    let row = fixture.mine(&run, 6).await;
    let held = leases(&row, &[OTHER_ID]).await;
    let whom = person(&[NUMBER], &[]);
    assert_eq!(fixture.ledger.forget_person(&whom).await.expect("an answer"), Forgotten::Held);
    held.release().await.expect("released");

    // It died: whoever took its leases, and comes too late, has lost them.
    let mut dead = leases(&row, &[NUMBER, NAMES]).await;
    assert_eq!(fixture.ledger.forget_person(&whom).await.expect("an answer"), Forgotten::Held);
    fixture.advance(TimeDelta::minutes(15));
    assert_eq!(fixture.ledger.forget_person(&whom).await.expect("an answer"), Forgotten::Done { residents: 1 });
    dead.remember(ANN, memory("canary", 1, &row.version()));
    assert!(matches!(dead.release().await, Err(Error::LostClaim(_))));
    assert!(!is_left(&fixture, ANN, "canary").await);
}

/// A mark holds up rows that could make the person twice: only the forgotten row's own goes.
#[tokio::test]
async fn marks_of_other_rows_stay() {
    let (fixture, run) = two_of_one_name().await;
    for row in [6, 7] {
        leases(&fixture.mine(&run, row).await, &[NUMBER]).await.release().await.expect("released");
    }
    let version = |row| RowVersion { claimed_at: run.claimed_at, run: run.id.clone(), row };
    let whom = |row| Person { row: Some(version(row)), ..person(&[NUMBER], &[]) };
    fixture.ledger.forget_person(&whom(6)).await.expect("an answer");
    let left = leases(&fixture.mine(&run, 8).await, &[NUMBER]).await;
    assert_eq!(left.in_doubt(), &BTreeSet::from([version(7)]));
    left.release().await.expect("released");
}
