//! `local-stack measure pace`: how many calls a second really arrive at the API, with ten posters and work enough.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use local_stack::{HereToHelp, Options, Stack};

use crate::commands::watch::until_reported;

const SECOND: u64 = 1000;

/// The options of `measure pace`.
#[derive(Debug, Args)]
pub(crate) struct Pace {
    /// The calls a second that are agreed for all posters together.
    #[arg(long, value_name = "CALLS", default_value_t = 20)]
    rate: u32,
    /// How many rows are posted; each takes three calls.
    #[arg(long, value_name = "ROWS", default_value_t = 400)]
    rows: u32,
    /// How long the API takes for a call.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 50)]
    latency: u64,
}

impl Pace {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let mut options = Options::new(folder.path());
        options.calls_per_second = self.rate;
        // As in a stage: a poster begins no row when less than 50 s are left, and must not spend its time near that end.
        options.tempo.poster_timeout = Duration::from_secs(300);
        options.tempo.visibility = Duration::from_secs(310);
        let latency = Duration::from_millis(self.latency);
        options.here_to_help = HereToHelp::Simulated { race_window: Duration::ZERO, latency };
        let stack = Stack::start(options).await?;
        let sheet = folder.path().join("generic").join("inbound").join("people.csv");
        std::fs::write(&sheet, people(self.rows)?).context("cannot write the sheet")?;
        until_reported(&stack.ledger, 1, Duration::from_secs(3600)).await?;
        let api = stack.here_to_help.as_ref().context("the stack has its own simulator")?;
        let arrivals = api.state().calls.arrivals_ms;
        let measured = serde_json::json!({
            "agreed": self.rate,
            "posters": 10,
            "calls": arrivals.len(),
            "most_in_a_second": most_in_a_second(&arrivals),
            "a_second_while_there_is_work": a_second_in_the_middle(&arrivals),
        });
        stack.stop().await?;
        writeln!(std::io::stdout(), "{measured}")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A sheet of people who are all different.
pub(super) fn people(rows: u32) -> Result<String> {
    let feed = feeds::Feed::named("generic").context("no such feed")?;
    let columns: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    let mut sheet = columns.join(",") + "\n";
    for row in 0..rows {
        let cell = |column: &&str| match *column {
            "First name" => "Ann".to_owned(),
            "Surname" => format!("Lee-{row}"),
            "Email" => format!("person{row}@example.org"),
            "Help Request Type" => "EUSS".to_owned(),
            "Case Note 1" => format!("Note {row}"),
            _ => String::new(),
        };
        writeln!(sheet, "{}", columns.iter().map(cell).collect::<Vec<_>>().join(","))?;
    }
    Ok(sheet)
}

/// The most calls within any second, wherever it begins.
fn most_in_a_second(arrivals: &[u64]) -> usize {
    let within = |(place, from): (usize, &u64)| arrivals[place..].iter().take_while(|at| **at < from + SECOND).count();
    arrivals.iter().enumerate().map(within).max().unwrap_or_default()
}

/// Without the first and the last tenth, when not every poster has work.
fn a_second_in_the_middle(arrivals: &[u64]) -> f64 {
    let tenth = arrivals.len() / 10;
    let middle = &arrivals[tenth..arrivals.len() - tenth];
    let (Some(first), Some(last)) = (middle.first(), middle.last()) else { return 0.0 };
    let seconds = Duration::from_millis(last - first).as_secs_f64();
    let calls = u32::try_from(middle.len() - 1).unwrap_or(u32::MAX);
    (f64::from(calls) / seconds * 10.0).round() / 10.0
}
