//! `local-stack measure throughput`: how much of what the API's latency lets through is reached, by the number of posters, where
//! nothing else holds them up.

use std::fmt::{self, Display, Formatter};
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use here_to_help::{Limit, MayWait};
use ledger::Ledger;
use local_stack::posters::{Posters, Setting};
use local_stack::processes;
use serde::Serialize;
use simulators::here_to_help::Options;
use tokio::time::sleep;

use super::arrivals;
use super::say::each;

/// More than any number of posters can make: the pace is measured by `measure pace`.
const NO_PACE: NonZeroU32 = NonZeroU32::MAX;
const PATIENCE: Duration = Duration::from_secs(3600);
const LOOK: Duration = Duration::from_secs(1);

/// The options of `measure throughput`.
#[derive(Debug, Args)]
pub(crate) struct Throughput {
    /// How many posters there are; each number is tried.
    #[arg(long, value_name = "POSTERS", value_delimiter = ',', default_values_t = [2, 10, 50, 200])]
    posters: Vec<u32>,
    /// How many rows there are for each poster.
    #[arg(long, default_value_t = 300)]
    rows: u32,
    /// How long the API takes for a call, whatever else it does.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 150)]
    latency: u64,
    /// Print JSON, one array
    #[arg(long)]
    json: bool,
}

/// One number of posters.
#[derive(Serialize)]
struct Line {
    posters: u32,
    rows: usize,
    calls_a_row: f64,
    /// From the first call to the last.
    seconds: f64,
    rows_a_second: f64,
    /// Of the rows a second that so many posters make which do nothing but wait for the API.
    of_the_limit: f64,
    /// The same without the first and the last tenth of the calls, when not every poster has a row.
    of_the_limit_in_the_middle: f64,
    /// How many rows were let be at once: the mean of a look each second.
    rows_at_once: f64,
    /// The processor's time of the whole process: posters, ledger, DynamoDB and API.
    cpu_ms_a_row: f64,
    /// How many processors were busy with it: near to what the machine has, it is the machine that is measured.
    processors: f64,
}

impl Throughput {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        each(&self.posters, self.json, async |posters| self.line(posters).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn line(&self, number: u32) -> Result<Line> {
        let posters = NonZeroU32::new(number).context("no posters")?;
        let api = Options { latency: Duration::from_millis(self.latency), ..Options::default() };
        let setting = Setting { posters, calls_per_second: NO_PACE, may_wait: MayWait::default() };
        let posters = Posters::start(api, setting, self.rows.saturating_mul(number)).await?;
        let cpu_before = cpu_ms()?;
        let mut looks = Vec::new();
        tokio::select! {
            done = posters.work(PATIENCE) => done?,
            failed = watch(&posters.ledger, &mut looks) => failed?,
        }
        let cpu_ms = cpu_ms()? - cpu_before;
        let state = posters.api.state();
        let (rows, mut calls) = (state.help_requests.len(), state.calls.arrivals_ms);
        let (seconds, in_the_middle) = arrivals::spread(&mut calls).context("too few calls were made")?;
        let (rows_a_second, calls_a_row) = (rows as f64 / seconds, calls.len() as f64 / rows as f64);
        let calls_at_most = f64::from(number) / self.latency as f64 * 1000.0;
        Ok(Line {
            posters: number,
            rows,
            calls_a_row: thousandths(calls_a_row),
            seconds,
            rows_a_second: thousandths(rows_a_second),
            of_the_limit: thousandths(calls.len() as f64 / seconds / calls_at_most),
            of_the_limit_in_the_middle: thousandths(in_the_middle / calls_at_most),
            rows_at_once: thousandths(looks.iter().sum::<f64>() / looks.len() as f64),
            cpu_ms_a_row: thousandths(cpu_ms / rows as f64),
            processors: thousandths(cpu_ms / 1000.0 / seconds),
        })
    }
}

impl Display for Line {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            posters,
            rows,
            seconds,
            rows_a_second,
            of_the_limit,
            of_the_limit_in_the_middle,
            rows_at_once,
            cpu_ms_a_row,
            processors,
            ..
        } = self;
        write!(
            out,
            "{posters} posters: {rows} rows in {seconds:.1} s, {rows_a_second:.1} a second, {of_the_limit:.3} of the limit \
             ({of_the_limit_in_the_middle:.3} in the middle); {rows_at_once:.1} at once; {cpu_ms_a_row:.1} ms of processor a row, {processors:.2} processors busy",
        )
    }
}

/// Looks at the limit each second, until it cannot.
async fn watch(ledger: &Ledger, looks: &mut Vec<f64>) -> Result<()> {
    loop {
        looks.push(ledger.api_limit::<Limit>().await?.limit.rows);
        sleep(LOOK).await;
    }
}

fn cpu_ms() -> Result<f64> {
    Ok(processes::cpu_milliseconds(std::process::id()).context("the processor's time is not known")? as f64)
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
