//! Leases: nobody talks about the same resident at once.

use std::collections::BTreeSet;
use std::sync::Mutex;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use futures::future::{join, join_all};
use ledger::{
    ClaimedRow, Error, Field, Fingerprint, GiveBack, HashKey, LeaseGrant, LeaseKey, Leases, RequestMemory,
    ResidentMemory, RowVersion, RunId, Sent,
};

use crate::support::{Fixture, new_run, pending_rows, spl};
use testkit::dynamodb::Item;
use testkit::proxy::Fate;

fn keys(values: &[&str]) -> Vec<LeaseKey> {
    let key = HashKey::new(&"key".into());
    values.iter().map(|value| key.lease("nhs", value)).collect()
}

fn value(text: &str) -> Fingerprint {
    HashKey::new(&"key".into()).fingerprint("value", text)
}

/// A resident whose e-mail a row of SPL wrote, with one request.
fn written(email: &str, request: i64, by: &RowVersion) -> ResidentMemory {
    let mut memory = ResidentMemory::default();
    memory.remember_sent(spl().name(), Field::Email, Sent::new(value(email), by.clone()));
    memory.remember_written(Field::Email, value(email), by.clone());
    let request_memory = RequestMemory {
        by: by.clone(),
        key: Some(value("key")),
        ingestion_row: None,
        accepted: [(Field::LastName, value("Able"))].into(),
        notes: BTreeSet::new(),
        follow_up: None,
        callback_required: false,
    };
    memory.requests.insert(request, request_memory);
    memory
}

async fn granted(row: &ClaimedRow, values: &[&str]) -> Leases {
    match row.lease(&keys(values)).await.expect("an answer") {
        LeaseGrant::Granted(leases) => leases,
        LeaseGrant::Held { until } => panic!("held until {until}"),
    }
}

/// Twenty rows that want overlapping identities in all orders, at once, under conflicts: each gets all of its leases in
/// the end, and never do two rows have the same one.
#[tokio::test]
async fn overlapping_identities_are_leased_one_after_the_other_without_a_deadlock() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=21)).await;
    let mut number = 0;
    fixture.proxy.plan(move |call| {
        number += 1;
        if call.operation == "UpdateItem" && number % 3 == 0 { Fate::Conflict } else { Fate::Pass }
    });
    let in_use = Mutex::new(BTreeSet::new());
    let work = async |row: u32| {
        let row = fixture.mine(&run, row).await;
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let (first, second) = ((row.id.row % 4) as usize, (row.id.row / 4 % 4) as usize);
        let wanted: Vec<&str> = [first, second, 3 - first].map(|at| names[at].as_str()).into();
        loop {
            match row.lease(&keys(&wanted)).await.expect("an answer") {
                LeaseGrant::Held { until } => {
                    assert_eq!(until, fixture.until());
                    tokio::task::yield_now().await;
                }
                LeaseGrant::Granted(leases) => {
                    let wanted: BTreeSet<&str> = wanted.iter().copied().collect();
                    for name in &wanted {
                        assert!(in_use.lock().expect("no panic").insert((*name).to_owned()), "{name} is leased twice");
                    }
                    tokio::task::yield_now().await;
                    for name in &wanted {
                        in_use.lock().expect("no panic").remove(*name);
                    }
                    return leases.release().await.expect("released");
                }
            }
        }
    };
    join_all((2..=21).map(work)).await;
}

#[tokio::test]
async fn all_leases_are_taken_or_none() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let (one, two, three) = (fixture.mine(&run, 2).await, fixture.mine(&run, 3).await, fixture.mine(&run, 4).await);
    let held = granted(&one, &["b"]).await;
    let refused = two.lease(&keys(&["a", "b", "c"])).await.expect("an answer");
    assert!(matches!(refused, LeaseGrant::Held { until } if until == fixture.until()), "{refused:?}");
    let free = granted(&three, &["a", "c"]).await;
    held.release().await.expect("released");
    free.release().await.expect("released");
    let all = granted(&two, &["c", "b", "a", "b"]).await;
    all.release().await.expect("released");
    granted(&two, &[]).await.release().await.expect("nothing to release");
}

/// The leases that somebody has, and the rows whose marks stand in any.
async fn left(fixture: &Fixture) -> (usize, BTreeSet<String>) {
    let items = fixture.scan("LEASE").await;
    let begun = |item: &Item| Some(item.get("begun")?.as_ss().expect("a set").clone());
    let rows = items.iter().filter_map(begun).flatten().map(|mark| mark.rsplit('/').next().unwrap_or_default().into());
    (items.iter().filter(|item| item.contains_key("owner")).count(), rows.collect())
}

