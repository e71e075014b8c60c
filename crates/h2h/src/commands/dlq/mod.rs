pub(crate) mod discard;
mod list;
pub(crate) mod plan;
pub(crate) mod redrive;
pub(crate) mod show;

use clap::Subcommand;

use crate::command_prelude::*;

#[derive(Subcommand)]
pub(crate) enum Arguments {
    List(list::Arguments),
    Show(show::Arguments),
    Redrive(redrive::Arguments),
    Discard(discard::Arguments),
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match args {
        Arguments::List(args) => list::run(args, out).await,
        Arguments::Show(args) => show::run(args, out).await,
        Arguments::Redrive(args) => redrive::run(args, out).await,
        Arguments::Discard(args) => discard::run(args, out).await,
    }
}
