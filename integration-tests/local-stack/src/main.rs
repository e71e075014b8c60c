//! `local-stack`: the whole system on one machine, without Docker and without an account.

mod commands;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use commands::{chaos, dead_letters, demo, measure, up};

/// Runs the whole system on this machine: a local AWS, the real Lambda binaries, and simulators of Google Drive and of
/// the Here to Help API over a plain folder tree.
#[derive(Debug, Parser)]
#[command(name = "local-stack", version)]
enum Command {
    /// Drops sample sheets of all five feeds and shows what became of every row.
    Demo(demo::Demo),
    /// Stays up: a file dropped into DIR/<feed>/inbound is ingested.
    Up(up::Up),
    /// Makes many dead letters at once in a stack that is up.
    DeadLetters(dead_letters::DeadLetters),
    /// Measures speed, memory, cost or starts.
    #[command(subcommand)]
    Measure(measure::Measure),
    /// Breaks everything that can break while sheets are ingested, and tells whether anything was lost or is there twice.
    Chaos(chaos::Chaos),
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    match Command::parse() {
        Command::Demo(demo) => demo.run().await,
        Command::Up(up) => up.run().await,
        Command::DeadLetters(dead_letters) => dead_letters.run().await,
        Command::Measure(measure) => measure.run().await,
        Command::Chaos(chaos) => chaos.run().await,
    }
}
