//! A handler that panics, served as in Lambda: in a process of its own, of which every word is looked at.

use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use lambda_support::{invocation, logs, metrics};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::oneshot;

/// Set in the process that panics.
const CHILD: &str = "PANICKING_HANDLER";
/// Its invocation.
const REQUEST: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn the_words_of_a_panic_reach_neither_the_log_nor_the_answer() {
    if std::env::var_os(CHILD).is_some() {
        return panicking().await;
    }
    let (answered, answer) = oneshot::channel();
    let mut child = Command::new(std::env::current_exe().expect("this executable"))
        .args(["--exact", "the_words_of_a_panic_reach_neither_the_log_nor_the_answer", "--nocapture"])
        .env(CHILD, "1")
        .env("AWS_LAMBDA_RUNTIME_API", runtime(answered).await)
        .env("AWS_LAMBDA_FUNCTION_NAME", "panicking")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the process starts");
    let answer = tokio::time::timeout(PATIENCE, answer).await.expect("an answer").expect("an answer");
    child.start_kill().expect("the process ends");
    let output = child.wait_with_output().await.expect("its output");
    let all = [&output.stdout[..], &output.stderr, answer.as_bytes()].concat();
    let all = String::from_utf8_lossy(&all).to_lowercase();
    assert!(!all.contains("canary"), "{all}");
    let line = all.lines().find(|line| line.contains("panicked: this is a bug, report it with this line"));
    assert!(line.is_some_and(|line| line.contains(&format!("\"request_id\":\"{REQUEST}\""))), "{all}");
    assert!(answer.contains("panic.rs"), "the answer says where: {answer}");
}

/// What Lambda runs.
async fn panicking() {
    logs::start();
    metrics::start();
    let served = invocation::serve(|event: Value, _deadline| async move {
        let name = event["name"].as_str().unwrap_or_default();
        if !name.is_empty() {
            panic!("no such resident: {name}");
        }
        Ok::<Value, lambda_runtime::Error>(Value::Null)
    });
    served.await.expect("served until it is ended");
}

/// A runtime API with one event; its address.
async fn runtime(answered: oneshot::Sender<String>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let event = Arc::new(Mutex::new(Some(r#"{"name":"Marguerite Canary"}"#)));
    let answered = Arc::new(Mutex::new(Some(answered)));
    let next = move || async move {
        let Some(event) = event.lock().expect("no panic").take() else { return std::future::pending().await };
        let headers = [
            ("lambda-runtime-aws-request-id", REQUEST),
            ("lambda-runtime-deadline-ms", "9999999999999"),
            ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-2:000000000000:function:panicking"),
        ];
        (headers, event)
    };
    let take = move |answer: String| async move {
        if let Some(answered) = answered.lock().expect("no panic").take() {
            answered.send(answer).expect("the test waits");
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
