//! Posting is paused where every row would fail, tried again when the API is well, and then goes on.

use std::io;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::Outcome;
use ledger::{BreakerState, By, Run};
use poster::Answer;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::stage::{RECEIVES, Sheet, Stage, event, long, pointer};

fn people(number: usize) -> Sheet {
    (0..number).fold(Sheet::of("generic"), |sheet, number| {
        let email = format!("person{number}@example.org");
        let surname = format!("Lee{}", "a".repeat(number));
        sheet.row(&[("First name", "Ann"), ("Surname", &surname), ("Email", &email), ("Help Request Type", "EUSS")])
    })
}

/// All rows of a run in one batch.
async fn deliver_all(stage: &Stage, run: &Run, receives: u32) -> Vec<usize> {
    let rows = 2..2 + u32::try_from(run.rows_read).expect("few");
    let bodies: Vec<String> = rows.map(|row| pointer(run, row)).collect();
    let batch: Vec<(&str, u32)> = bodies.iter().map(|body| (body.as_str(), receives)).collect();
    stage.deliver(&batch).await
}

async fn probe(stage: &Stage) -> BreakerState {
    match stage.poster.handle(json!({"probe": true}), long()).await.expect("probed") {
        Answer::Probed { posting } => posting,
        Answer::Batch(_) => panic!("not a batch"),
    }
}

/// Tells if the mapping is enabled, and its concurrency.
fn mapping(stage: &Stage) -> (bool, i64) {
    let aws = stage.aws.now();
    (aws.enabled, aws.concurrency)
}

/// The lines that were logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn alarms(&self) -> usize {
        let bytes = self.0.lock().expect("no panic");
        let text = String::from_utf8_lossy(&bytes);
        text.lines().filter(|line| line.contains("ERROR") && line.contains("posting is paused")).count()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn listen() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn an_outage_uses_up_no_receive_and_ends_step_by_step() {
    // Of the third kind so that the search, which would be repeated for half a minute, is spared.
    let half_down = json!([{"answer": "503", "calls": ["create", "resident-requests"]}]);
    for fault in [json!([{"answer": "403"}]), json!([{"answer": "closed"}]), half_down] {
        let (lines, _guard) = listen();
        let stage = Stage::new().await;
        let run = stage.run("outage", &people(5)).await;
        stage.faults(fault.clone());
        // On its last receive: an outage makes no dead letter.
        assert!(deliver_all(&stage, &run, RECEIVES).await.is_empty(), "{fault}");
        let breaker = stage.ledger.breaker().await.expect("a circuit breaker");
        assert_eq!((breaker.state, breaker.by), (BreakerState::Open, By::Function("poster".to_owned())), "{fault}");
        assert_eq!(mapping(&stage), (false, 10));
        let sent: Vec<i64> = stage.sent().iter().map(|(_, delay)| *delay).collect();
        assert_eq!((sent.len(), sent[1..].to_vec()), (5, vec![60; 4]), "{fault}");
        let calls = stage.api.state().calls.total;

        // What is delivered all the same waits, unclaimed, and asks the API nothing.
        assert!(deliver_all(&stage, &run, 1).await.is_empty());
        assert_eq!((stage.sent().len(), stage.api.state().calls.total), (10, calls));
        assert_eq!(probe(&stage).await, BreakerState::Open);
        assert_eq!(mapping(&stage), (false, 10));
        assert_eq!(lines.alarms(), 1, "{fault}");

        stage.faults(json!([]));
        stage.pass(TimeDelta::seconds(40));
        assert_eq!(probe(&stage).await, BreakerState::HalfOpen);
        assert_eq!(mapping(&stage), (true, 2));
        assert_eq!(probe(&stage).await, BreakerState::HalfOpen, "no row went through yet");
        assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
        assert_eq!(probe(&stage).await, BreakerState::Closed);
        assert_eq!(mapping(&stage), (true, 10));
        assert!(deliver_all(&stage, &run, 1).await.is_empty());
        assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 5)].into(), "{fault}");
        assert_eq!((stage.api.state().help_requests.len(), lines.alarms()), (5, 1), "{fault}");
    }
}

#[tokio::test]
async fn a_try_that_fails_is_paused_again_without_another_alarm() {
    let (lines, _guard) = listen();
    let stage = Stage::new().await;
    let run = stage.run("outage", &people(2)).await;
    let outage = json!([{"answer": "403"}]);
    stage.faults(outage.clone());
    assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
    for by_a_row in [true, false] {
        stage.faults(json!([]));
        assert_eq!(probe(&stage).await, BreakerState::HalfOpen);
        stage.faults(outage.clone());
        if by_a_row {
            assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
        }
        assert_eq!(probe(&stage).await, BreakerState::Open);
        assert_eq!(mapping(&stage), (false, 2));
    }
    assert_eq!(lines.alarms(), 1);
}

