//! `h2h rows`.

use std::io::{self, Write};

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Args;
use feeds::Outcome;
use ledger::Run;
use serde::Serialize;

use crate::args::environment::RunArgs;
use crate::args::words::one_of;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::render::{self, show};
use crate::row_view::{Ids, row_line};

/// List the rows of a run and what became of each
///
/// One line a row, as they are read: row, outcome, attempts, last error, ids in Here to Help. Reasons may quote the sheet
/// and are shown only if you ask for them; `h2h dlq show RUN/ROW` shows one row whole.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h rows 3f2a --stage staging --outcome rejected,failed
  h2h rows 3f2a --stage staging --row 17 --reveal")]
pub struct Arguments {
    #[command(flatten)]
    run: RunArgs,
    /// Only rows with one of these outcomes, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = one_of(Outcome::ALL, Outcome::as_str))]
    outcome: Vec<Outcome>,
    /// Only this row
    #[arg(long, value_name = "N")]
    row: Option<u32>,
    /// Show the reasons too
    #[arg(long)]
    reveal: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// A row and what became of it.
#[derive(Serialize)]
pub struct Report {
    row: String,
    outcome: Option<Outcome>,
    class: Option<String>,
    attempts: u32,
    settled_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    ids: Ids,
    /// None unless it is revealed.
    reason: Option<String>,
    #[serde(skip)]
    line: String,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (environment, run) = Environment::with_run(&args.run).await?;
    collect(&environment, &run, args, |row| show(&row, args.json, out).map(drop)).await?;
    Ok(Exit::Well)
}

/// Hands each row to `each` as it is read: a run may have any number of them.
///
/// # Errors
/// The ledger's, and those of `each`.
pub async fn collect(
    environment: &Environment,
    run: &Run,
    args: &Arguments,
    mut each: impl FnMut(Report) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut rows = environment.ledger.rows(run);
    while let Some(row) = rows.next().await.with_context(|| format!("cannot read the rows of run {}", run.id))? {
        let is_wanted = args.outcome.is_empty() || row.outcome().is_some_and(|outcome| args.outcome.contains(&outcome));
        if is_wanted && args.row.is_none_or(|only| only == row.row) {
            each(Report {
                row: row.id(&run.id).to_string(),
                outcome: row.outcome(),
                class: row.error_class().map(str::to_owned),
                attempts: row.attempts,
                settled_at: row.settled_at,
                ids: Ids::of(&row),
                reason: args.reveal.then(|| row.reason().to_owned()),
                line: row_line(&run.id, &row, args.reveal),
            })?;
        }
    }
    Ok(())
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.line)
    }
}
