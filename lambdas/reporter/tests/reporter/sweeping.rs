//! The sweep, stage by stage.

use chrono::TimeDelta;
use feeds::{FileProblem, Outcome, Settlement};
use futures::future::join_all;
use ledger::{BreakerState, GiveBack, ReportClaim, ReportMessage, RowMessage, RunState};
use simulators::google::Direction;

use drive::Form;

use crate::support::{Fixture, KIND, PATIENCE, properties};

fn pointer(run: &ledger::Run, row: u32) -> String {
    RowMessage::new(&run.id, row, run.feed).body()
}

/// Two rounds enqueue what is open, the third settles it; and then the run has its summary like any other.
#[tokio::test]
async fn lost_rows_are_enqueued_twice_and_then_given_up() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=5).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    // A poster died over row 3, another gave row 4 back after a failure; nobody ever had row 5.
    drop(fixture.claim(&run, 3).await);
    let failed = GiveBack::Failed { error_class: "unavailable".to_owned() };
    fixture.claim(&run, 4).await.give_back(failed).await.expect("given back");

    fixture.sweep().await;
    assert!(fixture.queues.bodies("rows").is_empty(), "too early");
    for _ in 1..=2 {
        fixture.advance(PATIENCE);
        fixture.sweep().await;
        assert_eq!(fixture.queues.take("rows"), [3, 4, 5].map(|row| pointer(&run, row)), "all that are open, once");
        fixture.sweep().await;
        assert!(fixture.queues.bodies("rows").is_empty(), "the round has its time");
    }
    assert_eq!(fixture.totals(&run).await, [(Outcome::Created, 1)], "nothing is settled yet");
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert!(fixture.queues.bodies("rows").is_empty());
    let totals = [(Outcome::Created, 1), (Outcome::DeadLettered, 2), (Outcome::Uncertain, 1)];
    assert_eq!(fixture.totals(&run).await, totals, "row 3 may have been sent");
    let mut letters = fixture.queues.take("rows-dead-letters");
    letters.sort();
    assert_eq!(letters, [3, 4, 5].map(|row| pointer(&run, row)));
    let dead = fixture.ledger.dead_rows(run.feed, Some("stalled")).await.expect("an answer").into_iter();
    let mut dead: Vec<u32> = dead.map(|dead| dead.expect("readable").id.row).collect();
    dead.sort();
    assert_eq!(dead, [3, 4, 5]);

    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert_eq!(fixture.queues.bodies("reports"), [ReportMessage { run: run.id.clone() }.body()]);
    fixture.deliver_reports().await;
    assert_eq!((fixture.run(&run.id).await.state, fixture.summaries().len()), (RunState::Reported, 1));
}

#[tokio::test]
async fn a_backlog_a_pause_a_live_claim_and_a_moving_lane_are_no_stall() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=4).await;
    fixture.advance(PATIENCE);

    fixture.queues.put("rows", "somebody's", fixture.now());
    fixture.sweep().await;
    assert_eq!(fixture.queues.take("rows"), ["somebody's"], "a backlog");

    let breaker = fixture.ledger.breaker().await.expect("the circuit breaker");
    let paused = fixture.ledger.set_breaker(&breaker, BreakerState::Open, "a test", "test").await.expect("an answer");
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert!(fixture.queues.bodies("rows").is_empty(), "paused");
    let paused = paused.expect("paused");
    fixture.ledger.set_breaker(&paused, BreakerState::Closed, "", "test").await.expect("an answer").expect("running");
    fixture.sweep().await;
    assert!(fixture.queues.bodies("rows").is_empty(), "posting has just begun again");

    fixture.advance(PATIENCE - TimeDelta::seconds(1));
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.advance(TimeDelta::seconds(1));
    fixture.sweep().await;
    assert!(fixture.queues.bodies("rows").is_empty(), "a lane moved a second ago");
    assert_eq!(fixture.run(&run.id).await.sweep_rounds, 0, "no round was counted");

    fixture.advance(PATIENCE);
    let claimed = fixture.claim(&run, 3).await;
    fixture.sweep().await;
    assert_eq!(fixture.queues.take("rows"), [pointer(&run, 4)], "a poster has row 3");
    drop(claimed);
}

/// Nothing but a row that goes through ends the trying: without lost rows it would go on for ever, and so would the run.
#[tokio::test]
async fn rows_that_were_lost_while_posting_is_tried_are_enqueued_again() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=4).await;
    let breaker = fixture.ledger.breaker().await.expect("the circuit breaker");
    fixture
        .ledger
        .set_breaker(&breaker, BreakerState::HalfOpen, "a test", "test")
        .await
        .expect("an answer")
        .expect("trying");
    fixture.sweep().await;
    assert!(fixture.queues.bodies("rows").is_empty(), "it has just begun");
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert_eq!(fixture.queues.take("rows"), [2, 3, 4].map(|row| pointer(&run, row)));
}

