//! The calls that the sweep needs.

use chrono::TimeDelta;
use feeds::Outcome;
use futures::future::join_all;
use ledger::{Run, RunId};

use crate::support::{Fixture, new_run, pending_rows};
use testkit::proxy::Fate;

async fn read(fixture: &Fixture) -> Run {
    fixture.ledger.run(&RunId::of("file", "a")).await.expect("an answer").expect("a run")
}

async fn sweep(fixture: &Fixture, run: &Run) -> Option<u32> {
    let progress = fixture.ledger.progress(run).await.expect("progress");
    fixture.ledger.begin_sweep(run, &progress).await.expect("an answer")
}

#[tokio::test]
async fn open_rows_are_those_that_have_not_settled() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=5)).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.settle(&run, 3, Outcome::DeadLettered).await;
    let claimed = fixture.mine(&run, 4).await;
    let mut rows = fixture.ledger.open_rows(&run);
    for expected in [(4, Some(claimed.until()), 1), (5, None, 0)] {
        let open = rows.next().await.expect("a row").expect("an open one");
        assert_eq!((open.row, open.claimed_until, open.attempts), expected);
        assert!(open.cells.is_empty());
    }
    assert!(rows.next().await.expect("the end").is_none());
}

#[tokio::test]
async fn of_many_sweeps_one_begins_a_round() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=5)).await;
    let rounds = join_all((0..8).map(|_| sweep(&fixture, &run))).await;
    assert_eq!(rounds.iter().flatten().collect::<Vec<_>>(), [&1]);
    assert_eq!(sweep(&fixture, &run).await, None, "what it saw is out of date");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    fixture.advance(TimeDelta::minutes(5));
    assert_eq!(sweep(&fixture, &read(&fixture).await).await, Some(2), "its own answer was lost");
    assert_eq!(read(&fixture).await.sweep_rounds, 2);
}

#[tokio::test]
async fn rounds_are_counted_since_a_lane_last_moved() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=5)).await;
    for round in 1..=2 {
        assert_eq!(sweep(&fixture, &read(&fixture).await).await, Some(round));
        fixture.advance(TimeDelta::minutes(5));
    }
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.advance(TimeDelta::minutes(5));
    assert_eq!(sweep(&fixture, &read(&fixture).await).await, Some(1));
}
