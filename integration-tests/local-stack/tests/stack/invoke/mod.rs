//! One invocation of a real binary, with settings of its own: a Lambda runtime API that has one event and takes the answer.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use chrono::Utc;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::{Notify, oneshot};

/// How long anything is waited for before the test gives up; nothing is judged by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(400);

/// What an invocation said.
pub(crate) struct Said {
    /// Every line of its log, as JSON.
    pub(crate) lines: Vec<Value>,
    /// What it answered, a failure included.
    pub(crate) answer: String,
}

impl Said {
    /// The lines that an engineer is woken for, and those that tell of trouble.
    pub(crate) fn troubles(&self) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["level"] == "ERROR" || line["level"] == "WARN").collect()
    }
}

/// Runs a function's binary for one event.
pub(crate) async fn invoke(function: &str, settings: &BTreeMap<String, String>, event: Value, time: Duration) -> Said {
    let (answered, answer) = oneshot::channel();
    let runtime = runtime(event, time, answered).await;
    let mut child = Command::new(binary(function))
        .env_clear()
        .envs(settings)
        .env("AWS_LAMBDA_RUNTIME_API", runtime)
        .env("AWS_LAMBDA_FUNCTION_NAME", function)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts");
    let mut out = child.stdout.take().expect("its output");
    let reading = tokio::spawn(async move {
        let mut text = String::new();
        out.read_to_string(&mut text).await.map(|_| text)
    });
    let answer = tokio::time::timeout(PATIENCE, answer).await.expect("an answer").expect("an answer");
    child.kill().await.expect("the binary ends");
    let text = reading.await.expect("no panic").expect("text");
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("a line that is no JSON: {line}"));
    Said { lines: text.lines().map(line).collect(), answer }
}

/// Where cargo put the function, beside the running test.
fn binary(function: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this executable");
    test.ancestors().nth(2).expect("its folder").join(function)
}

/// Serves one event; its address.
async fn runtime(event: Value, time: Duration, answered: oneshot::Sender<String>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let event = Arc::new(Mutex::new(Some(event.to_string())));
    let answered = Arc::new(Mutex::new(Some(answered)));
    let next = move || async move {
        let Some(event) = event.lock().expect("no panic").take() else {
            // There is no second event.
            Notify::new().notified().await;
            return StatusCode::GONE.into_response();
        };
        let deadline = (Utc::now() + time).timestamp_millis().to_string();
        let headers = [
            ("lambda-runtime-aws-request-id", "00000000-0000-0000-0000-000000000001".to_owned()),
            ("lambda-runtime-deadline-ms", deadline),
            ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-2:000000000000:function:it".to_owned()),
        ];
        (headers, event).into_response()
    };
    let take = move |answer: String| async move {
        if let Some(answered) = answered.lock().expect("no panic").take() {
            // The test may have given up.
            let _ = answered.send(answer);
        }
        StatusCode::ACCEPTED
    };
    let router = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(take.clone()))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(take));
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}
