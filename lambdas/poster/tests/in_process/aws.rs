//! As much of SQS, Lambda and SSM as the poster speaks to.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const QUEUE_URL: &str = "https://sqs.eu-west-2.amazonaws.com/000000000000/rows";
const MAPPING: &str = "11111111-2222-3333-4444-555555555555";

/// What AWS has and was asked.
pub(crate) struct Aws {
    /// Bodies sent again, with their delays in seconds.
    pub(crate) sent: Vec<(String, i64)>,
    /// The visibility timeouts that were set.
    pub(crate) visibilities: Vec<i64>,
    /// Whether the event source mapping is enabled.
    pub(crate) enabled: bool,
    /// Its maximum concurrency.
    pub(crate) concurrency: i64,
    /// Set while AWS is changing the mapping.
    pub(crate) is_changing: bool,
    /// The API's key, as SSM has it.
    pub(crate) key: String,
}

/// A handle on it.
#[derive(Clone)]
pub(crate) struct FakeAws(Arc<Mutex<Aws>>);

impl FakeAws {
    pub(crate) async fn start(key: &str) -> (Self, String) {
        let aws = Aws {
            sent: Vec::new(),
            visibilities: Vec::new(),
            enabled: true,
            concurrency: 10,
            is_changing: false,
            key: key.to_owned(),
        };
        let fake = Self(Arc::new(Mutex::new(aws)));
        let router = Router::new()
            .route("/", post(call))
            .route("/2015-03-31/event-source-mappings", get(list))
            .route("/2015-03-31/event-source-mappings/", get(list))
            .route("/2015-03-31/event-source-mappings/{id}", put(update))
            .with_state(fake.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (fake, url)
    }

    pub(crate) fn now(&self) -> MutexGuard<'_, Aws> {
        self.0.lock().expect("no panic")
    }
}

/// SQS and SSM: the call stands in a header.
async fn call(State(aws): State<FakeAws>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    let mut aws = aws.now();
    let answer = match headers["x-amz-target"].to_str().expect("a target") {
        "AmazonSQS.SendMessage" => {
            assert_eq!(asked["QueueUrl"], QUEUE_URL);
            let body = asked["MessageBody"].as_str().expect("a body").to_owned();
            aws.sent.push((body, asked["DelaySeconds"].as_i64().expect("a delay")));
            json!({ "MessageId": "again", "MD5OfMessageBody": "" })
        }
        "AmazonSQS.ChangeMessageVisibility" => {
            aws.visibilities.push(asked["VisibilityTimeout"].as_i64().expect("a timeout"));
            json!({})
        }
        "AmazonSSM.GetParameter" => json!({ "Parameter": { "Name": asked["Name"], "Value": aws.key } }),
        other => panic!("unexpected call {other}"),
    };
    (StatusCode::OK, Json(answer))
}

async fn list(State(aws): State<FakeAws>) -> Json<Value> {
    Json(json!({ "EventSourceMappings": [described(&aws.now())] }))
}

async fn update(State(aws): State<FakeAws>, Path(id): Path<String>, body: Bytes) -> (StatusCode, Json<Value>) {
    assert_eq!(id, MAPPING);
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    let mut aws = aws.now();
    if aws.is_changing {
        return (StatusCode::BAD_REQUEST, Json(json!({ "Type": "User", "Message": "in use" })));
    }
    aws.enabled = asked["Enabled"].as_bool().unwrap_or(aws.enabled);
    aws.concurrency = asked["ScalingConfig"]["MaximumConcurrency"].as_i64().unwrap_or(aws.concurrency);
    (StatusCode::OK, Json(described(&aws)))
}

fn described(aws: &Aws) -> Value {
    let state = match (aws.is_changing, aws.enabled) {
        (true, _) => "Updating",
        (false, true) => "Enabled",
        (false, false) => "Disabled",
    };
    json!({
        "UUID": MAPPING,
        "EventSourceArn": "arn:aws:sqs:eu-west-2:000000000000:rows",
        "State": state,
        "ScalingConfig": { "MaximumConcurrency": aws.concurrency },
    })
}
