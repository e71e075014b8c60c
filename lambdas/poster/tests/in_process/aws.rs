//! As much of Lambda and SSM as the poster speaks to.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

const MAPPING: &str = "11111111-2222-3333-4444-555555555555";

/// The state of AWS, and what it was asked.
pub(crate) struct Aws {
    /// The event source mapping is enabled.
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
        let aws = Aws { enabled: true, concurrency: 10, is_changing: false, key: key.to_owned() };
        let fake = Self(Arc::new(Mutex::new(aws)));
        let router = Router::new()
            .route("/", post(call))
            .route("/2015-03-31/event-source-mappings", get(list))
            .route("/2015-03-31/event-source-mappings/", get(list))
            .route("/2015-03-31/event-source-mappings/{id}", put(update))
            .with_state(fake.clone());
        (fake, testkit::server::serve(router).await)
    }

    pub(crate) fn now(&self) -> MutexGuard<'_, Aws> {
        self.0.lock().expect("no panic")
    }
}

async fn call(State(aws): State<FakeAws>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    assert_eq!(headers["x-amz-target"], "AmazonSSM.GetParameter");
    let asked: Value = serde_json::from_slice(&body).expect("JSON");
    Json(json!({ "Parameter": { "Name": asked["Name"], "Value": aws.now().key } }))
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
