//! Before something changes, h2h says what it will do and asks.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, bail};
use clap::Args;

#[derive(Args, Clone, Copy)]
pub(crate) struct Confirm {
    /// Do it without asking: for scripts
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("it was not agreed to")]
pub(crate) struct NotAgreed;

impl Confirm {
    /// Asks at the terminal, after `what` will be done was said; [`NotAgreed`] is an error.
    pub(crate) fn ask(self, what: &str) -> anyhow::Result<()> {
        let mut terminal = io::stderr();
        writeln!(terminal, "{what}").context("cannot ask")?;
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            bail!("nothing was done, for there is no terminal to ask at: add --yes if that is what you want");
        }
        write!(terminal, "Go on? [y/N] ").and_then(|()| terminal.flush()).context("cannot ask")?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).context("cannot read the answer")?;
        if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
        writeln!(terminal, "Nothing was done.").context("cannot answer")?;
        Err(NotAgreed.into())
    }
}

/// Who works at this terminal: stands beside what was changed.
pub(crate) fn who() -> String {
    let name = |variable| std::env::var(variable).ok().filter(|name| !name.trim().is_empty());
    name("USER").or_else(|| name("LOGNAME")).unwrap_or_else(|| "somebody with h2h".to_owned())
}