/// The dashboard shows the number, and an alarm looks at the age. (Tests beside this one sweep less.)
#[tokio::test]
async fn a_sweep_tells_how_many_runs_are_open_and_how_old_the_oldest_is() {
    let fixture = Fixture::new().await;
    for file in 0..7 {
        fixture.posting(&format!("file {file}"), 2..=2).await;
    }
    fixture.advance(TimeDelta::days(3));
    lambda_support::metrics::start();
    fixture.sweep().await;
    let lines = String::from_utf8(lambda_support::metrics::drained().expect("lines")).expect("text");
    let values = |metric: &str| -> Vec<f64> {
        let lines = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let lines = lines.filter(|line| line["Feed"] == "spl");
        lines.flat_map(|line| line[metric].as_array().cloned().unwrap_or_default()).filter_map(|v| v.as_f64()).collect()
    };
    assert!(values("OpenRuns").contains(&7.0), "{lines}");
    assert!(values("OldestOpenRunSeconds").iter().any(|age| *age >= 3.0 * 86_400.0), "{lines}");
}

#[tokio::test]
async fn two_sweeps_at_once_do_no_harm() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=40).await;
    for round in 1..=3 {
        fixture.advance(PATIENCE);
        join_all((0..4).map(|_| fixture.sweep())).await;
        let expected = if round < 3 { 39 } else { 0 };
        assert_eq!(fixture.queues.take("rows").len(), expected, "round {round}");
    }
    assert_eq!(fixture.totals(&run).await, [(Outcome::DeadLettered, 39)]);
    assert_eq!(fixture.queues.bodies("rows-dead-letters").len(), 39);
}

/// Rows that a sweep left open for want of time are given up by the next one: its own settling is not progress.
#[tokio::test]
async fn giving_up_goes_on_at_the_next_sweep() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=3).await;
    for _ in 1..=2 {
        fixture.advance(PATIENCE);
        fixture.sweep().await;
        fixture.queues.take("rows");
    }
    fixture.advance(PATIENCE);
    // The third round finds row 3 in the hands of a poster that then dies.
    drop(fixture.claim(&run, 3).await);
    fixture.sweep().await;
    assert_eq!(fixture.totals(&run).await, [(Outcome::DeadLettered, 1)]);
    fixture.advance(TimeDelta::minutes(10));
    fixture.sweep().await;
    assert_eq!(fixture.totals(&run).await, [(Outcome::DeadLettered, 1), (Outcome::Uncertain, 1)]);
    assert!(fixture.queues.bodies("rows").is_empty(), "it is not enqueued once more");
}

/// Posting was paused for three months, say: the table has deleted the open rows, and nobody can settle them. Their run
/// ends all the same, and says how many they were.
#[tokio::test]
async fn rows_that_expired_while_they_were_open_are_counted() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=40).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    for row in 3..=39 {
        fixture.delete_row(&run, row).await;
    }
    for round in 1..=2 {
        fixture.advance(PATIENCE);
        fixture.sweep().await;
        assert_eq!(fixture.queues.take("rows"), [pointer(&run, 40)], "round {round}");
    }
    fixture.advance(PATIENCE);
    let claimed = fixture.claim(&run, 40).await;
    fixture.sweep().await;
    assert_eq!(fixture.totals(&run).await, [(Outcome::Created, 1)], "one is open still");
    claimed.settle(Settlement::new(Outcome::Created)).await.expect("settled");

    fixture.advance(PATIENCE);
    join_all((0..4).map(|_| fixture.sweep())).await;
    assert_eq!(fixture.totals(&run).await, [(Outcome::Created, 2), (Outcome::DeadLettered, 37)]);
    assert!(fixture.queues.bodies("rows-dead-letters").is_empty(), "no letter can bring them back");
    assert!(fixture.report(&run).await);
    assert_eq!((fixture.run(&run.id).await.state, fixture.summaries().len()), (RunState::Reported, 1));
}

#[tokio::test]
async fn a_run_that_cannot_be_read_keeps_nobody_back() {
    let fixture = Fixture::new().await;
    let newer = fixture.posting("newer", 2..=2).await;
    let run = fixture.posting("file", 2..=2).await;
    fixture.tamper_with_version(&newer).await;
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert_eq!(fixture.queues.bodies("rows"), [pointer(&run, 2)]);
}

