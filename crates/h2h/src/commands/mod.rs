//! The commands, each a module of its own: its words, what it collects or does, and how that is shown.

mod baseline;
mod cancel;
mod completions;
mod dlq;
mod doctor;
mod export;
mod feeds;
mod forget;
mod key;
mod man;
mod metrics;
mod pause;
mod poll;
mod preview;
mod report;
mod resume;
mod rows;
mod runs;
mod show;
mod status;
mod template;
mod watch;
mod web;

use std::io::Write;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use chrono_tz::Europe::London;
use clap::{CommandFactory, Parser, Subcommand};

use crate::exit::Exit;

/// Here to Help ingestion from the command line.
#[derive(Parser)]
#[command(name = "h2h", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Feeds(feeds::Arguments),
    Template(template::Arguments),
    Preview(preview::Arguments),
    Runs(runs::Arguments),
    Show(show::Arguments),
    Rows(rows::Arguments),
    Status(status::Arguments),
    Metrics(metrics::Arguments),
    Watch(watch::Arguments),
    Web(web::Arguments),
    Export(export::Arguments),
    Report(report::Arguments),
    Cancel(cancel::Arguments),
    Poll(poll::Arguments),
    /// Look at the rows that could not be posted, send them again, or discard them
    ///
    /// What became of a row stands in the ledger, and every list comes from there: a look touches no message. The letters in
    /// the dead-letter queue are what AWS's own tools work with.
    #[command(subcommand)]
    Dlq(dlq::Arguments),
    Doctor(doctor::Arguments),
    Key(key::Arguments),
    Baseline(baseline::Arguments),
    Forget(forget::Arguments),
    #[command(hide = true)]
    Completions(completions::Arguments),
    #[command(hide = true)]
    Man(man::Arguments),
    Pause(pause::Arguments),
    Resume(resume::Arguments),
}

impl Arguments {
    /// Runs the command. What it shows goes to `out`; what stopped it is an error.
    pub fn run(&self, out: &mut dyn Write) -> anyhow::Result<Exit> {
        match &self.command {
            Command::Feeds(args) => feeds::run(args, out),
            Command::Template(args) => template::run(args, today(), out),
            Command::Preview(args) => preview::run(args, today(), out),
            Command::Runs(args) => wait_for(runs::run(args, out)),
            Command::Show(args) => wait_for(show::run(args, out)),
            Command::Rows(args) => wait_for(rows::run(args, out)),
            Command::Status(args) => wait_for(status::run(args, out)),
            Command::Metrics(args) => wait_for(metrics::run(args, out)),
            Command::Watch(args) => wait_for(watch::run(args, out)),
            Command::Web(args) => wait_for(web::run(args, out)),
            Command::Export(args) => wait_for(export::run(args, out)),
            Command::Report(args) => wait_for(report::run(args, out)),
            Command::Cancel(args) => wait_for(cancel::run(args, out)),
            Command::Poll(args) => wait_for(poll::run(args, out)),
            Command::Dlq(args) => wait_for(dlq::run(args, out)),
            Command::Doctor(args) => wait_for(doctor::run(args, out)),
            Command::Key(args) => wait_for(key::run(args, out)),
            Command::Baseline(args) => wait_for(baseline::run(args, today(), out)),
            Command::Forget(args) => wait_for(forget::run(args, out)),
            Command::Completions(args) => completions::run(args, Self::command(), out),
            Command::Man(args) => man::run(args, Self::command(), out),
            Command::Pause(args) => wait_for(pause::run(args, out)),
            Command::Resume(args) => wait_for(resume::run(args, out)),
        }
    }
}

/// The date in London.
fn today() -> NaiveDate {
    Utc::now().with_timezone(&London).date_naive()
}

/// Runs what needs a network. Nothing else pays for the runtime.
fn wait_for(command: impl Future<Output = anyhow::Result<Exit>>) -> anyhow::Result<Exit> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?.block_on(command)
}
