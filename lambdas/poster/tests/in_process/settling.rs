//! A row that was posted and is settled, or could not be: then its message comes back. The next row does not wait for it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::Outcome;
use ledger::Run;
use poster::Answer;
use serde_json::Value;
use simulators::here_to_help::Call;
use testkit::proxy::Fate;

use crate::stage::{Sheet, Stage, event, pointer};

#[tokio::test]
async fn a_message_whose_row_dynamodb_does_not_settle_is_kept() {
    let stage = Stage::new().await;
    let email = ("Email", "ann@example.org");
    let person = [("First name", "Ann"), ("Surname", "Lee"), email, ("Help Request Type", "EUSS")];
    let run = stage.run("refused", &Sheet::of("generic").row(&person)).await;
    // To a text no count can be added: DynamoDB refuses the transaction, but not the claim and the leases before it.
    let lane = format!("RUN#{}#2", run.id);
    stage.dynamodb.set(&lane, "PROGRESS", "created", AttributeValue::S("none".to_owned())).await;
    let batch = event(&[(&pointer(&run, 2), 1)]);
    let Answer::Batch(answer) = stage.poster.handle(batch, stage.in_seconds(240)).await.expect("a batch") else {
        panic!("not a probe")
    };
    assert_eq!(stage.api.state().help_requests.len(), 1, "it was posted");
    assert_eq!(answer.batch_item_failures.len(), 1, "the message is gone, and its row has not settled");

    stage.dynamodb.set(&lane, "PROGRESS", "created", AttributeValue::N("0".to_owned())).await;
    stage.pass(TimeDelta::seconds(300));
    assert_eq!(stage.deliver_until_done(&run, 2).await, 1);
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1)].into());
    assert_eq!(stage.api.state().calls.by_call[&Call::Create], 1, "it looked before it posted again");
}

/// Two rows of these people, in one batch.
async fn two(stage: &Stage, people: [&str; 2]) -> (Run, Value) {
    let rows = people.iter().fold(Sheet::of("generic"), |sheet, name| {
        let email = format!("{name}@example.org");
        sheet.row(&[("First name", name), ("Surname", "Lee"), ("Email", &email), ("Help Request Type", "EUSS")])
    });
    let run = stage.run("two", &rows).await;
    let batch = event(&[(&pointer(&run, 2), 1), (&pointer(&run, 3), 1)]);
    (run, batch)
}

/// Lets the call that is held go on once it is so; never, where it does not come to be.
async fn let_go_once(stage: &Stage, is_so: impl Fn() -> bool) {
    stage.proxy.held().await;
    for _ in 0..3_000 {
        if is_so() {
            return stage.proxy.let_go();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the next row waits for the one before");
}

#[tokio::test]
async fn the_next_row_is_posted_while_the_one_before_is_settled() {
    let stage = Stage::new().await;
    let (run, batch) = two(&stage, ["Ann", "Bob"]).await;
    stage.proxy.next("TransactWriteItems", Fate::Held, 1);
    let is_posted = || stage.api.state().help_requests.len() == 2;
    let (answer, ()) = tokio::join!(stage.poster.handle(batch, stage.in_seconds(240)), let_go_once(&stage, is_posted));
    answer.expect("a batch");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 2)].into());
}

/// Otherwise it would find them held, and wait in the queue.
#[tokio::test]
async fn the_next_row_of_the_same_person_waits_for_the_leases_of_the_one_before() {
    let stage = Stage::new().await;
    let (run, batch) = two(&stage, ["Ann", "Ann"]).await;
    let claimed_at = Arc::new(OnceLock::new());
    let (next, mut releases) = (claimed_at.clone(), 0);
    stage.proxy.plan(move |call| {
        let request = call.request.to_string();
        if request.contains("ROW#000000003") {
            next.get_or_init(Instant::now);
        }
        releases += usize::from(request.contains("residents"));
        if releases == 1 && request.contains("residents") { Fate::Held } else { Fate::Pass }
    });
    // So long after its claim it would have asked for the leases.
    let would_have_asked = || claimed_at.get().is_some_and(|at| at.elapsed() > Duration::from_millis(500));
    let working = stage.poster.handle(batch, stage.in_seconds(240));
    let (answer, ()) = tokio::join!(working, let_go_once(&stage, would_have_asked));
    answer.expect("a batch");
    assert_eq!(stage.outcomes(&run).await, [(Outcome::Created, 1), (Outcome::AlreadyKnown, 1)].into());
    assert!(stage.sent().is_empty(), "none of them waited in the queue");
}
