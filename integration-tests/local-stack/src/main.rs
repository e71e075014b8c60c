//! `local-stack`: the whole system on one machine, without Docker and without an account.

mod commands;

use anyhow::Result;
use clap::Parser;
use commands::{chaos, cold_start, cost, dead_letters, demo, memory, pace, up};

/// Runs the whole system on this machine: a local AWS, the real Lambda binaries, and simulators of Google Drive and of
/// the Here to Help API over a plain folder tree.
#[derive(Debug, Parser)]
#[command(name = "local-stack", version)]
enum Command {
    /// Drops sample sheets of all five feeds and shows what became of every row.
    Demo(demo::Demo),
    /// Drops one long sheet and shows how much memory each function took.
    Memory(memory::Memory),
    /// Measures what each row uses up of what AWS charges for, and prints one line of JSON.
    Cost(cost::Cost),
    /// Measures how long each function takes from its start to its first answer, and prints one line of JSON.
    ColdStart(cold_start::ColdStart),
    /// Stays up: a file dropped into DIR/<feed>/inbound is ingested.
    Up(up::Up),
    /// Measures how many calls a second arrive at the API, and prints one line of JSON.
    Pace(pace::Pace),
    /// Makes many dead letters at once in a stack that is up.
    DeadLetters(dead_letters::DeadLetters),
    /// Breaks everything that can break while sheets are ingested, and tells whether anything was lost or is there twice.
    Chaos(chaos::Chaos),
}

#[tokio::main]
async fn main() -> Result<std::process::ExitCode> {
    match Command::parse() {
        Command::Demo(demo) => demo.run().await,
        Command::Memory(memory) => memory.run().await,
        Command::Cost(cost) => cost.run().await,
        Command::ColdStart(cold_start) => cold_start.run().await,
        Command::Up(up) => up.run().await,
        Command::Pace(pace) => pace.run().await,
        Command::DeadLetters(dead_letters) => dead_letters.run().await,
        Command::Chaos(chaos) => chaos.run().await,
    }
}
