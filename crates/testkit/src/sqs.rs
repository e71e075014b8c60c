//! A stand-in for SQS: as much of its protocol as we use, with faults to order; and its events as Lambda hands them over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::server::serve;

/// A record of an event: a message that is received for the so-manieth time.
pub fn record(id: &str, body: &str, receives: u32) -> Value {
    json!({ "messageId": id, "receiptHandle": format!("receipt-{id}"), "body": body,
            "attributes": { "ApproximateReceiveCount": receives.to_string() }, "messageAttributes": {},
            "md5OfBody": "", "eventSource": "aws:sqs", "awsRegion": "eu-west-2" })
}

/// A message in a queue.
#[derive(Clone, Debug)]
pub struct Message {
    id: usize,
    /// Its text.
    pub body: String,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// The seconds that it was sent to wait.
    pub delay: i64,
    /// It was received, and has not become visible since.
    pub is_hidden: bool,
}

/// The stand-in. Every call to it is counted, and a queue is there once something is sent to it.
#[derive(Clone)]
pub struct Sqs {
    url: String,
    queues: Arc<Mutex<Queues>>,
}

#[derive(Default)]
struct Queues {
    queues: BTreeMap<String, Vec<Message>>,
    next_id: usize,
    calls: usize,
    /// The visibility timeouts that were set one by one.
    visibilities: Vec<i64>,
    /// After which call nothing is answered any more.
    down_after: Option<usize>,
    /// The first call after that is done, and only its answer lost.
    loses_an_answer: bool,
    refuses: Refuses,
    refused: BTreeSet<String>,
}

/// The entries of a batch that SQS refuses.
#[derive(Clone, Copy, Default)]
enum Refuses {
    #[default]
    Nothing,
    EveryOtherOnce,
    AllButTheLast(usize),
}

impl Sqs {
    /// Starts it, without a message.
    pub async fn start() -> Self {
        let queues = Arc::new(Mutex::new(Queues::default()));
        let url = serve(Router::new().fallback(answer).with_state(queues.clone())).await;
        Self { url, queues }
    }

    /// Where its clients call it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of a queue.
    pub fn queue_url(&self, queue: &str) -> String {
        format!("{}/000000000000/{queue}", self.url)
    }

    /// Lays a message into a queue.
    pub fn put(&self, queue: &str, body: &str, sent_at: DateTime<Utc>) {
        self.queues().put(queue, body, 0, sent_at);
    }

    /// Hides what lies in a queue, as if somebody had received it.
    pub fn hides_all(&self, queue: &str) {
        self.queues()
            .queues
            .entry(queue.to_owned())
            .or_default()
            .iter_mut()
            .for_each(|message| message.is_hidden = true);
    }

    /// The messages in a queue, hidden ones included.
    pub fn messages(&self, queue: &str) -> Vec<Message> {
        self.queues().queues.get(queue).cloned().unwrap_or_default()
    }

    /// The texts of the messages in a queue.
    pub fn bodies(&self, queue: &str) -> Vec<String> {
        self.messages(queue).into_iter().map(|message| message.body).collect()
    }

    /// Takes out what lies in a queue: the texts.
    pub fn take(&self, queue: &str) -> Vec<String> {
        let bodies = self.bodies(queue);
        self.queues().queues.remove(queue);
        bodies
    }

    /// The visibility timeouts that were set, in seconds; those of batches left out.
    pub fn visibilities(&self) -> Vec<i64> {
        self.queues().visibilities.clone()
    }

    /// Answers this many calls, and then none; the first of them may be done all the same.
    pub fn goes_down_after(&self, calls: usize, loses_an_answer: bool) {
        let mut queues = self.queues();
        queues.down_after = Some(queues.calls + calls);
        queues.loses_an_answer = loses_an_answer;
    }

    /// Answers again, and every message that was invisible has come back.
    pub fn comes_back(&self) {
        let mut queues = self.queues();
        queues.down_after = None;
        queues.queues.values_mut().flatten().for_each(|message| message.is_hidden = false);
    }

