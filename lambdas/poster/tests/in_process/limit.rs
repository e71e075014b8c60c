//! As many rows at once as Here to Help answers without delay.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use feeds::Outcome;
use here_to_help::{Limit, MayWait, Step, Turns, Work};
use lambda_support::invocation::Deadline;
use ledger::Run;
use poster::Answer;
use serde_json::json;
use simulators::here_to_help::{Call, Doubles};

use crate::stage::{Sheet, Stage, event, pointer};

fn people(number: u32) -> Sheet {
    people_from(0, number)
}

fn people_from(first: u32, number: u32) -> Sheet {
    (first..first + number).fold(Sheet::of("generic"), |sheet, person| {
        let (surname, email) = (format!("Lee-{person}"), format!("lee{person}@example.org"));
        sheet.row(&[("First name", "Ann"), ("Surname", &surname), ("Email", &email), ("Help Request Type", "EUSS")])
    })
}

async fn limit(stage: &Stage) -> Limit {
    stage.ledger.api_limit().await.expect("an answer").limit
}

/// Delivers each of these rows once, some seconds after the other; none of them is kept.
async fn deliver(stage: &Stage, run: &Run, rows: std::ops::Range<u32>, seconds: i64) {
    for row in rows {
        stage.deliver_row(run, row, 1).await;
        stage.pass(TimeDelta::seconds(seconds));
    }
}

#[tokio::test]
async fn who_has_no_seat_waits_without_a_claim_and_posts_once_there_is_one() {
    let stage = Stage::new().await;
    let run = stage.run("some", &people(1)).await;
    let mut another = Turns::new("another", NonZeroU32::MAX, NonZeroU32::MAX, MayWait::default());
    let in_a_minute = (Utc::now() + TimeDelta::minutes(1)).timestamp_millis().try_into().expect("after 1970");
    let Step::Note(taken) = another.step(&Limit::default(), in_a_minute) else { panic!("there is a seat") };
    stage.ledger.note_api_limit(0, taken).await.expect("an answer").expect("noted");

    // The shortest invocation there is: no row is begun in its last 50 s.
    let soon = Deadline::after(Duration::from_secs(56));
    let Ok(Answer::Batch(answer)) = stage.poster.handle(event(&[(&pointer(&run, 2), 1)]), soon).await else {
        panic!("not a batch")
    };
    assert!(answer.batch_item_failures.is_empty());
    assert_eq!(stage.sent(), [(pointer(&run, 2), 0)], "near-timeout: it waits without using a receive");
    let row = stage.ledger.row(&run, 2).await.expect("an answer").expect("a row");
    assert_eq!((row.attempts, stage.api.state().calls.total), (0, 0));

    stage.pass(TimeDelta::seconds(70));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(stage.outcomes(&run).await[&Outcome::Created], 1);
}

#[tokio::test]
async fn calls_that_are_cut_off_after_a_while_lower_it_and_it_comes_back_with_nothing_sent_twice() {
    let stage = Stage::new().await;
    let run = stage.run("some", &people(14)).await;
    let usual = [(Work::Post, 200.0), (Work::Read, 10.0), (Work::Other, 10.0)].into();
    stage.ledger.note_api_limit(0, Limit::of(8.0, usual)).await.expect("an answer").expect("noted");

    // The API does it, and its function is cut off before it has answered.
    let cut_off = json!({ "calls": ["create"], "latency_ms": 1200, "after": "everything", "answer": "502" });
    stage.faults(json!([cut_off]));
    deliver(&stage, &run, 2..16, 8).await;
    let low = limit(&stage).await;
    assert!(low.rows <= 1.0, "{low:?}");

    stage.faults(json!([]));
    stage.pass(TimeDelta::seconds(120));
    deliver(&stage, &run, 2..16, 5).await;
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 14)].into());
    assert_eq!(stage.api.state().doubles, Doubles::default());
    assert_eq!((stage.api.state().help_requests.len(), stage.api.state().calls.by_call[&Call::Create]), (14, 14));

    let more = stage.run("more", &people_from(14, 60)).await;
    deliver(&stage, &more, 2..62, 1).await;
    let back = limit(&stage).await;
    assert!(back.rows > low.rows, "{low:?} {back:?}");
}
