//! A row that was posted and could not be settled: its message comes back.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::Outcome;
use poster::Answer;
use simulators::here_to_help::Call;

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
