//! The queue against a stand-in for SQS that takes a part of each batch only.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::queue::{Queue, Sqs};
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What arrived, and how many entries of each batch SQS takes before it says that it is busy.
#[derive(Clone)]
struct Busy {
    arrived: Arc<Mutex<Vec<String>>>,
    takes: usize,
}

async fn answer(State(busy): State<Busy>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let request: Value = serde_json::from_slice(&body).expect("JSON");
    let answer = match target {
        "AmazonSQS.GetQueueAttributes" => json!({ "Attributes": {
            "ApproximateNumberOfMessages": "5",
            "ApproximateNumberOfMessagesDelayed": "20",
            "ApproximateNumberOfMessagesNotVisible": "300",
        }}),
        "AmazonSQS.SendMessageBatch" => {
            let (mut taken, mut failed) = (Vec::new(), Vec::new());
            // The last ones are taken, so that what is sent again has other places in its batch than before.
            for (place, entry) in request["Entries"].as_array().expect("entries").iter().rev().enumerate() {
                let id = &entry["Id"];
                if place < busy.takes {
                    let text = entry["MessageBody"].as_str().expect("a text").to_owned();
                    busy.arrived.lock().expect("no panic").push(text);
                    taken.push(json!({ "Id": id, "MessageId": id, "MD5OfMessageBody": "" }));
                } else {
                    failed.push(json!({ "Id": id, "SenderFault": false, "Code": "ServiceUnavailable" }));
                }
            }
            json!({ "Successful": taken, "Failed": failed })
        }
        other => panic!("the test does not know {other}"),
    };
    ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], Json(answer))
}

async fn queue(takes: usize) -> (Sqs, Arc<Mutex<Vec<String>>>) {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(answer).with_state(Busy { arrived: arrived.clone(), takes });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(&url)
        .build();
    (Sqs::new(aws_sdk_sqs::Client::from_conf(config), format!("{url}/rows")), arrived)
}

fn messages(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("message {number:02}")).collect()
}

#[tokio::test]
async fn what_sqs_did_not_take_of_a_batch_is_sent_again_and_nothing_else() {
    let (queue, arrived) = queue(4).await;
    queue.send(&messages(23)).await.expect("all of them, in the end");
    let mut arrived = arrived.lock().expect("no panic").clone();
    arrived.sort();
    assert_eq!(arrived, messages(23), "each once");
}

#[tokio::test]
async fn a_queue_that_takes_nothing_is_told_and_not_believed() {
    let (queue, arrived) = queue(0).await;
    let error = tokio::time::timeout(Duration::from_secs(60), queue.send(&messages(3))).await.expect("it ends");
    let error = error.expect_err("nothing was taken").to_string();
    assert!(error.contains("rows") && error.contains("refused part of a batch"), "{error}");
    assert!(arrived.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn messages_are_counted_wherever_they_are() {
    let (queue, _) = queue(0).await;
    assert_eq!(queue.depth().await.expect("a count").all(), 325);
}
