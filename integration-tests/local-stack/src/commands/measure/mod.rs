//! `local-stack measure`: what the real functions take, on this machine.

mod arrivals;
mod cold_start;
mod cost;
mod memory;
mod pace;
mod pressure;
mod say;
mod scale;
mod throughput;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(crate) enum Measure {
    /// Drops one long sheet and takes the peaks of each function's memory and temporary files.
    Memory(memory::Memory),
    /// Counts what each row uses up of what AWS charges for.
    Cost(cost::Cost),
    /// Counts how many calls a second arrive at the API.
    Pace(pace::Pace),
    /// Measures how much of what the API's latency lets through is reached, by the number of posters.
    Throughput(throughput::Throughput),
    /// Measures how fast rows are posted and what a call handler's search takes meanwhile, by the number of posters.
    Pressure(pressure::Pressure),
    /// Brings sheets of several lengths through splitter, posters and reporter: the time of a row, and the memory.
    Scale(scale::Scale),
    /// Times each function from its start to its first answer.
    #[command(name = "start")]
    ColdStart(cold_start::ColdStart),
}

impl Measure {
    /// Starts a stack for it, measures, and prints.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        match self {
            Self::Memory(memory) => memory.run().await,
            Self::Cost(cost) => cost.run().await,
            Self::Pace(pace) => pace.run().await,
            Self::Throughput(throughput) => throughput.run().await,
            Self::Pressure(pressure) => pressure.run().await,
            Self::Scale(scale) => scale.run().await,
            Self::ColdStart(cold_start) => cold_start.run().await,
        }
    }
}
