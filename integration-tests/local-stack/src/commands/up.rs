//! `local-stack up`: stays up until Ctrl-C.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::Args;
use local_stack::web::Web;
use local_stack::{HereToHelp, Options, Stack};
use simulators::here_to_help::Ways;

/// The options of `up`.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// The folder tree; DIR/<feed>/inbound and DIR/<feed>/outbound are made where they are missing.
    #[arg(long, value_name = "DIR")]
    drive: PathBuf,
    /// The base URL of another Here to Help API, which ends in /api/ (default: the stack's own simulator).
    #[arg(long, value_name = "URL", requires = "here_to_help_key")]
    here_to_help_url: Option<String>,
    /// The key of that API.
    #[arg(long, value_name = "KEY", requires = "here_to_help_url")]
    here_to_help_key: Option<String>,
    /// Seconds between two polls of an inbound folder.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    poll: Option<u64>,
    /// How many posters run at once.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..))]
    poster_concurrency: u32,
    /// The calls a second that all posters together may make.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    calls_per_second: u32,
    /// A date to take for today, such as 2021-03-08.
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// Contact tracing accounts that are left out, separated by commas.
    #[arg(long, value_name = "LIST", default_value = "")]
    excluded: String,
    /// Milliseconds between the simulator's finding nothing and its writing, in which another call can do the same.
    #[arg(long, value_name = "MS", default_value_t = 20)]
    race_window: u64,
    /// The simulator's ways, such as {"letters":"ascii-stored"}.
    #[arg(long, value_name = "JSON", value_parser = |ways: &str| serde_json::from_str::<Ways>(ways))]
    ways: Option<Ways>,
}

impl Up {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let mut options = Options::new(&self.drive);
        options.here_to_help = match (self.here_to_help_url, self.here_to_help_key) {
            (Some(url), Some(key)) => HereToHelp::At { url, key },
            _ => HereToHelp::Simulated {
                race_window: Duration::from_millis(self.race_window),
                latency: Duration::from_millis(5),
            },
        };
        options.ways = self.ways.unwrap_or_default();
        if let Some(seconds) = self.poll {
            options.tempo.poll = Duration::from_secs(seconds);
        }
        options.poster_concurrency = self.poster_concurrency;
        options.calls_per_second = self.calls_per_second;
        options.as_of = self.as_of;
        options.excluded = self.excluded;
        let stack = Stack::start(options).await?;
        let web = Web::serve(&self.drive).await?;
        let mut out = std::io::stdout();
        writeln!(
            out,
            "Up. Drop sheets into {0}/<feed>/inbound; summaries come to {0}/<feed>/outbound.\n\
             Everything's address is in {0}/endpoints.json, the functions' logs are in {1}. Ctrl-C ends it.\n{2}",
            self.drive.display(),
            stack.logs.display(),
            web.says
        )?;
        until_ended().await?;
        stack.stop().await?;
        writeln!(out, "Ended.")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Waits until whoever started it ends it.
pub(crate) async fn until_ended() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("cannot listen for the signal to end")?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.context("cannot listen for Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
