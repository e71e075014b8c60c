//! A stand-in for SQS: what was sent lies in lists.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The queues by name.
#[derive(Clone, Default)]
pub(crate) struct Queues(Arc<Mutex<BTreeMap<String, Vec<String>>>>);

impl Queues {
    /// Starts it; gives it and its address.
    pub(crate) async fn start() -> (Self, String) {
        let queues = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(queues.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (queues, url)
    }

    /// What lies in a queue.
    pub(crate) fn of(&self, queue: &str) -> Vec<String> {
        self.0.lock().expect("no panic").get(queue).cloned().unwrap_or_default()
    }

    /// Takes out what lies in a queue.
    pub(crate) fn take(&self, queue: &str) -> Vec<String> {
        self.0.lock().expect("no panic").remove(queue).unwrap_or_default()
    }

    /// Lays a message into a queue.
    pub(crate) fn put(&self, queue: &str, body: &str) {
        self.0.lock().expect("no panic").entry(queue.to_owned()).or_default().push(body.to_owned());
    }
}

async fn answer(State(queues): State<Queues>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let request: Value = serde_json::from_slice(&body).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let queue = text(&request["QueueUrl"]).rsplit('/').next().expect("a name").to_owned();
    let answer = match target {
        "AmazonSQS.SendMessageBatch" => {
            let entries = request["Entries"].as_array().expect("entries");
            for entry in entries {
                queues.put(&queue, &text(&entry["MessageBody"]));
            }
            let taken = |entry: &Value| json!({ "Id": entry["Id"], "MessageId": entry["Id"], "MD5OfMessageBody": "" });
            json!({ "Successful": entries.iter().map(taken).collect::<Vec<_>>(), "Failed": [] })
        }
        "AmazonSQS.SendMessage" => {
            queues.put(&queue, &text(&request["MessageBody"]));
            json!({ "MessageId": "1", "MD5OfMessageBody": "" })
        }
        "AmazonSQS.GetQueueAttributes" => json!({ "Attributes": {
            "ApproximateNumberOfMessages": queues.of(&queue).len().to_string(),
            "ApproximateNumberOfMessagesDelayed": "0",
            "ApproximateNumberOfMessagesNotVisible": "0",
        }}),
        "AmazonSQS.ChangeMessageVisibility" => json!({}),
        other => panic!("the stand-in does not know {other}"),
    };
    ([(header::CONTENT_TYPE, "application/x-amz-json-1.0")], Json(answer))
}
