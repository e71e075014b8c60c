//! Sending to SQS, where it takes only a part of a batch.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use service::queue::{Queue, Sqs};
use tokio::net::TcpListener;

/// What was taken, and how often a batch is taken in part before all of it is.
#[derive(Default)]
struct Taken {
    bodies: Vec<String>,
    in_part: u32,
}

/// An SQS that takes every second message of a batch.
async fn sqs(in_part: u32) -> (Arc<Mutex<Taken>>, Sqs) {
    let taken = Arc::new(Mutex::new(Taken { in_part, ..Taken::default() }));
    let router = Router::new().route("/", post(take)).with_state(taken.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(url);
    (taken, Sqs::new(aws_sdk_sqs::Client::from_conf(config.build()), "https://sqs.example/000000000000/rows"))
}

async fn take(State(taken): State<Arc<Mutex<Taken>>>, body: Bytes) -> Json<Value> {
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    let mut taken = taken.lock().expect("no panic");
    let is_in_part = taken.in_part > 0;
    taken.in_part = taken.in_part.saturating_sub(1);
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (number, entry) in asked["Entries"].as_array().expect("a batch").iter().enumerate() {
        if is_in_part && number % 2 == 0 {
            failed.push(json!({ "Id": entry["Id"], "SenderFault": false, "Code": "InternalError" }));
        } else {
            taken.bodies.push(entry["MessageBody"].as_str().expect("a body").to_owned());
            successful.push(json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "" }));
        }
    }
    Json(json!({ "Successful": successful, "Failed": failed }))
}

fn bodies() -> Vec<String> {
    (0..23).map(|number| format!("message {number}")).collect()
}

#[tokio::test]
async fn what_sqs_refused_of_a_batch_is_sent_again() {
    let (taken, queue) = sqs(2).await;
    queue.send(&bodies()).await.expect("sent");
    let mut taken = taken.lock().expect("no panic").bodies.clone();
    taken.sort_by_key(|body| bodies().iter().position(|other| other == body));
    assert_eq!(taken, bodies(), "each once");
}

#[tokio::test]
async fn a_batch_that_is_never_taken_whole_is_an_error() {
    let (_, queue) = sqs(u32::MAX).await;
    let error = queue.send(&bodies()[..1]).await.expect_err("refused");
    assert_eq!((error.queue.as_str(), error.code.as_str()), ("rows", "refused part of a batch"));
}
