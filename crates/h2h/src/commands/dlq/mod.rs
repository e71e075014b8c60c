//! `h2h dlq`: the rows that could not be posted, and their messages in the dead-letter queue.

mod discard;
mod list;
mod plan;
mod redrive;
mod show;

use std::io::Write;

use clap::{Args, Subcommand};

use crate::Exit;

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

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.command {
        Command::List(args) => list::run(args, out).await,
        Command::Show(args) => show::run(args, out).await,
        Command::Redrive(args) => redrive::run(args, out).await,
        Command::Discard(args) => discard::run(args, out).await,
    }
}
