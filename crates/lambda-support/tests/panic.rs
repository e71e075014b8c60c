//! A handler that panics, served as in Lambda: in a process of its own, of which every word is looked at.

use std::process::Stdio;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use lambda_support::invocation;
use serde_json::Value;
use testkit::runtime::{REQUEST, Runtime};
use tokio::process::Command;

/// Set in the process that panics.
const CHILD: &str = "PANICKING_HANDLER";
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
async fn the_words_of_a_panic_reach_neither_the_log_nor_the_answer() {
    if std::env::var_os(CHILD).is_some() {
        return panicking().await;
    }
    let event = r#"{"name":"Marguerite Canary"}"#.to_owned();
    let runtime = Runtime::start("panicking", event, Utc::now() + TimeDelta::hours(1)).await;
    let mut child = Command::new(std::env::current_exe().expect("this executable"))
        .args(["--exact", "the_words_of_a_panic_reach_neither_the_log_nor_the_answer", "--nocapture"])
        .env(CHILD, "1")
        .envs(runtime.environment)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the process starts");
    let answer = tokio::time::timeout(PATIENCE, runtime.answer).await.expect("an answer").expect("an answer");
    child.start_kill().expect("the process ends");
    let output = child.wait_with_output().await.expect("its output");
    let all = [&output.stdout[..], &output.stderr, answer.as_bytes()].concat();
    let all = String::from_utf8_lossy(&all).to_lowercase();
    assert!(!all.contains("canary"), "{all}");
    let line = all.lines().find(|line| line.contains("panicked: this is a bug, report it with this line"));
    assert!(line.is_some_and(|line| line.contains(&format!("\"request_id\":\"{REQUEST}\""))), "{all}");
    assert!(answer.contains("panic.rs"), "the answer says where: {answer}");
}

/// The handler that Lambda runs.
async fn panicking() {
    let build = async || Ok::<(), lambda_runtime::Error>(());
    let handler = async |_parts: &(), event: Value, _deadline| {
        let name = event["name"].as_str().unwrap_or_default();
        if !name.is_empty() {
            panic!("no such resident: {name}");
        }
        Ok::<Value, lambda_runtime::Error>(Value::Null)
    };
    invocation::serve(build, handler).await.expect("served until it is ended");
}
