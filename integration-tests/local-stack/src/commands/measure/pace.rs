//! `local-stack measure pace`: how many calls a second arrive at the API, with posters and work enough, by what is agreed.

use std::fmt::{self, Display, Formatter};
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use here_to_help::MayWait;
use local_stack::posters::{Posters, Setting};
use serde::Serialize;
use simulators::here_to_help::Options;

use super::arrivals;
use super::say::each;

const SECOND: u64 = 1000;
const PATIENCE: Duration = Duration::from_secs(3600);
/// Of a new row with an address and a note.
const CALLS_A_ROW: u32 = 3;

/// The options of `measure pace`.
#[derive(Debug, Args)]
pub(crate) struct Pace {
    /// The calls a second that are agreed for all posters together; each is tried.
    #[arg(long, value_name = "CALLS", value_delimiter = ',', default_values = ["20", "50", "100"])]
    rates: Vec<NonZeroU32>,
    /// How many posters there are.
    #[arg(long, default_value = "10")]
    posters: NonZeroU32,
    /// How long there is work, at what is agreed.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// How long the API takes for a call.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 50)]
    latency: u64,
    /// Print JSON, one array
    #[arg(long)]
    json: bool,
}

/// One pace.
#[derive(Serialize)]
struct Line {
    agreed: u32,
    posters: u32,
    calls: usize,
    /// Within any second, wherever it begins.
    most_in_a_second: usize,
    /// Without the first and the last tenth, when not every poster has work.
    a_second_while_there_is_work: f64,
    of_what_is_agreed: f64,
}

impl Display for Line {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self { agreed, calls, most_in_a_second, a_second_while_there_is_work, of_what_is_agreed, .. } = self;
        write!(
            out,
            "{agreed} agreed: {most_in_a_second} at most in a second, {a_second_while_there_is_work} a second while there \
             was work, {of_what_is_agreed} of it; {calls} calls",
        )
    }
}

impl Pace {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        each(&self.rates, self.json, async |rate| self.line(rate).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn line(&self, rate: NonZeroU32) -> Result<Line> {
        let api = Options { latency: Duration::from_millis(self.latency), ..Options::default() };
        let setting = Setting { posters: self.posters, calls_per_second: rate, may_wait: MayWait::default() };
        let posters = Posters::start(api, setting, rate.get() * self.seconds / CALLS_A_ROW).await?;
        posters.work(PATIENCE).await?;
        let mut arrivals = posters.api.state().calls.arrivals_ms;
        let (_, a_second) = arrivals::spread(&mut arrivals).context("too few calls were made")?;
        Ok(Line {
            agreed: rate.get(),
            posters: self.posters.get(),
            calls: arrivals.len(),
            most_in_a_second: most_in_a_second(&arrivals),
            a_second_while_there_is_work: (a_second * 100.0).round() / 100.0,
            of_what_is_agreed: (a_second / f64::from(rate.get()) * 1000.0).round() / 1000.0,
        })
    }
}

fn most_in_a_second(arrivals: &[u64]) -> usize {
    let within = |(place, from): (usize, &u64)| arrivals[place..].iter().take_while(|at| **at < from + SECOND).count();
    arrivals.iter().enumerate().map(within).max().unwrap_or_default()
}
