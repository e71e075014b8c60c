//! A stand-in for SQS: as much of its protocol as a redrive uses, with faults to order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A message in a queue.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: usize,
    pub(crate) body: String,
    pub(crate) sent_at: DateTime<Utc>,
    pub(crate) is_hidden: bool,
}

#[derive(Default)]
struct Queues {
    queues: BTreeMap<String, Vec<Message>>,
    next_id: usize,
    calls: usize,
    /// After which call nothing is answered any more.
    down_after: Option<usize>,
    /// Whether the first call after that is done, and only its answer lost.
    loses_an_answer: bool,
    /// Whether every other entry of a batch is refused the first time.
    refuses: bool,
    refused: BTreeSet<String>,
}

/// The stand-in. Every call to it is counted.
#[derive(Clone)]
pub(crate) struct Sqs {
    pub(crate) client: aws_sdk_sqs::Client,
    url: String,
    queues: Arc<Mutex<Queues>>,
}

impl Sqs {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let queues = Arc::new(Mutex::new(Queues::default()));
        let app = Router::new().fallback(answer).with_state(queues.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-2"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(&url)
            .retry_config(RetryConfig::disabled())
            .build();
        Self { client: aws_sdk_sqs::Client::from_conf(config), url, queues }
    }

    pub(crate) fn queue_url(&self, queue: &str) -> String {
        format!("{}/000000000000/{queue}", self.url)
    }

    pub(crate) fn put(&self, queue: &str, body: &str, sent_at: DateTime<Utc>) {
        self.queues.lock().expect("no panic").put(queue, body, sent_at);
    }

    pub(crate) fn messages(&self, queue: &str) -> Vec<Message> {
        self.queues.lock().expect("no panic").queues.get(queue).cloned().unwrap_or_default()
    }

    /// Answers this many calls, and then none; the first of them may be done all the same.
    pub(crate) fn goes_down_after(&self, calls: usize, loses_an_answer: bool) {
        let mut queues = self.queues.lock().expect("no panic");
        queues.down_after = Some(queues.calls + calls);
        queues.loses_an_answer = loses_an_answer;
    }

    /// Answers again, and every message that was invisible has come back.
    pub(crate) fn comes_back(&self) {
        let mut queues = self.queues.lock().expect("no panic");
        queues.down_after = None;
        queues.queues.values_mut().flatten().for_each(|message| message.is_hidden = false);
    }

    /// Refuses every other entry of a batch the first time.
    pub(crate) fn refuses(&self) {
        self.queues.lock().expect("no panic").refuses = true;
    }

    pub(crate) fn empty(&self, queue: &str) {
        self.queues.lock().expect("no panic").queues.remove(queue);
    }

    pub(crate) fn calls(&self) -> usize {
        self.queues.lock().expect("no panic").calls
    }
}

impl Queues {
    fn put(&mut self, queue: &str, body: &str, sent_at: DateTime<Utc>) {
        self.next_id += 1;
        let message = Message { id: self.next_id, body: body.to_owned(), sent_at, is_hidden: false };
        self.queues.entry(queue.to_owned()).or_default().push(message);
    }

    fn answer(&mut self, operation: &str, request: &Value) -> Value {
        let url = request["QueueUrl"].as_str().expect("a queue");
        let queue = url.rsplit('/').next().expect("a name").to_owned();
        match operation {
            "ReceiveMessage" => {
                let visible = self.queues.entry(queue).or_default().iter_mut().filter(|message| !message.is_hidden);
                let received = visible.take(10).map(|message| {
                    message.is_hidden = true;
                    let sent = message.sent_at.timestamp_millis().to_string();
                    json!({ "MessageId": format!("m-{}", message.id), "ReceiptHandle": message.id.to_string(),
                            "Body": message.body, "Attributes": { "SentTimestamp": sent } })
                });
                json!({ "Messages": received.collect::<Vec<_>>() })
            }
            "SendMessageBatch" => self.batch(request, |queues, entry| {
                queues.put(&queue, entry["MessageBody"].as_str().expect("a body"), Utc::now());
            }),
            "DeleteMessageBatch" => self.batch(request, |queues, entry| {
                queues.queues.entry(queue.clone()).or_default().retain(|message| message.id != receipt(entry));
            }),
            "ChangeMessageVisibilityBatch" => self.batch(request, |queues, entry| {
                let is_hidden = entry["VisibilityTimeout"] != 0;
                let messages = queues.queues.entry(queue.clone()).or_default().iter_mut();
                messages
                    .filter(|message| message.id == receipt(entry))
                    .for_each(|message| message.is_hidden = is_hidden);
            }),
            "GetQueueAttributes" => {
                let messages = self.queues.entry(queue).or_default();
                let hidden = messages.iter().filter(|message| message.is_hidden).count();
                json!({ "Attributes": {
                    "ApproximateNumberOfMessages": (messages.len() - hidden).to_string(),
                    "ApproximateNumberOfMessagesNotVisible": hidden.to_string(),
                    "ApproximateNumberOfMessagesDelayed": "0" } })
            }
            other => panic!("a redrive has no use for {other}"),
        }
    }

    fn batch(&mut self, request: &Value, mut each: impl FnMut(&mut Self, &Value)) -> Value {
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for (index, entry) in request["Entries"].as_array().expect("entries").iter().enumerate() {
            let what = format!("{}{}", entry["MessageBody"], entry["ReceiptHandle"]);
            if self.refuses && index % 2 == 1 && self.refused.insert(what) {
                failed.push(json!({ "Id": entry["Id"], "Code": "InternalError", "SenderFault": false }));
            } else {
                each(self, entry);
                successful.push(json!({ "Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "" }));
            }
        }
        json!({ "Successful": successful, "Failed": failed })
    }
}

fn receipt(entry: &Value) -> usize {
    entry["ReceiptHandle"].as_str().and_then(|receipt| receipt.parse().ok()).expect("a receipt")
}

async fn answer(State(queues): State<Arc<Mutex<Queues>>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let mut queues = queues.lock().expect("no panic");
    queues.calls += 1;
    let target = headers["x-amz-target"].to_str().expect("text");
    let operation = target.strip_prefix("AmazonSQS.").expect("SQS");
    let request = serde_json::from_slice(&body).expect("JSON");
    match queues.down_after {
        Some(last) if queues.calls > last => {
            if queues.loses_an_answer && queues.calls == last + 1 {
                queues.answer(operation, &request);
            }
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "__type": "ServiceUnavailable" }).to_string())
        }
        _ => (StatusCode::OK, queues.answer(operation, &request).to_string()),
    }
}
