//! `h2h` on a stack.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value;
use tokio::process::Command;

use crate::common::program;

/// The command itself, on this stack.
#[derive(Clone)]
pub(crate) struct H2h {
    /// The executable.
    pub(crate) program: PathBuf,
    /// The folder in which it looks for the stack.
    pub(crate) local: PathBuf,
}

impl H2h {
    pub(crate) async fn build(local: &Path) -> Self {
        Self { program: program::build().await, local: local.to_owned() }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--local").arg(&self.local).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().await.expect("h2h runs")
    }

    /// The last line of what it prints with `--json`.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        let lines = self.lines(arguments).await;
        lines.last().cloned().unwrap_or_else(|| panic!("{arguments:?} prints nothing"))
    }

    pub(crate) async fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.run(&[arguments, &["--json"]].concat()).await;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {told}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
    }
}