#[tokio::test]
async fn one_rows_own_403_stops_nobody_else() {
    let (lines, _guard) = listen();
    let stage = Stage::new().await;
    let run = stage.run("own", &people(5)).await;
    stage.faults(json!([{"answer": "403", "correlation": format!("{}/3", run.id)}]));
    assert_eq!(deliver_all(&stage, &run, 1).await, [1]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 4)].into());
    assert_eq!(stage.deliver_row(&run, 3, RECEIVES).await, [0]);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 4), (Outcome::DeadLettered, 1)].into());
    assert_eq!(stage.ledger.breaker().await.expect("a circuit breaker").state, BreakerState::Closed);
    assert_eq!((lines.alarms(), mapping(&stage)), (0, (true, 10)));
}

#[tokio::test]
async fn of_many_posters_that_want_to_stop_one_tells() {
    let (lines, _guard) = listen();
    let stage = Stage::new().await;
    let run = stage.run("many", &people(10)).await;
    stage.faults(json!([{"answer": "403"}]));
    let bodies: Vec<String> = (2..12).map(|row| pointer(&run, row)).collect();
    let batches: Vec<[(&str, u32); 1]> = bodies.iter().map(|body| [(body.as_str(), 1)]).collect();
    let kept = futures::future::join_all(batches.iter().map(|batch| stage.deliver(batch))).await;
    assert!(kept.iter().all(Vec::is_empty));
    assert_eq!((lines.alarms(), stage.sent().len()), (1, 10));
}

#[tokio::test]
async fn a_new_key_is_taken_without_a_new_process() {
    let stage = Stage::new().await;
    let run = stage.run("key", &people(2)).await;
    let good = stage.aws.now().key.clone();
    stage.aws.now().key = "another".to_owned();
    assert!(stage.poster.api.renew_key(&"another".into()).expect("a key"), "in use from now on");
    assert!(deliver_all(&stage, &run, 1).await.is_empty());
    assert_eq!(probe(&stage).await, BreakerState::Open);
    stage.aws.now().key = good;
    assert_eq!(probe(&stage).await, BreakerState::HalfOpen);
    assert!(deliver_all(&stage, &run, 1).await.is_empty());
    assert_eq!(probe(&stage).await, BreakerState::Closed);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2)].into());
}

#[tokio::test]
async fn an_old_key_costs_no_row_a_receive() {
    let stage = Stage::new().await;
    let run = stage.run("old key", &people(2)).await;
    assert!(stage.poster.api.renew_key(&"the old one".into()).expect("a key"), "another than the stored one");
    assert!(deliver_all(&stage, &run, RECEIVES).await.is_empty(), "acknowledged");
    assert_eq!(stage.sent().len(), 1, "the first waits, with all its receives");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into(), "the second goes out with the new key");
    assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2)].into());
    assert_eq!(stage.ledger.breaker().await.expect("a circuit breaker").state, BreakerState::Closed);
}

#[tokio::test]
async fn a_persons_pause_is_ended_by_that_person_alone() {
    let (lines, _guard) = listen();
    let stage = Stage::new().await;
    let run = stage.run("person", &people(2)).await;
    let seen = stage.ledger.breaker().await.expect("a circuit breaker");
    let set = stage.ledger.set_breaker(&seen, BreakerState::Open, "a new server", "ann").await;
    let paused = set.expect("an answer").expect("it was us");
    for _ in 0..3 {
        assert_eq!(probe(&stage).await, BreakerState::Open);
        assert_eq!(mapping(&stage), (false, 10));
        assert!(deliver_all(&stage, &run, 1).await.is_empty());
    }
    assert_eq!((stage.api.state().calls.total, lines.alarms()), (0, 0));
    stage.ledger.set_breaker(&paused, BreakerState::Closed, "done", "ann").await.expect("an answer");
    assert_eq!(probe(&stage).await, BreakerState::Closed);
    assert_eq!(mapping(&stage), (true, 10));
    assert!(deliver_all(&stage, &run, 1).await.is_empty());
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2)].into());
}

