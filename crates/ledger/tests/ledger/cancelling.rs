//! Cancelled runs, and rows that are closed without being posted.

use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use ledger::{Cancelled, Closed, Error, ReportClaim, RowClaim, RowRecord, Run, RunState};

use crate::support::{Fixture, new_run, pending_rows, spl};
use testkit::proxy::Fate;

async fn cancel(fixture: &Fixture, run: &Run) -> Run {
    match fixture.ledger.cancel_run(&run.id, "the wrong file", "anna").await.expect("an answer") {
        Cancelled::Done(run) => *run,
        other => panic!("not cancelled: {other:?}"),
    }
}

/// Settles what is open as skipped, and leaves the rest.
fn skip_open(row: &RowRecord) -> Option<Settlement> {
    row.settlement.is_none().then(|| Settlement::skipped("cancelled".to_owned()))
}

#[tokio::test]
async fn what_is_open_is_closed_and_the_run_ends_in_one_summary_whose_counts_add_up() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=5)).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    let posted = fixture.mine(&run, 3).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    let cancelled = cancel(&fixture, &run).await;
    assert_eq!(cancelled.state, RunState::Cancelled);
    assert_eq!(cancelled.cancelled.as_ref().map(|it| (it.by.as_str(), it.was_read)), Some(("anna", true)));
    assert!(matches!(fixture.claim_row(&cancelled, 4).await, RowClaim::Gone), "no poster claims it");
    assert!(matches!(fixture.claim_report(&run.id).await, ReportClaim::NotComplete));

    // The row that is being posted ends by itself; the others are closed, once.
    let close = async |row| fixture.ledger.close_row(&cancelled, row, skip_open).await.expect("an answer");
    assert_eq!(close(2).await, Closed::Left);
    assert_eq!(close(3).await, Closed::Held(posted.until()));
    fixture.proxy.next("TransactWriteItems", Fate::AnswerLost, 1);
    assert_eq!(close(4).await, Closed::Done(Outcome::Skipped));
    assert_eq!(close(4).await, Closed::Left);
    assert_eq!(close(5).await, Closed::Done(Outcome::Skipped));
    assert_eq!(close(9).await, Closed::Gone);
    posted.settle(Settlement::new(Outcome::Created)).await.expect("settled");
    assert_eq!(fixture.settled(&run).await, [(Outcome::Created, 2), (Outcome::Skipped, 2)].into());

    assert_eq!(fixture.ledger.open_runs(spl()).await.expect("the runs").len(), 1, "its summary is owed");
    let reporting = fixture.reporting(&run).await;
    reporting.finish().await.expect("finished");
    let ended = cancel(&fixture, &run).await;
    assert_eq!((ended.state, ended.report.map(|report| report.version)), (RunState::Cancelled, Some(1)));
    assert!(fixture.ledger.open_runs(spl()).await.expect("the runs").is_empty());
    assert!(matches!(fixture.claim_report(&run.id).await, ReportClaim::Done));
}

#[tokio::test]
async fn a_splitter_loses_the_run_that_is_cancelled_under_it() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("read", "a")).await;
    let cancelled = cancel(&fixture, &reading.run().clone()).await;
    assert_eq!(cancelled.cancelled.map(|it| it.was_read), Some(false));
    let header = crate::support::header();
    assert!(matches!(reading.set_header(&header).await, Err(Error::LostClaim { .. })));
    let reporting = fixture.reporting(reading.run()).await;
    assert_eq!(reporting.rows().next().await.expect("an answer"), None, "no row of it counts");
    reporting.finish().await.expect("finished");

    let mut enqueueing = fixture.enqueueing(new_run("enqueued", "a"), &pending_rows(2..=3)).await;
    let cancelled = cancel(&fixture, &enqueueing.run().clone()).await;
    assert_eq!(cancelled.cancelled.map(|it| it.was_read), Some(true));
    assert!(matches!(enqueueing.enqueued_up_to(3, 2).await, Err(Error::LostClaim { .. })));
}

#[tokio::test]
async fn what_is_done_is_not_cancelled() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=2)).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    let is_too_late = async || {
        let cancelled = fixture.ledger.cancel_run(&run.id, "the wrong file", "anna").await;
        matches!(cancelled.expect("an answer"), Cancelled::TooLate(_))
    };
    assert!(is_too_late().await, "complete");
    let reporting = fixture.reporting(&run).await;
    assert!(is_too_late().await, "its summary is being written");
    reporting.finish().await.expect("finished");
    assert!(is_too_late().await, "reported");
    let unknown = ledger::RunId::of("another", "a");
    let cancelled = fixture.ledger.cancel_run(&unknown, "the wrong file", "anna").await;
    assert_eq!(cancelled.expect("an answer"), Cancelled::Unknown);
}

