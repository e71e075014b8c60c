//! Marks: no summary that has become wrong is lost sight of.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use ledger::{Mark, Run, RunId};

use crate::support::{Fixture, new_run, pending_rows, spl};
use testkit::proxy::Fate;

async fn marked(fixture: &Fixture) -> BTreeMap<RunId, Vec<Mark>> {
    fixture.ledger.marked_runs(spl()).await.expect("a list")
}

/// Does what a sweep does with a run that was listed.
async fn unmark(fixture: &Fixture, id: &RunId, marks: &[Mark]) {
    let run = fixture.ledger.run(id).await.expect("an answer").expect("a run");
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    fixture.ledger.unmark(&run, &progress, marks).await.expect("an answer");
}

/// A reported run of dead rows, in several lanes.
async fn reported(fixture: &Fixture) -> Run {
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=5)).await;
    for row in 2..=5 {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    fixture.reporting(&run).await.finish().await.expect("finished");
    run
}

#[tokio::test]
async fn a_move_marks_its_run_until_a_summary_has_it_in_it() {
    let fixture = Fixture::new().await;
    let run = reported(&fixture).await;
    assert!(marked(&fixture).await.is_empty(), "settling for the first time is no move");
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    assert!(marked(&fixture).await.is_empty(), "nor is the same outcome again");

    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.settle(&run, 3, Outcome::Created).await;
    let listed = marked(&fixture).await;
    assert_eq!(listed.iter().map(|(id, marks)| (id, marks.len())).collect::<Vec<_>>(), [(&run.id, 2)]);
    unmark(&fixture, &run.id, &listed[&run.id]).await;
    assert_eq!(marked(&fixture).await, listed, "its summary is owed");

    fixture.reporting(&run).await.finish().await.expect("finished");
    assert_eq!(marked(&fixture).await, listed, "nobody has looked yet");
    unmark(&fixture, &run.id, &listed[&run.id]).await;
    assert!(marked(&fixture).await.is_empty());
}

/// Whatever dies around a move, it is made and marked, or neither.
#[tokio::test]
async fn no_death_parts_a_move_from_its_mark() {
    for (fate, is_made) in [(Fate::DiedBefore, false), (Fate::DiedAfter, true), (Fate::AnswerLost, true)] {
        let fixture = Fixture::new().await;
        let run = reported(&fixture).await;
        let row = fixture.mine(&run, 2).await;
        fixture.proxy.next("TransactWriteItems", fate, 1);
        let settled = row.settle(Settlement::new(Outcome::Created)).await;
        assert_eq!(settled.is_ok(), fate == Fate::AnswerLost);
        let moves = fixture.ledger.progress(&run).await.expect("progress").moves;
        assert_eq!((moves, marked(&fixture).await.len()), if is_made { (1, 1) } else { (0, 0) }, "{fate:?}");
    }
}

/// Between the sweep's look and its taking off, another row moves in the same lane.
#[tokio::test]
async fn what_moves_while_a_mark_is_taken_off_stays_marked() {
    let fixture = Fixture::new().await;
    let lanes = ledger::LANES;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=2 + lanes)).await;
    for row in 2..=2 + lanes {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.reporting(&run).await.finish().await.expect("finished");
    let listed = marked(&fixture).await;
    let seen = fixture.ledger.run(&run.id).await.expect("an answer").expect("a run");
    let progress = fixture.ledger.progress(&seen).await.expect("progress");
    // In the same lane, and in the same millisecond.
    fixture.settle(&run, 2 + lanes, Outcome::Created).await;
    fixture.ledger.unmark(&seen, &progress, &listed[&run.id]).await.expect("an answer");
    assert_eq!(marked(&fixture).await.len(), 1, "another mark");
    assert_ne!(marked(&fixture).await, listed);
}

#[tokio::test]
async fn who_asks_for_the_summary_again_marks_the_run() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=2)).await;
    assert!(!fixture.ledger.ask_report(&run).await.expect("an answer"), "there is none");
    assert!(marked(&fixture).await.is_empty());
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.reporting(&run).await.finish().await.expect("finished");
    assert!(fixture.ledger.ask_report(&run).await.expect("an answer"));
    let listed = marked(&fixture).await;
    unmark(&fixture, &run.id, &listed[&run.id]).await;
    assert_eq!(marked(&fixture).await, listed);
    fixture.advance(TimeDelta::minutes(1));
    fixture.reporting(&run).await.finish().await.expect("finished");
    unmark(&fixture, &run.id, &listed[&run.id]).await;
    assert!(marked(&fixture).await.is_empty());
}
