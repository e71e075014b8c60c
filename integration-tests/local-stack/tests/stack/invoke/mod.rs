//! One invocation of a real binary, with settings of its own: a Lambda runtime API that has one event and takes the answer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use chrono::Utc;
use serde_json::Value;
use testkit::runtime::Runtime;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// How long anything is waited for before the test gives up; nothing is judged by it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(400);

/// The output of an invocation.
pub(crate) struct Said {
    /// Every line of its log, as JSON.
    pub(crate) lines: Vec<Value>,
    /// Its answer, a failure included.
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
    let runtime = Runtime::start(function, event.to_string(), Utc::now() + time).await;
    let mut child = Command::new(binary(function))
        .env_clear()
        .envs(settings)
        .envs(runtime.environment)
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
    let answer = tokio::time::timeout(PATIENCE, runtime.answer).await.expect("an answer").expect("an answer");
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