#[tokio::test]
async fn the_stream_tells_that_a_run_was_cancelled_even_one_that_was_swept() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=2)).await;
    let progress = fixture.ledger.progress(&run).await.expect("the progress");
    fixture.ledger.begin_sweep(&run, &progress).await.expect("a round");
    let is_taken_up = async || {
        let item = fixture.direct.item(&format!("RUN#{}", run.id), "RUN").await.expect("the run");
        item.contains_key("taken_up")
    };
    assert!(is_taken_up().await);
    cancel(&fixture, &run).await;
    assert!(!is_taken_up().await, "or it is no news: see ledger::changed");
}

#[tokio::test]
async fn a_dead_row_is_closed_and_leaves_the_list() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    // A redrive that died: what it sent is not known.
    fixture.settle(&run, 3, Outcome::DeadLettered).await;
    drop(fixture.mine(&run, 3).await);
    fixture.advance(TimeDelta::minutes(16));
    let skip = |row: &RowRecord| row.settlement.as_ref().map(|_| Settlement::skipped("discarded".to_owned()));
    for row in [2, 3] {
        let closed = fixture.ledger.close_row(&run, row, skip).await.expect("an answer");
        assert_eq!(closed, Closed::Done(Outcome::Skipped));
    }
    assert!(fixture.ledger.dead_rows(spl(), None).await.expect("a list").is_empty());
    let progress = fixture.ledger.progress(&run).await.expect("the progress");
    assert_eq!((progress.settled, progress.moves), ([(Outcome::Skipped, 2)].into(), 2));
    let row = fixture.ledger.row(&run, 3).await.expect("an answer").expect("the row");
    assert!(row.may_have_been_sent && row.claimed_until.is_none());
    let row = fixture.ledger.row(&run, 2).await.expect("an answer").expect("the row");
    assert!(!row.may_have_been_sent);
    assert!(matches!(fixture.claim_row(&run, 2).await, RowClaim::Settled(Outcome::Skipped)), "for good");
}

#[tokio::test]
async fn a_file_that_is_left_out_is_known_and_nothing_is_owed() {
    let fixture = Fixture::new().await;
    let leave_out = async || fixture.ledger.leave_out(new_run("file", "a"), "there before", "anna").await;
    assert!(leave_out().await.expect("left out"));
    assert!(!leave_out().await.expect("known"));
    let files = ["file".to_owned()];
    let known = fixture.ledger.known_files(&files).await.expect("the revisions").revisions;
    assert_eq!(known["file"].first().map(|one| (one.revision.as_str(), one.state)), Some(("a", RunState::Cancelled)));
    assert!(fixture.ledger.open_runs(spl()).await.expect("the runs").is_empty());
    let runs = fixture.ledger.runs(spl(), fixture.now()).await.expect("the runs");
    assert_eq!(runs.len(), 1);
    assert!(matches!(fixture.claim_report(&runs[0].id).await, ReportClaim::Done));
    assert!(matches!(fixture.claim_run(new_run("file", "a")).await, ledger::RunClaim::Known(_)));
}

#[tokio::test]
async fn what_people_did_is_kept_with_the_run_in_order() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=2)).await;
    fixture.ledger.note_audit_entry(&run.id, "anna", "redrove 2 rows", None).await.expect("noted");
    fixture.advance(TimeDelta::minutes(1));
    fixture.ledger.note_audit_entry(&run.id, "bob", "discarded 1 row", Some("moved away")).await.expect("noted");
    let run = fixture.ledger.run(&run.id).await.expect("an answer").expect("a run");
    let deeds: Vec<_> = run.audit.iter().map(|it| (it.by.as_str(), it.what.as_str(), it.why.as_deref())).collect();
    assert_eq!(deeds, [("anna", "redrove 2 rows", None), ("bob", "discarded 1 row", Some("moved away"))]);
    assert_eq!(run.audit[1].at - run.audit[0].at, TimeDelta::minutes(1));
    let unknown = ledger::RunId::of("another", "a");
    fixture.ledger.note_audit_entry(&unknown, "anna", "redrove 2 rows", None).await.expect("an answer");
    assert_eq!(fixture.ledger.run(&unknown).await.expect("an answer"), None);
}
