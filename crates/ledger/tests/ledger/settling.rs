//! Settling, and the progress that it counts.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use futures::future::join_all;
use ledger::{Error, GiveBack, RowClaim, is_complete};

use crate::support::{Fixture, new_run, pending, pending_rows, rejected, skipped};
use testkit::proxy::Fate;

#[tokio::test]
async fn a_settled_row_says_how_it_ended() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let settlement = Settlement { resident_id: Some(7), follow_up_id: Some(9), ..Settlement::new(Outcome::Failed) }
        .because("another person's id", "check it")
        .of_class("reject");
    let mut mine = fixture.mine(&run, 2).await;
    mine.record.warnings = vec!["no NHS number".to_owned()];
    mine.record.delivery.help_request_id = Some(8);
    mine.settle(settlement.clone()).await.expect("settled");
    let row = fixture.reporting(&run).await.rows().next().await.expect("an answer").expect("a row");
    assert_eq!((row.row, row.cells, row.help_request_id), (2, pending(2).cells, Some(8)));
    assert_eq!(row.warnings, ["no NHS number"]);
    assert_eq!(row.settlement, settlement);
}

#[tokio::test]
async fn progress_counts_every_settled_row_once() {
    let fixture = Fixture::new().await;
    let mut rows = pending_rows(2..=49);
    rows.extend([skipped(50), rejected(51)]);
    let run = fixture.posting(new_run("file", "a"), &rows).await;
    let settle = async |row: u32| {
        let outcome = if row.is_multiple_of(3) { Outcome::AlreadyKnown } else { Outcome::Created };
        fixture.settle(&run, row, outcome).await;
    };
    join_all((2..=48).map(settle)).await;
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert_eq!(progress.settled, BTreeMap::from([(Outcome::Created, 31), (Outcome::AlreadyKnown, 16)]));
    assert_eq!((progress.moves, progress.last_settled_at), (0, Some(fixture.now())));
    assert!(!is_complete(&run, &progress));
    settle(49).await;
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert!(is_complete(&run, &progress));
    let totals = progress.totals(&run);
    assert_eq!(totals[&Outcome::Skipped] + totals[&Outcome::Rejected], 2);
    assert_eq!(totals.values().sum::<u64>(), 50);
}

#[tokio::test]
async fn a_settle_whose_answer_was_lost_counts_once() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.proxy.next("TransactWriteItems", Fate::AnswerLost, 1);
    fixture.settle(&run, 2, Outcome::Created).await;
    assert_eq!(fixture.settled(&run).await, BTreeMap::from([(Outcome::Created, 1)]));
    // Also when the row was given another outcome before.
    fixture.settle(&run, 3, Outcome::Uncertain).await;
    fixture.proxy.next("TransactWriteItems", Fate::AnswerLost, 3);
    fixture.settle(&run, 3, Outcome::Created).await;
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert_eq!((progress.settled, progress.moves), (BTreeMap::from([(Outcome::Created, 2)]), 1));
}

#[tokio::test]
async fn conflicts_and_throttling_are_waited_out() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.proxy.next("TransactWriteItems", Fate::Conflict, 4);
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.proxy.next("TransactWriteItems", Fate::Throttled, 4);
    fixture.settle(&run, 3, Outcome::Created).await;
    assert_eq!(fixture.settled(&run).await, BTreeMap::from([(Outcome::Created, 2)]));
}

/// Dies at each of its calls, before and after it is made: whatever was settled is counted, and nothing else.
#[tokio::test]
async fn a_settle_that_dies_settles_and_counts_or_does_neither() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=9)).await;
    let deaths = [Fate::DiedBefore, Fate::DiedAfter].into_iter().flat_map(|fate| [0, 1].map(|point| (fate, point)));
    let mut settled = 0;
    for (row, (fate, point)) in (2..).zip(deaths) {
        let mine = fixture.mine(&run, row).await;
        let first = fixture.proxy.calls().len();
        fixture.proxy.plan(move |call| match call.number.cmp(&(first + point)) {
            Ordering::Less => Fate::Pass,
            Ordering::Equal => fate,
            Ordering::Greater => Fate::DiedBefore,
        });
        mine.settle(Settlement::new(Outcome::Created)).await.ok();
        fixture.proxy.calm();
        settled += u64::from(fixture.row_item(&run, row).await.contains_key("outcome"));
        let counted = fixture.settled(&run).await.get(&Outcome::Created).copied().unwrap_or(0);
        assert_eq!(counted, settled, "{fate:?} at call {point}");
    }
    assert!(settled > 0, "some were settled before the death");
}

