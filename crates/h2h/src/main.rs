//! The command of the people who run Here to Help ingestion, and of those who fill its sheets.
//!
//! One module a command: its arguments, and what it does. A command writes to the [`Write`] that it is given
//! and says by its [`ExitCode`] how it went; what stops it altogether is an error, told here.
//!
//! [`Write`]: std::io::Write

mod bar;
mod baseline;
mod cancel;
mod consent;
mod deeds;
mod dlq;
mod doctor;
mod export;
mod feed;
mod feeds_list;
mod forget;
mod generate;
mod google;
mod key;
mod name;
mod place;
mod poll;
mod preview;
mod report;
mod rows;
mod run;
mod runs;
mod schedules;
mod seen;
mod show;
mod since;
mod speed;
mod status;
mod switch;
mod template;
mod watch;
mod why;

use std::io::{self, BufWriter, Write, stderr, stdout};
use std::process::ExitCode;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use chrono_tz::Europe::London;
use clap::{CommandFactory, Parser, Subcommand};

/// Here to Help ingestion from the command line.
#[derive(Parser)]
#[command(name = "h2h", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Feeds(feeds_list::Arguments),
    Template(template::Arguments),
    Preview(preview::Arguments),
    Runs(runs::Arguments),
    Show(run::Arguments),
    Rows(rows::Arguments),
    Status(status::Arguments),
    Watch(watch::Arguments),
    Export(export::Arguments),
    Report(report::Arguments),
    Cancel(cancel::Arguments),
    Poll(poll::Arguments),
    Dlq(dlq::Arguments),
    Doctor(doctor::Arguments),
    Key(key::Arguments),
    Baseline(baseline::Arguments),
    Forget(forget::Arguments),
    #[command(hide = true)]
    Completions(generate::Completions),
    #[command(hide = true)]
    Man(generate::Man),
    Pause(switch::Pause),
    Resume(switch::Resume),
}

impl Command {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Feeds(arguments) => feeds_list::run(&arguments, out),
            Self::Template(arguments) => template::run(arguments, today(), out),
            Self::Preview(arguments) => preview::run(arguments, today(), out),
            Self::Runs(arguments) => wait_for(runs::run(arguments, out)),
            Self::Show(arguments) => wait_for(run::run(arguments, out)),
            Self::Rows(arguments) => wait_for(rows::run(arguments, out)),
            Self::Status(arguments) => wait_for(status::run(arguments, out)),
            Self::Watch(arguments) => wait_for(watch::run(arguments, out)),
            Self::Export(arguments) => wait_for(export::run(arguments, out)),
            Self::Report(arguments) => wait_for(report::run(arguments, out)),
            Self::Cancel(arguments) => wait_for(cancel::run(arguments, out)),
            Self::Poll(arguments) => wait_for(poll::run(arguments, out)),
            Self::Dlq(arguments) => wait_for(dlq::run(arguments, out)),
            Self::Doctor(arguments) => wait_for(doctor::run(arguments, out)),
            Self::Key(arguments) => wait_for(key::run(arguments, out)),
            Self::Baseline(arguments) => wait_for(baseline::run(arguments, out)),
            Self::Forget(arguments) => wait_for(forget::run(arguments, out)),
            Self::Completions(arguments) => generate::completions(&arguments, Arguments::command(), out),
            Self::Man(arguments) => generate::man(&arguments, Arguments::command(), out),
            Self::Pause(arguments) => wait_for(switch::pause(arguments, out)),
            Self::Resume(arguments) => wait_for(switch::resume(arguments, out)),
        }
    }
}

/// The date in London.
fn today() -> NaiveDate {
    Utc::now().with_timezone(&London).date_naive()
}

/// Runs what needs a network. Nothing else pays for the runtime.
fn wait_for(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?.block_on(command)
}

/// The command could not do what it was asked for; clap exits with the same code where the question is wrong.
const FAILED: u8 = 2;

/// Whoever read the output has seen enough (`h2h … | head`): what a shell reports of a program that SIGPIPE ended.
const OUTPUT_CLOSED: u8 = 128 + 13;

fn main() -> ExitCode {
    let mut out = BufWriter::new(stdout().lock());
    let outcome = Arguments::parse().command.run(&mut out);
    match outcome.and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        Err(error) if is_closed(&error) => ExitCode::from(OUTPUT_CLOSED),
        Err(error) => {
            // With stderr closed too there is nobody left to tell.
            let _ = writeln!(stderr(), "h2h: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn is_closed(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|io| io.kind() == io::ErrorKind::BrokenPipe)
}
