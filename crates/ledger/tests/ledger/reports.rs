//! Reporting.

use chrono::TimeDelta;
use feeds::{FileProblem, Outcome};
use futures::future::{join, join_all};
use ledger::{Error, ReportClaim, RunId, RunState, SummaryFile, is_report_due};

use crate::support::{Fixture, new_run, pending, pending_rows, skipped};
use testkit::proxy::Fate;

fn file(id: &str) -> SummaryFile {
    SummaryFile { id: id.to_owned(), left_as: None, gone: 0, edition: None }
}

#[tokio::test]
async fn of_many_reporters_one_writes_the_summary() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2), skipped(3)]).await;
    assert!(matches!(fixture.claim_report(&run.id).await, ReportClaim::NotComplete));
    fixture.settle(&run, 2, Outcome::Created).await;
    for _ in 0..2 {
        let claims = join_all((0..10).map(|_| fixture.claim_report(&run.id))).await;
        let mine = claims.iter().filter(|claim| matches!(claim, ReportClaim::Mine(_))).count();
        let held = claims.iter().filter(|claim| matches!(claim, ReportClaim::Held { .. })).count();
        assert_eq!((mine, held), (1, 9));
        // The second time they find a claim that has expired.
        fixture.advance(TimeDelta::minutes(15));
    }
    let reporting = fixture.reporting(&run).await;
    assert_eq!(reporting.version(), 1);
    assert!(!reporting.finish().await.expect("finished"), "nothing moved meanwhile");
    let claims = join_all((0..10).map(|_| fixture.claim_report(&run.id))).await;
    assert!(claims.iter().all(|claim| matches!(claim, ReportClaim::Done)), "{claims:?}");
    let run = fixture.ledger.run(&run.id).await.expect("an answer").expect("a run");
    assert_eq!((run.state, run.report.map(|report| report.version)), (RunState::Reported, Some(1)));
}

/// Another reporter claims and finishes between a reporter's look and its claim.
#[tokio::test]
async fn a_report_that_was_written_since_it_was_looked_at_is_not_claimed() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[skipped(2)]).await;
    for finishes in [false, true] {
        fixture.proxy.next("UpdateItem", Fate::Held, 1);
        let other = async {
            fixture.proxy.held().await;
            let other = fixture.reporting(&run).await;
            if finishes {
                other.finish().await.expect("finished");
            }
            fixture.proxy.let_go();
        };
        let (claim, ()) = join(fixture.claim_report(&run.id), other).await;
        match claim {
            ReportClaim::Held { .. } if !finishes => {}
            ReportClaim::Done if finishes => {}
            other => panic!("{other:?}"),
        }
        fixture.advance(TimeDelta::minutes(15));
    }
}

#[tokio::test]
async fn rows_come_in_the_sheets_order() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=120)).await;
    for row in (2..=120).rev() {
        fixture.settle(&run, row, Outcome::Created).await;
    }
    let expected: Vec<_> = (2..=120).map(|row| (row, Outcome::Created)).collect();
    assert_eq!(fixture.report_rows(&run).await, expected);
}

#[tokio::test]
async fn files_are_found_again_by_kind_and_part() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[skipped(2)]).await;
    let mut reporting = fixture.reporting(&run).await;
    reporting.record_file("hackney", 1, file("drive-1")).await.expect("noted");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    reporting.record_file("city", 1, file("drive-2")).await.expect("noted");
    let left_as = Some("2021-03-08T10:00:00Z".to_owned());
    reporting.record_file("city", 1, SummaryFile { left_as: left_as.clone(), ..file("drive-2") }).await.expect("noted");
    // Dies here, between create and fill of the third.
    fixture.advance(TimeDelta::minutes(15));
    let error = reporting.record_file("city", 2, file("drive-3")).await.expect_err("its time is up");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    let next = fixture.reporting(&run).await;
    assert_eq!(next.version(), 1);
    assert_eq!(next.run().summary_file("hackney", 1), Some(&file("drive-1")));
    assert_eq!(next.run().summary_file("city", 1), Some(&SummaryFile { left_as, ..file("drive-2") }));
    assert_eq!(next.run().summary_file("city", 2), None);
    let error = reporting.finish().await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    next.release().await.expect("released");
    fixture.reporting(&run).await.finish().await.expect("finished");
}

#[tokio::test]
async fn a_reporter_that_was_taken_over_can_do_nothing_more() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[skipped(2)]).await;
    let mut slow = fixture.reporting(&run).await;
    fixture.advance(TimeDelta::minutes(15));
    let next = fixture.reporting(&run).await;
    fixture.advance(TimeDelta::minutes(-10));
    let error = slow.record_file("hackney", 1, file("drive-1")).await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    let error = slow.finish().await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    next.finish().await.expect("finished");
}

#[tokio::test]
async fn a_finish_whose_answer_was_lost_is_finished() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[skipped(2)]).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 2);
    let reporting = fixture.reporting(&run).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 2);
    reporting.finish().await.expect("finished");
    assert!(matches!(fixture.claim_report(&run.id).await, ReportClaim::Done));
}

#[tokio::test]
async fn what_moved_while_the_summary_was_written_is_reported_again() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    fixture.settle(&run, 3, Outcome::DeadLettered).await;
    let reporting = fixture.reporting(&run).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    assert_eq!(reporting.progress().moves, 0);
    assert!(reporting.finish().await.expect("finished"), "moved meanwhile");

    let reporting = fixture.reporting(&run).await;
    assert_eq!((reporting.version(), reporting.progress().moves), (2, 1));
    assert!(!reporting.finish().await.expect("finished"), "nothing moved meanwhile");
    assert!(matches!(fixture.claim_report(&run.id).await, ReportClaim::Done));

    // And a redrive much later.
    fixture.settle(&run, 3, Outcome::Created).await;
    let run = fixture.ledger.run(&run.id).await.expect("an answer").expect("a run");
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert!(is_report_due(&run, &progress));
    assert_eq!(fixture.reporting(&run).await.version(), 3);
}

#[tokio::test]
async fn a_rejected_file_gets_one_summary_and_a_superseded_one_none() {
    let fixture = Fixture::new().await;
    let problems = [FileProblem { problem: "no header".to_owned(), how_to_fix: "add one".to_owned() }];
    let mut reading = fixture.reading(new_run("rejected", "a")).await;
    reading.record(&pending_rows(2..=3), crate::support::checkpoint(3)).await.expect("recorded");
    let id = reading.run().id.clone();
    assert!(matches!(fixture.claim_report(&id).await, ReportClaim::NotComplete));
    reading.reject(&problems).await.expect("rejected");
    let ReportClaim::Mine(reporting) = fixture.claim_report(&id).await else { panic!("not ours") };
    assert_eq!(reporting.run().problems, problems);
    assert!(reporting.rows().next().await.expect("an answer").is_none(), "its rows were never enqueued");
    reporting.finish().await.expect("finished");
    assert!(matches!(fixture.claim_report(&id).await, ReportClaim::Done));
    let run = fixture.ledger.run(&id).await.expect("an answer").expect("a run");
    assert_eq!((run.state, run.is_open()), (RunState::Rejected, false));

    let reading = fixture.reading(new_run("superseded", "a")).await;
    let id = reading.run().id.clone();
    reading.supersede().await.expect("superseded");
    assert!(matches!(fixture.claim_report(&id).await, ReportClaim::Done));
    assert!(matches!(fixture.claim_report(&RunId::of("no", "such")).await, ReportClaim::Unknown));
}