    /// Refuses every other entry of a batch the first time.
    pub fn refuses_every_other_once(&self) {
        self.queues().refuses = Refuses::EveryOtherOnce;
    }

    /// Takes so many entries of each batch: the last ones, so that what is sent again has other places in its batch.
    pub fn takes_the_last(&self, entries: usize) {
        self.queues().refuses = Refuses::AllButTheLast(entries);
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.queues().calls
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().expect("no panic")
    }
}

impl Queues {
    fn put(&mut self, queue: &str, body: &str, delay: i64, sent_at: DateTime<Utc>) {
        self.next_id += 1;
        let message = Message { id: self.next_id, body: body.to_owned(), sent_at, delay, is_hidden: false };
        self.queues.entry(queue.to_owned()).or_default().push(message);
    }

    /// Puts a message as a request describes it.
    fn send(&mut self, queue: &str, asked: &Value) {
        let body = asked["MessageBody"].as_str().expect("a body");
        self.put(queue, body, asked["DelaySeconds"].as_i64().unwrap_or(0), Utc::now());
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
            "SendMessage" => {
                self.send(&queue, request);
                json!({ "MessageId": "m", "MD5OfMessageBody": "" })
            }
            "SendMessageBatch" => self.batch(request, |queues, entry| queues.send(&queue, entry)),
            "DeleteMessageBatch" => self.batch(request, |queues, entry| {
                queues.queues.entry(queue.clone()).or_default().retain(|message| message.id != receipt(entry));
            }),
            "ChangeMessageVisibility" => {
                self.visibilities.push(request["VisibilityTimeout"].as_i64().expect("a timeout"));
                json!({})
            }
            "ChangeMessageVisibilityBatch" => self.batch(request, |queues, entry| {
                let is_hidden = entry["VisibilityTimeout"] != 0;
                let messages = queues.queues.entry(queue.clone()).or_default().iter_mut();
                messages
                    .filter(|message| message.id == receipt(entry))
                    .for_each(|message| message.is_hidden = is_hidden);
            }),
            "GetQueueAttributes" => {
                let messages = self.queues.entry(queue).or_default();
                let count = |counted: fn(&&Message) -> bool| messages.iter().filter(counted).count().to_string();
                json!({ "Attributes": {
                    "ApproximateNumberOfMessages": count(|message| !message.is_hidden && message.delay == 0),
                    "ApproximateNumberOfMessagesNotVisible": count(|message| message.is_hidden),
                    "ApproximateNumberOfMessagesDelayed": count(|message| !message.is_hidden && message.delay > 0) } })
            }
            other => panic!("the stand-in for SQS does not know {other}"),
        }
    }

    fn batch(&mut self, request: &Value, mut each: impl FnMut(&mut Self, &Value)) -> Value {
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        let entries = request["Entries"].as_array().expect("entries");
        for (index, entry) in entries.iter().enumerate() {
            let is_refused = match self.refuses {
                Refuses::Nothing => false,
                Refuses::EveryOtherOnce => {
                    index % 2 == 1 && self.refused.insert(format!("{}{}", entry["MessageBody"], entry["ReceiptHandle"]))
                }
                Refuses::AllButTheLast(count) => index + count < entries.len(),
            };
            if is_refused {
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

async fn answer(State(queues): State<Arc<Mutex<Queues>>>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let mut queues = queues.lock().expect("no panic");
    queues.calls += 1;
    let target = headers["x-amz-target"].to_str().expect("text");
    let operation = target.strip_prefix("AmazonSQS.").expect("SQS");
    let request = serde_json::from_slice(&body).expect("JSON");
    let (status, answer) = match queues.down_after {
        Some(last) if queues.calls > last => {
            if queues.loses_an_answer && queues.calls == last + 1 {
                queues.answer(operation, &request);
            }
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "__type": "ServiceUnavailable" }))
        }
        _ => (StatusCode::OK, queues.answer(operation, &request)),
    };
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], answer.to_string())
}