/// The second of three is another's, or cannot be taken: what was taken goes back at once, and nobody has to wait for it or look.
#[tokio::test]
async fn who_does_not_get_all_leases_gives_back_what_it_took() {
    for (fate, times) in [(Fate::Pass, 0), (Fate::DiedBefore, 1), (Fate::DiedAfter, 1)] {
        let fixture = Fixture::new().await;
        let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
        let (other, row) = (fixture.mine(&run, 2).await, fixture.mine(&run, 3).await);
        let mut wanted = keys(&["a", "b", "c"]);
        wanted.sort();
        let held = match fate {
            Fate::Pass => Some(other.lease(&wanted[1..2]).await.expect("an answer")),
            _ => None,
        };
        let (mut number, mut left_times) = (0, times);
        fixture.proxy.plan(move |_| {
            number += 1;
            let is_it = number == 2 && left_times > 0;
            left_times -= usize::from(is_it);
            if is_it { fate } else { Fate::Pass }
        });
        let answer = row.lease(&wanted).await;
        let is_held = matches!(answer, Ok(LeaseGrant::Held { until }) if until == fixture.until());
        assert_eq!((is_held, answer.is_err()), (held.is_some(), held.is_none()), "{fate:?}: {answer:?}");
        let others = if held.is_some() { (1, BTreeSet::from(["2".to_owned()])) } else { (0, BTreeSet::new()) };
        assert_eq!(left(&fixture).await, others, "{fate:?}");
    }
}

/// A row that may have been sent keeps its mark where it had one: nobody knows yet what became of it.
#[tokio::test]
async fn a_row_that_may_have_been_sent_keeps_its_mark_though_it_does_not_get_all_leases() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let mut wanted = keys(&["a", "b"]);
    wanted.sort();
    let killed = fixture.mine(&run, 2).await;
    drop(killed.lease(&wanted).await.expect("granted"));
    fixture.advance(TimeDelta::minutes(15));
    let other = fixture.mine(&run, 3).await;
    let other = other.lease(&wanted[1..]).await.expect("granted");
    let again = fixture.mine(&run, 2).await;
    let refused = again.lease(&wanted).await.expect("an answer");
    assert!(matches!(refused, LeaseGrant::Held { .. }), "{refused:?}");
    assert_eq!(left(&fixture).await, (1, BTreeSet::from(["2".to_owned(), "3".to_owned()])));
    drop(other);
    let grant = fixture.mine(&run, 4).await.lease(&wanted[..1]).await.expect("an answer");
    let LeaseGrant::Granted(leases) = grant else { panic!("{grant:?}") };
    assert!(leases.in_doubt().iter().map(RowVersion::id).eq([again.id.clone()]));
    leases.release().await.expect("released");
}

/// What cannot be given back is no answer "held": it expires with the claim.
#[tokio::test]
async fn leases_that_cannot_be_given_back_are_an_error_and_expire() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let (other, row) = (fixture.mine(&run, 2).await, fixture.mine(&run, 3).await);
    let mut wanted = keys(&["a", "b"]);
    wanted.sort();
    let held = other.lease(&wanted[1..]).await.expect("granted");
    let mut number = 0;
    fixture.proxy.plan(move |_| {
        number += 1;
        if number > 2 { Fate::DiedBefore } else { Fate::Pass }
    });
    assert!(row.lease(&wanted).await.is_err());
    fixture.proxy.calm();
    assert_eq!(left(&fixture).await.0, 2);
    drop(held);
    fixture.advance(TimeDelta::minutes(15));
    granted(&fixture.mine(&run, 4).await, &["a", "b"]).await.release().await.expect("released");
}

/// Two that want the same leases, each naming them in another order: who has the first gets the others, though the other is
/// killed wherever it got to.
#[tokio::test]
async fn all_take_their_leases_in_one_order() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let (one, two) = (fixture.mine(&run, 2).await, fixture.mine(&run, 3).await);
    let mut wanted = keys(&["a", "b"]);
    wanted.sort();
    let first = fixture.proxy.calls().len();
    fixture.proxy.plan(move |call| match call.number - first {
        1 => Fate::Held,
        3 => Fate::DiedBefore,
        _ => Fate::Pass,
    });
    let gets_all = async { matches!(one.lease(&wanted).await, Ok(LeaseGrant::Granted(_))) };
    let other_order: Vec<LeaseKey> = wanted.iter().rev().cloned().collect();
    let other = async {
        fixture.proxy.held().await;
        let answer = two.lease(&other_order).await;
        fixture.proxy.let_go();
        answer
    };
    let (gets_all, other) = join(gets_all, other).await;
    assert!(gets_all && matches!(other, Ok(LeaseGrant::Held { .. })), "{gets_all} {other:?}");
}

