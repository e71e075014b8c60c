//! `local-stack chaos`: breaks everything that can break, and looks whether anything is lost or there twice.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use local_stack::calls::Calls;
use local_stack::chaos::plan::Plan;
use local_stack::chaos::scenario::Scenario;
use local_stack::chaos::seen::Seen;
use local_stack::chaos::settling::settled;
use local_stack::chaos::sheets::{self, Sheet};
use local_stack::chaos::verdict::Verdict;
use local_stack::chaos::weather::Weather;
use local_stack::{HereToHelp, Options, Stack};
use serde::Serialize;

/// The options of `chaos`.
#[derive(Debug, Args)]
pub(crate) struct Chaos {
    /// How many rows the sheets of all feeds hold together.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..))]
    rows: u32,
    /// What the sheets and the plan of faults are drawn from: the same seed, the same sheets and plan.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How long the bad weather lasts, in minutes; then everything has ten more to come right.
    #[arg(long, value_name = "M", default_value_t = 2.0)]
    minutes: f64,
    /// What goes wrong.
    #[arg(long, value_enum, default_value_t)]
    scenario: Scenario,
    /// How many calls a second the posters may make together.
    #[arg(long, value_name = "N", default_value_t = 100)]
    calls_per_second: u32,
    /// Prints nothing but the one line of JSON.
    #[arg(long)]
    json: bool,
    /// Prints the plan of faults and does nothing.
    #[arg(long)]
    plan: bool,
    /// Where the folder tree is made, to be looked at afterwards (default: a temporary folder, kept only where something
    /// is wrong).
    #[arg(long, value_name = "DIR")]
    drive: Option<PathBuf>,
}

/// The line of JSON.
#[derive(Serialize)]
struct Line {
    seed: u64,
    #[serde(flatten)]
    verdict: Verdict,
    kills: u64,
    faults: BTreeMap<String, u64>,
    /// The functions' calls to AWS that `calls.txt` does not list.
    unlisted_calls: Vec<String>,
    seconds: u64,
}

impl Chaos {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let mut out = std::io::stdout();
        let rows = usize::try_from(self.rows)?;
        let sheets = sheets::make(rows, self.seed);
        let weather = Duration::try_from_secs_f64(self.minutes * 60.0).context("--minutes is no such time")?;
        let plan = Plan::new(self.scenario, self.seed, rows, sheets.len(), weather);
        if self.plan {
            writeln!(out, "{}", serde_json::to_string_pretty(&plan)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let temporary = tempfile::tempdir().context("no temporary folder")?;
        let drive = self.drive.clone().unwrap_or_else(|| temporary.path().to_owned());
        anyhow::ensure!(
            !drive.exists() || drive.read_dir()?.next().is_none(),
            "{} is not empty: name another folder with --drive",
            drive.display()
        );
        self.say(&format!(
            "{rows} rows in {} sheets, {} s of bad weather of seed {}",
            sheets.len(),
            weather.as_secs(),
            self.seed
        ))?;
        let weather = Weather::new(plan);
        let mut options = Options::new(&drive);
        options.decide = Some(weather.decide());
        let line = self.endure(&weather, options, &sheets).await?;
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
        for finding in line.verdict.findings.iter().chain(&line.unlisted_calls) {
            self.say(finding)?;
        }
        let paused = line.verdict.pauses > 0 && line.verdict.resumes > 0;
        if self.scenario.must_pause() && !paused {
            self.say("Posting was not paused, or did not go on")?;
        } else if line.verdict.is_good() && line.unlisted_calls.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let kept = if self.drive.is_some() { drive } else { temporary.keep() };
        self.say(&format!("Sheets, summaries and logs (.logs) are in {}", kept.display()))?;
        Ok(ExitCode::FAILURE)
    }

    async fn endure(&self, weather: &Weather, mut options: Options, sheets: &[Sheet]) -> Result<Line> {
        options.here_to_help =
            HereToHelp::Simulated { race_window: Duration::from_millis(20), latency: Duration::from_millis(2) };
        options.as_of = Some(sheets::AS_OF.parse().context("the sheets' date")?);
        options.excluded = sheets::EXCLUDED.to_owned();
        options.calls_per_second = self.calls_per_second;
        // Posters that take turns meet nobody.
        options.posters_are_warm = true;
        options.tempo.visibility = Duration::from_secs(60);
        options.tempo.report_visibility = Duration::from_secs(50);
        // What a killed owner held is free again after this and 35 s (the fences of docs/design.md); with less than 55 s
        // the poster posts nothing.
        options.tempo.poster_timeout = Duration::from_secs(58);
        options.tempo.splitter_timeout = Duration::from_secs(25);
        options.tempo.reporter_timeout = Duration::from_secs(45);
        let drive = options.drive.clone();
        let stack = Stack::start(options).await?;
        let begun = Instant::now();
        weather.blow(&stack, &drive, sheets).await?;
        self.say("All goes well again; waiting until everything has come right …")?;
        if !settled(&stack, sheets.len(), self.rows).await? {
            self.say("Not everything has come right in time.")?;
        }
        let done = weather.done(&stack)?;
        let seen = Seen::look(&stack, done.desk).await?;
        let unlisted_calls = Calls::listed().unlisted(&stack.journal);
        stack.stop().await?;
        Ok(Line {
            seed: self.seed,
            verdict: Verdict::of(sheets, &seen),
            kills: done.kills,
            faults: done.faults,
            unlisted_calls,
            seconds: begun.elapsed().as_secs(),
        })
    }

    /// Says something to whoever watches.
    fn say(&self, what: &str) -> Result<()> {
        if !self.json {
            writeln!(std::io::stderr(), "{what}")?;
        }
        Ok(())
    }
}
