//! `local-stack dead-letters`: many dead letters at once, to try `h2h dlq` on.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use local_stack::{Endpoints, dead_letters};

/// The options of `dead-letters`.
#[derive(Debug, Args)]
pub(crate) struct DeadLetters {
    /// The folder of a stack that is up.
    #[arg(long, value_name = "DIR")]
    drive: PathBuf,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    rows: u32,
    /// The number of the first resident; another one makes another run.
    #[arg(long, value_name = "N", default_value_t = 0)]
    first: u32,
}

impl DeadLetters {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let run = dead_letters::make(&Endpoints::read(&self.drive)?, self.first, self.rows).await?;
        writeln!(std::io::stdout(), "{} dead letters of run {}.", self.rows, run.id)?;
        Ok(ExitCode::SUCCESS)
    }
}
