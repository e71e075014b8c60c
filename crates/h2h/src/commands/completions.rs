use clap::Command;
use clap_complete::Shell;

use crate::command_prelude::*;

/// Print what a shell needs to complete this command's words
#[derive(Args)]
#[command(after_help = "Examples:
  h2h completions bash > ~/.local/share/bash-completion/completions/h2h
  h2h completions zsh > ~/.zfunc/_h2h")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: &Arguments, mut command: Command, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "h2h", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Well)
}