/// The poster's last call arrives when another one has taken over: only the token stands between it and the row.
#[tokio::test]
async fn a_settle_that_arrives_late_settles_nothing_of_the_next_owner() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let dead = fixture.mine(&run, 2).await;
    fixture.proxy.next("TransactWriteItems", Fate::Late, 1);
    dead.settle(Settlement::new(Outcome::Failed)).await.expect_err("it died");
    fixture.advance(TimeDelta::minutes(15));
    let owner = fixture.mine(&run, 2).await;
    fixture.proxy.deliver_late().await;
    assert!(fixture.settled(&run).await.is_empty());
    owner.settle(Settlement::new(Outcome::Created)).await.expect("settled");
    assert_eq!(fixture.settled(&run).await, BTreeMap::from([(Outcome::Created, 1)]));
}

#[tokio::test]
async fn a_refused_settle_is_not_repeated() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let row = fixture.mine(&run, 2).await;
    let before = fixture.proxy.calls().len();
    fixture.proxy.next("TransactWriteItems", Fate::DiedBefore, 1);
    let error = row.settle(Settlement::new(Outcome::Created)).await.expect_err("refused");
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    assert_eq!(fixture.proxy.calls().len() - before, 1);
}

#[tokio::test]
async fn a_redrive_moves_the_outcome() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    fixture.settle(&run, 3, Outcome::Uncertain).await;

    let row = fixture.mine(&run, 2).await;
    assert_eq!(row.record.outcome(), Some(Outcome::DeadLettered));
    // The old outcome stands until the new one replaces it.
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert!(is_complete(&run, &progress));
    assert!(matches!(fixture.claim_row(&run, 2).await, RowClaim::Held { .. }));
    assert_eq!(fixture.report_rows(&run).await, [(2, Outcome::DeadLettered), (3, Outcome::Uncertain)]);
    row.give_back(GiveBack::Failed { error_class: "retry".to_owned() }).await.expect("given back");

    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.outcome(), row.record.attempts), (Some(Outcome::DeadLettered), 3));
    row.settle(Settlement::new(Outcome::Created)).await.expect("settled");
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert_eq!(progress.settled, BTreeMap::from([(Outcome::Created, 1), (Outcome::Uncertain, 1)]));
    assert_eq!(progress.moves, 1);
    assert!(matches!(fixture.claim_row(&run, 2).await, RowClaim::Settled(Outcome::Created)));
}

#[tokio::test]
async fn a_redrive_that_ends_the_same_is_no_move() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert_eq!((progress.settled, progress.moves), (BTreeMap::from([(Outcome::DeadLettered, 1)]), 0));
}

#[tokio::test]
async fn what_may_have_been_sent_is_known_to_the_redrive() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let mut sent = fixture.mine(&run, 2).await;
    sent.record.may_have_been_sent = true;
    sent.settle(Settlement::new(Outcome::DeadLettered)).await.expect("settled");
    fixture.settle(&run, 3, Outcome::DeadLettered).await;
    assert!(fixture.mine(&run, 2).await.record.may_have_been_sent);
    assert!(!fixture.mine(&run, 3).await.record.may_have_been_sent);
}

#[tokio::test]
async fn of_many_redrives_of_a_row_one_moves_it() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    fixture.advance(TimeDelta::hours(1));
    let redrive = async || match fixture.claim_row(&run, 2).await {
        RowClaim::Mine(row) => row.settle(Settlement::new(Outcome::Created)).await.expect("settled"),
        RowClaim::Held { .. } | RowClaim::Settled(Outcome::Created) => {}
        other => panic!("{other:?}"),
    };
    join_all((0..10).map(|_| redrive())).await;
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert_eq!((progress.settled, progress.moves), (BTreeMap::from([(Outcome::Created, 1)]), 1));
}
