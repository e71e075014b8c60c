//! `h2h report`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use aws::queue::Queue;
use chrono::{TimeDelta, Utc};
use clap::Args;
use serde_json::json;

use crate::consent::{Consent, who};
use crate::name::RunName;
use crate::place::Place;
use crate::seen::Seen;
use crate::show::plain;

/// How long every row of a run is kept, at least: a summary of fewer rows must not replace a whole one.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Write the summary of a run again
///
/// For a summary that was lost or spoilt. It is written over the old one, unless somebody edited that or threw it away: then
/// beside it. Rows are kept for 30 days, and so long it can be done. Exits with 0 if it is asked for, with 1 if it was not
/// agreed to, and with 2 if it cannot be done.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h report 3f2a --stage staging")]
pub(crate) struct Arguments {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    name: RunName,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { name, place, consent, json } = arguments;
    let pipeline = place.connect().await?;
    let ledger = &pipeline.ledger;
    let seen = Seen::look(ledger, name.find(ledger).await?).await.context("cannot look at the run")?;
    let run = &seen.run;
    let Some(report) = run.report.filter(|report| report.version > 0) else {
        let waits = seen.waits_for().unwrap_or_else(|| "nothing: it was never read".to_owned());
        bail!("run {} has no summary to write again; it waits for {waits}", run.id);
    };
    if run.forgotten_at.is_some() {
        bail!("rows of run {} were forgotten: its summary cannot be written again", run.id);
    }
    if run.has_rows() && run.claimed_at + KEPT < Utc::now() {
        bail!("run {} is older than 30 days, and its rows may be deleted: its summary stays as it is", run.id);
    }
    let what = format!(
        "The summary of run {} of {place} ({}), version {}, would be written again.",
        run.id,
        plain(&run.file_name),
        report.version
    );
    if !consent.ask(&what)? {
        return Ok(ExitCode::FAILURE);
    }
    ledger.note_deed(&run.id, &who(), "asked for the summary again", None).await.context("nothing was asked for")?;
    ledger.ask_report(run).await.context("nothing was asked for")?;
    let message = ledger::ReportMessage { run: run.id.clone() }.body();
    pipeline.reports().send(&[message]).await.context("the reporter was not told: run the command again")?;
    if json {
        writeln!(out, "{}", json!({ "run": run.id.as_str(), "version": report.version + 1 }))?;
    } else {
        writeln!(out, "Version {} is being written. `h2h show {}` shows when it is done.", report.version + 1, run.id)?;
    }
    Ok(ExitCode::SUCCESS)
}
