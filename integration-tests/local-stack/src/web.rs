//! `h2h web` beside a stack that stays up.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::binaries;

/// The page of a stack; it ends with this.
pub struct Web {
    /// Its first line, the address at the end.
    pub says: String,
    _server: Child,
}

impl Web {
    /// Builds `h2h`, and serves the page of the stack in this folder.
    pub async fn serve(drive: &Path) -> Result<Self> {
        let h2h = binaries::build(&["h2h"]).await?.join("h2h");
        let mut command = Command::new(&h2h);
        command.args(["web", "--local"]).arg(drive).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut server = command.spawn().with_context(|| format!("cannot run {}", h2h.display()))?;
        let output = server.stdout.take().context("its output is not to be had")?;
        let says = BufReader::new(output).lines().next_line().await?;
        Ok(Self { says: says.context("h2h web ended at once")?, _server: server })
    }
}