#[tokio::test]
async fn a_mapping_that_disagrees_with_the_switch_is_mended_once_aws_lets_it() {
    let stage = Stage::new().await;
    stage.aws.now().enabled = false;
    stage.aws.now().is_changing = true;
    assert_eq!(probe(&stage).await, BreakerState::Closed);
    assert_eq!(mapping(&stage), (false, 10), "AWS is busy with another change");
    stage.aws.now().is_changing = false;
    assert_eq!(probe(&stage).await, BreakerState::Closed);
    assert_eq!(mapping(&stage), (true, 10));
    stage.aws.now().concurrency = 2;
    assert_eq!(probe(&stage).await, BreakerState::Closed);
    assert_eq!(mapping(&stage), (true, 10));
}

/// The calls of a row leave a probe the time that it needs: without it, nobody would ever learn that the API hangs.
#[tokio::test]
async fn an_api_that_hangs_to_the_end_of_the_invocation_is_paused_all_the_same() {
    let stage = Stage::new().await;
    let run = stage.run("hangs", &people(2)).await;
    // The row is looked for before it is posted: a read, which is repeated for as long as there is time.
    let lost = AttributeValue::Bool(true);
    stage.dynamodb.set(&format!("RUN#{}#2", run.id), "ROW#000000002", "may_have_been_sent", lost).await;
    stage.faults(json!([{"answer": "hang"}]));
    let (one, two) = (pointer(&run, 2), pointer(&run, 3));
    let batch = event(&[(&one, RECEIVES), (&two, RECEIVES)]);
    stage.poster.handle(batch, stage.in_seconds(56)).await.expect("a batch");
    assert_eq!(stage.ledger.breaker().await.expect("a circuit breaker").state, BreakerState::Open);
    assert_eq!(stage.sent().len(), 2, "both wait");
    assert_eq!(mapping(&stage), (false, 10));
    assert!(stage.outcomes(&run).await.is_empty());
}

/// Nothing failed: the API asked for fewer calls, and then no call could be made in time.
#[tokio::test]
async fn who_is_asked_to_slow_down_waits_with_all_receives() {
    let stage = Stage::new().await;
    let run = stage.run("slow", &people(3)).await;
    stage.faults(json!([{"answer": "429", "retry_after": 100, "calls": ["create"], "next": 1}]));
    let bodies: Vec<String> = (2..5).map(|row| pointer(&run, row)).collect();
    let batch: Vec<(&str, u32)> = bodies.iter().map(|body| (body.as_str(), RECEIVES)).collect();
    stage.poster.handle(event(&batch), stage.in_seconds(56)).await.expect("a batch");
    assert!(stage.outcomes(&run).await.is_empty(), "no dead letter");
    let sent: Vec<String> = stage.sent().iter().map(|(body, _)| body.clone()).collect();
    assert_eq!(sent, bodies);
    assert!(stage.sent()[0].1 >= 100, "as long as the API asked for");
    assert!(stage.sqs.visibilities().is_empty());
    let attempts = async |row| stage.ledger.row(&run, row).await.expect("an answer").expect("a row").attempts;
    assert_eq!([attempts(2).await, attempts(3).await, attempts(4).await], [1, 1, 0]);
    assert_eq!(stage.ledger.breaker().await.expect("a circuit breaker").state, BreakerState::Closed);
}

/// Nobody knows whether the API fails all rows or this one; but one row must not wait for ever.
#[tokio::test]
async fn a_row_that_has_waited_very_often_is_given_up() {
    let stage = Stage::new().await;
    let run = stage.run("patience", &people(1)).await;
    stage.faults(json!([{"answer": "429", "retry_after": 100, "calls": ["create"], "next": 1}]));
    let attempts = AttributeValue::N((16 * RECEIVES - 1).to_string());
    stage.dynamodb.set(&format!("RUN#{}#2", run.id), "ROW#000000002", "attempts", attempts).await;
    let message = pointer(&run, 2);
    stage.poster.handle(event(&[(&message, RECEIVES)]), stage.in_seconds(56)).await.expect("a batch");
    assert!(stage.sent().is_empty());
    assert_eq!(stage.outcomes(&run).await, [(Outcome::DeadLettered, 1)].into());
}

/// The API answers about the row: it works.
#[tokio::test]
async fn a_row_that_is_refused_ends_the_trying() {
    let stage = Stage::new().await;
    let run = stage.run("refused", &people(1)).await;
    stage.faults(json!([{"answer": "403"}]));
    assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
    stage.faults(json!([{"answer": "object-400", "calls": ["create"]}]));
    assert_eq!(probe(&stage).await, BreakerState::HalfOpen);
    assert!(stage.deliver_row(&run, 2, 1).await.is_empty());
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Failed, 1)].into());
    assert_eq!(probe(&stage).await, BreakerState::Closed);
}
