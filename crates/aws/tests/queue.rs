//! The queue against a stand-in for SQS that takes a part of each batch only.

use std::time::Duration;

use aws::queue::Sqs;
use chrono::Utc;
use testkit::aws::sdk_config;

async fn queue() -> (Sqs, testkit::sqs::Sqs) {
    let sqs = testkit::sqs::Sqs::start().await;
    let client = aws_sdk_sqs::Client::new(&sdk_config(sqs.url()));
    (Sqs::new(client, sqs.queue_url("rows")), sqs)
}

fn messages(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("message {number:02}")).collect()
}

#[tokio::test]
async fn what_sqs_did_not_take_of_a_batch_is_sent_again_and_nothing_else() {
    let (queue, sqs) = queue().await;
    sqs.takes_the_last(4);
    queue.send(&messages(23)).await.expect("all of them, in the end");
    let mut arrived = sqs.bodies("rows");
    arrived.sort();
    assert_eq!(arrived, messages(23), "each once");
}

#[tokio::test]
async fn a_queue_that_takes_nothing_is_told_and_not_believed() {
    let (queue, sqs) = queue().await;
    sqs.takes_the_last(0);
    let error = tokio::time::timeout(Duration::from_secs(60), queue.send(&messages(3))).await.expect("it ends");
    let error = error.expect_err("nothing was taken").to_string();
    assert!(error.contains("rows") && error.contains("refused part of a batch"), "{error}");
    assert!(sqs.bodies("rows").is_empty());
}

#[tokio::test]
async fn messages_are_counted_wherever_they_are() {
    let (queue, sqs) = queue().await;
    for _ in 0..4 {
        sqs.put("rows", "in flight", Utc::now());
    }
    sqs.hides_all("rows");
    sqs.put("rows", "visible", Utc::now());
    for _ in 0..2 {
        queue.send_later("delayed", Duration::from_secs(60)).await.expect("sent");
    }
    let depth = queue.depth().await.expect("a count");
    assert_eq!((depth.visible, depth.in_flight, depth.all()), (3, 4, 7));
}
