//! `h2h completions` and `h2h man`: what shells and `man` know of this command.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;

/// Print what a shell needs to complete this command's words
#[derive(Args)]
#[command(after_help = "Examples:
  h2h completions bash > ~/.local/share/bash-completion/completions/h2h
  h2h completions zsh > ~/.zfunc/_h2h")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Write the manual pages, one for each command
#[derive(Args)]
#[command(after_help = "Examples:
  h2h man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder to write them into
    folder: PathBuf,
}

pub(crate) fn completions(
    arguments: &Completions,
    mut command: Command,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "h2h", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(arguments: &Man, command: Command, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let folder: &Path = &arguments.folder;
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .with_context(|| format!("cannot write manual pages into {}", folder.display()))?;
    writeln!(out, "The manual pages are in {}.", folder.display())?;
    Ok(ExitCode::SUCCESS)
}
