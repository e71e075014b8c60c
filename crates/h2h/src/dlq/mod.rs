//! `h2h dlq`: the rows that could not be posted, and their letters in the dead-letter queue.

mod discard;
mod list;
mod redrive;
mod show;
mod unreadable;
mod which;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Look at the rows that could not be posted, send them again, or discard them
///
/// What became of a row stands in the ledger, and every list comes from there: a look touches no message. The letters in
/// the dead-letter queue are what AWS's own tools work with.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::Arguments),
    Show(show::Arguments),
    Redrive(redrive::Arguments),
    Discard(discard::Arguments),
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match arguments.command {
        Command::List(arguments) => list::run(arguments, out).await,
        Command::Show(arguments) => show::run(arguments, out).await,
        Command::Redrive(arguments) => redrive::run(arguments, out).await,
        Command::Discard(arguments) => discard::run(arguments, out).await,
    }
}
