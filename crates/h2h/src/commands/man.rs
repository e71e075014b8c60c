use clap::Command;

use crate::command_prelude::*;

/// Write the manual pages, one for each command
#[derive(Args)]
#[command(after_help = "Examples:
  h2h man ~/.local/share/man/man1")]
pub(crate) struct Arguments {
    /// The folder to write them into
    folder: PathBuf,
}

pub(crate) fn run(args: &Arguments, command: Command, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let folder = &args.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| format!("cannot write manual pages into {}", folder.display()))?;
    writeln!(out, "The manual pages are in {}.", folder.display())?;
    Ok(Exit::Well)
}