/// A file whose feed was switched off in the middle: the sweep logs it, and neither splits nor ends it.
#[tokio::test]
async fn a_run_that_nobody_goes_on_splitting_is_left_to_the_splitter() {
    let fixture = Fixture::new().await;
    let reading = fixture.reading("file").await;
    let run = reading.run().clone();
    drop(reading);
    fixture.advance(TimeDelta::days(2));
    fixture.sweep().await;
    assert_eq!(fixture.run(&run.id).await, run);
    assert!(fixture.queues.bodies("rows").is_empty() && fixture.queues.bodies("reports").is_empty());
}

/// The stream's record was lost, or the report's message became a dead letter: the sweep asks, and not all the time.
#[tokio::test]
async fn a_summary_that_nobody_writes_is_asked_for_again() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=3).await;
    let rejected = fixture.reading("rejected").await;
    let problem = FileProblem { problem: "no header".to_owned(), how_to_fix: "add one".to_owned() };
    let rejected_id = rejected.run().id.clone();
    rejected.reject(&[problem]).await.expect("rejected");
    for row in 2..=3 {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    fixture.sweep().await;
    assert!(fixture.queues.bodies("reports").is_empty(), "the stream has its time");
    for _ in 0..2 {
        fixture.advance(PATIENCE);
        fixture.sweep().await;
        fixture.sweep().await;
        let mut asked = fixture.queues.take("reports");
        asked.sort();
        let mut expected = [&run.id, &rejected_id].map(|id| ReportMessage { run: id.clone() }.body());
        expected.sort();
        assert_eq!(asked, expected);
    }
    assert!(fixture.report(&run).await);

    // Redriven weeks later, and the record of it was lost.
    fixture.advance(TimeDelta::days(13));
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert!(fixture.queues.take("reports").contains(&ReportMessage { run: run.id.clone() }.body()));
    assert!(fixture.report(&run).await);
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(2));
}

/// However many runs are done, none of them is read; of one that a redrive has changed, its mark, itself and its lanes.
#[tokio::test]
async fn a_sweep_reads_open_runs_and_those_that_a_redrive_has_changed() {
    let fixture = Fixture::new().await;
    let mut runs = Vec::new();
    for file in 0..9 {
        let run = fixture.posting(&format!("file {file}"), 2..=3).await;
        for row in 2..=3 {
            fixture.settle(&run, row, Outcome::DeadLettered).await;
        }
        assert!(fixture.report(&run).await);
        runs.push(run);
    }
    fixture.advance(PATIENCE);
    assert_eq!(fixture.reads_of_sweep().await, 0, "all is reported");

    fixture.settle(&runs[4], 2, Outcome::Created).await;
    let lanes = 2;
    assert_eq!(fixture.reads_of_sweep().await, 1 + 1 + lanes, "the stream has its time");
    assert!(fixture.queues.bodies("reports").is_empty());
    fixture.advance(PATIENCE);
    assert_eq!(fixture.reads_of_sweep().await, 1 + 1 + lanes);
    fixture.deliver_reports().await;
    assert_eq!(fixture.run(&runs[4].id).await.report.map(|report| report.version), Some(2));
    assert_eq!(fixture.reads_of_sweep().await, 1 + 1 + lanes, "the mark is taken off");
    assert_eq!(fixture.reads_of_sweep().await, 0);
}

/// Months later: a dead letter is thrown away then, for one.
#[tokio::test]
async fn a_redrive_of_whatever_age_makes_the_summary_due() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=3).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.advance(TimeDelta::days(60));
    fixture.settle(&run, 3, Outcome::DeadLettered).await;
    assert!(fixture.report(&run).await);
    fixture.settle(&run, 3, Outcome::Created).await;
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    assert_eq!(fixture.queues.bodies("reports"), [ReportMessage { run: run.id.clone() }.body()]);
}

/// A reporter died between making the file and filling it: the next one finds it by its properties.
#[tokio::test]
async fn a_file_that_a_dead_reporter_made_is_filled_by_the_next() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=2).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    let ReportClaim::Mine(dead) = fixture.ledger.claim_report(&run.id, fixture.until()).await.expect("a claim") else {
        panic!("not ours")
    };
    let key = properties(&run, KIND);
    let folder = fixture.google.folder_id("spl", Direction::Outbound);
    let made = fixture.reporter.drive.find_or_create(&folder, "made", &key, Form::Sheet).await.expect("a file");
    drop(dead);

    assert!(fixture.report(&run).await, "put back to wait for the claim's end");
    assert_eq!(fixture.queues.take("reports").len(), 1);
    fixture.advance(PATIENCE);
    fixture.sweep().await;
    fixture.deliver_reports().await;
    let summaries = fixture.summaries();
    assert_eq!((summaries.len(), &summaries[0].id), (1, &made));
}