#[tokio::test]
async fn an_expired_lease_is_taken_over_and_its_old_owner_can_do_nothing_more() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let dead = fixture.mine(&run, 2).await;
    let mut lost = granted(&dead, &["a"]).await;
    fixture.advance(TimeDelta::minutes(15));
    let row = fixture.mine(&run, 3).await;
    let leases = granted(&row, &["a"]).await;
    lost.remember(1, written("a", 1, &dead.version()));
    let error = lost.release().await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    let again = fixture.mine(&run, 4).await.lease(&keys(&["a"])).await.expect("an answer");
    assert!(matches!(again, LeaseGrant::Held { .. }), "{again:?}");
    leases.release().await.expect("released");
}

/// After an answer of the API was lost the claim is given back at once: what must wait for the call that may be on its way
/// is whoever speaks about the resident, and the leases see to that.
#[tokio::test]
async fn after_a_lost_answer_the_row_is_free_at_once_and_its_resident_35_seconds_later() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 2).await;
    let leases = granted(&row, &["a"]).await;
    let arrived_at = fixture.now() + TimeDelta::seconds(35);
    row.give_back(GiveBack::MayHaveBeenSent { error_class: "timed-out".to_owned() }).await.expect("given back");
    leases.leave_until(arrived_at).await.expect("left");

    let (again, other) = (fixture.mine(&run, 2).await, fixture.mine(&run, 3).await);
    assert!(again.record.may_have_been_sent);
    fixture.advance(TimeDelta::milliseconds(34_999));
    for row in [&again, &other] {
        let held = row.lease(&keys(&["a"])).await.expect("an answer");
        assert!(matches!(held, LeaseGrant::Held { until } if until == arrived_at), "{held:?}");
    }
    fixture.advance(TimeDelta::milliseconds(1));
    granted(&again, &["a"]).await.release().await.expect("released");
}

/// Leases are never left for longer than the claim under which they were taken.
#[tokio::test]
async fn leases_are_not_left_beyond_the_claims_expiry() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 2).await;
    let until = row.until();
    granted(&row, &["a"]).await.leave_until(until + TimeDelta::hours(1)).await.expect("left");
    let held = fixture.mine(&run, 3).await.lease(&keys(&["a"])).await.expect("an answer");
    assert!(matches!(held, LeaseGrant::Held { until: at } if at == until), "{held:?}");
}

#[tokio::test]
async fn leases_whose_answer_was_lost_are_still_ours() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 2).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 2);
    let mut leases = granted(&row, &["a", "b"]).await;
    leases.remember(1, written("a", 1, &row.version()));
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 2);
    leases.release().await.expect("released");
    granted(&fixture.mine(&run, 3).await, &["a", "b"]).await.release().await.expect("released");
}

#[tokio::test]
async fn what_was_remembered_is_found_under_any_of_the_identities() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=9)).await;
    let row = fixture.mine(&run, 5).await;
    let mut leases = granted(&row, &["nhs", "names"]).await;
    assert!(leases.residents().is_empty());
    leases.remember(11, written("f1", 21, &row.version()));
    // Nothing stands in the table before the leases are released.
    assert!(!format!("{:?}", fixture.scan("LEASE").await).contains("feeds"));
    leases.release().await.expect("released");

    let newer = fixture.mine(&run, 6).await;
    let mut leases = granted(&newer, &["names", "other"]).await;
    let known = leases.residents()[&11].clone();
    assert_eq!(known.requests.keys().collect::<Vec<_>>(), [&21]);
    assert_eq!(known.last(spl().name(), Field::Email).map(|sent| &sent.by), Some(&row.version()));
    leases.remember(11, written("f2", 22, &newer.version()));
    leases.release().await.expect("released");

    // What two items say is put together, the newer value of each.
    let leases = granted(&fixture.mine(&run, 7).await, &["nhs", "names"]).await;
    let known = &leases.residents()[&11];
    assert_eq!(known.requests.keys().collect::<Vec<_>>(), [&21, &22]);
    assert_eq!(known.written(Field::Email), Some(&value("f2")));
    assert_eq!(known.leases.len(), 3, "the items name each other");
    leases.release().await.expect("released");
}

