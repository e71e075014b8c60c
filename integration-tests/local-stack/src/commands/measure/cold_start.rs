//! `local-stack measure start`: how long each function takes from its process's start to its first answer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::primitives::Blob;
use clap::Args;
use local_stack::{Options, Stack, processes};

/// The question to each function: what its schedule asks it where there is nothing to do.
const QUESTIONS: [(&str, &str); 3] =
    [("splitter", r#"{"feed":"spl"}"#), ("poster", r#"{"probe":true}"#), ("reporter", r#"{"sweep":true}"#)];
/// The schedules do not come in between.
const NEVER: Duration = Duration::from_secs(3600);
const GLANCE: Duration = Duration::from_millis(2);

/// The options of `measure start`.
#[derive(Debug, Args)]
pub(crate) struct ColdStart {
    /// How often each function is started.
    #[arg(long, default_value_t = 11)]
    times: usize,
    /// A folder with other builds of the functions, `FOLDER/<function>/bootstrap` (default: those of this build).
    #[arg(long, value_name = "FOLDER")]
    functions: Option<PathBuf>,
    /// Print JSON in one line, for programs
    #[arg(long)]
    json: bool,
}

impl ColdStart {
    /// Prints milliseconds: the least, the middle and the most of each function.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let mut options = Options::new(folder.path());
        (options.tempo.poll, options.tempo.sweep, options.tempo.probe) = (NEVER, NEVER, NEVER);
        options.functions = self.functions;
        let stack = Stack::start(options).await?;
        let lambda = aws_sdk_lambda::Client::new(&stack.aws);
        let mut measured = BTreeMap::new();
        for (function, question) in QUESTIONS {
            let mut times = Vec::new();
            for _ in 0..self.times.max(1) {
                end(&stack, function).await;
                let begun = Instant::now();
                let answer = lambda.invoke().function_name(function).payload(Blob::new(question)).send().await?;
                ensure!(answer.function_error.is_none(), "{function} failed: see {}", stack.logs.display());
                times.push(begun.elapsed().as_millis());
            }
            times.sort_unstable();
            let (least, middle, most) = (times.first(), times.get(times.len() / 2), times.last());
            measured.insert(function, serde_json::json!({ "least": least, "middle": middle, "most": most }));
        }
        super::say::say(&measured, self.json)?;
        stack.stop().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Ends a function's processes, and returns when they are gone.
async fn end(stack: &Stack, function: &str) {
    loop {
        let mut running = processes::of(&stack.endpoints.aws);
        running.retain(|process| process.function == function);
        if running.is_empty() {
            return;
        }
        for process in running {
            processes::kill(process.id);
        }
        tokio::time::sleep(GLANCE).await;
    }
}