/// The row's owner may not settle it before it is remembered.
#[tokio::test]
async fn a_memory_that_cannot_be_written_is_an_error() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 2).await;
    let mut leases = granted(&row, &["a"]).await;
    leases.remember(11, written("f1", 21, &row.version()));
    fixture.proxy.next("UpdateItem", Fate::DiedBefore, 9);
    assert!(leases.release().await.is_err());
}

/// Between its first call and the moment when its resident is known a poster may die: what it did is then in no lease,
/// but that it started is.
#[tokio::test]
async fn a_row_that_began_leaves_its_mark_until_it_is_known_what_became_of_it() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=9)).await;
    let begun = |leases: &Leases| leases.in_doubt().iter().map(RowVersion::id).collect::<Vec<_>>();
    let failed = fixture.mine(&run, 3).await;
    granted(&failed, &["a", "b"]).await.release().await.expect("released");
    let lost = fixture.mine(&run, 4).await;
    granted(&lost, &["b", "c"]).await.leave_until(fixture.now()).await.expect("left");
    let killed = fixture.mine(&run, 5).await;
    drop(granted(&killed, &["a"]).await);
    fixture.advance(TimeDelta::minutes(15));

    let row = fixture.mine(&run, 2).await;
    let leases = granted(&row, &["a", "b"]).await;
    assert_eq!(begun(&leases), [failed.id.clone(), lost.id.clone(), killed.id.clone()], "its own is not among them");
    leases.release().await.expect("released");
    let older = row.id.clone();
    row.give_back(GiveBack::Untouched).await.expect("given back");

    // Whoever goes on with the row takes the mark back: here it was applied, there surely not.
    let again = fixture.mine(&run, 4).await;
    let mut leases = granted(&again, &["b", "c"]).await;
    leases.all_is_known();
    leases.leave_until(fixture.now()).await.expect("left");
    let again = fixture.mine(&run, 5).await;
    let mut leases = granted(&again, &["a"]).await;
    leases.all_is_known();
    leases.release().await.expect("released");
    let leases = granted(&fixture.mine(&run, 6).await, &["a", "b", "c"]).await;
    assert_eq!(begun(&leases), [older, failed.id.clone()]);
    leases.release().await.expect("released");
}

#[tokio::test]
async fn a_lease_remembers_fifty_namesakes_for_400_days() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 2).await;
    let mut leases = granted(&row, &["john smith"]).await;
    for resident in 1..=60 {
        let applied = RowVersion { row: u32::try_from(resident).expect("small"), ..row.version() };
        leases.remember(resident, written("a", resident, &applied));
    }
    leases.release().await.expect("released");
    let leases = granted(&row, &["john smith"]).await;
    assert_eq!(leases.residents().len(), 50);
    assert_eq!(leases.residents().keys().next(), Some(&11));
    leases.release().await.expect("released");
    let item = fixture.scan("LEASE").await.pop().expect("a lease");
    let expires = (fixture.now() + TimeDelta::days(400)).timestamp();
    assert_eq!(item["expires_at"], AttributeValue::N(expires.to_string()));
    assert!(!format!("{item:?}").contains("john smith"));
}

#[tokio::test]
async fn a_lease_of_a_newer_version_is_left_to_that_version() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 2).await;
    granted(&row, &["a"]).await.release().await.expect("released");
    let item = fixture.scan("LEASE").await.pop().expect("a lease");
    let pk = item["pk"].as_s().expect("a text");
    fixture.direct.set(pk, "LEASE", "v", AttributeValue::N("2".into())).await;
    let grant = row.lease(&keys(&["a"])).await;
    assert!(matches!(grant, Err(Error::NewerVersion { .. })), "{grant:?}");
}

#[test]
fn a_row_is_newer_by_its_runs_claim_then_run_then_number() {
    let at = |text: &str| text.parse().expect("an instant");
    let (a, b) = (RunId::of("a", "1"), RunId::of("b", "1"));
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    let (early, late) = (at("2021-03-08T09:00:00Z"), at("2021-03-08T09:00:01Z"));
    let applied = |claimed_at, run: &RunId, row| RowVersion { claimed_at, run: run.clone(), row };
    let ascending =
        [applied(early, &low, 2), applied(early, &low, 10), applied(early, &high, 1), applied(late, &low, 1)];
    assert!(ascending.is_sorted_by(|older, newer| older < newer));
}
