//! `h2h pause` and `h2h resume`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use ledger::{By, Posting, Switch};
use serde_json::json;

use crate::consent::{Consent, who};
use crate::place::Place;
use crate::show::instant;
use crate::why::Why;

/// Pause posting until somebody resumes it
///
/// Rows that are being posted end; the others wait in the queue, and waiting uses up none of their attempts. Sheets are
/// read on, and nothing is lost. The service does not end such a pause by itself: `h2h resume` does.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h pause --stage production --why \"Here to Help is being upgraded until 18:00\"")]
pub(crate) struct Pause {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    consent: Consent,
    /// Print the switch as one JSON object
    #[arg(long)]
    json: bool,
}

/// Let rows be posted again
#[derive(Args)]
#[command(after_help = "Examples:
  h2h resume --stage production")]
pub(crate) struct Resume {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    consent: Consent,
    /// Print the switch as one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn pause(arguments: Pause, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Pause { place, why, consent, json } = arguments;
    let why = why.text()?;
    let pipeline = place.connect().await?;
    let now = pipeline.ledger.switch().await.context("cannot look at the switch")?;
    if !consent.ask(&format!("{}\nPosting in {place} would be paused until somebody resumes it.", in_words(&now)))? {
        return Ok(ExitCode::FAILURE);
    }
    let paused = operations::switch::pause(&pipeline.ledger, &pipeline.mapping(), why, &who()).await;
    show(&paused.context("posting may not be paused whole")?, json, out)
}

pub(crate) async fn resume(arguments: Resume, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Resume { place, consent, json } = arguments;
    let pipeline = place.connect().await?;
    let now = pipeline.ledger.switch().await.context("cannot look at the switch")?;
    if !consent.ask(&format!("{}\nPosting in {place} would go on.", in_words(&now)))? {
        return Ok(ExitCode::FAILURE);
    }
    let resumed = operations::switch::resume(&pipeline.ledger, &pipeline.mapping(), &who()).await;
    show(&resumed.context("posting may not be resumed whole")?, json, out)
}

/// The switch in a sentence.
pub(crate) fn in_words(switch: &Switch) -> String {
    let Switch { posting, why, by, since, .. } = switch;
    let what = match posting {
        Posting::Running if *by == By::Nobody => return "Posting is running.".to_owned(),
        Posting::Running => "running",
        Posting::Paused => "paused",
        Posting::Trying => "being tried with a few rows",
    };
    let end = if why.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("Posting is {what} since {}, by {by}: {why}{end}", instant(*since))
}

fn show(switch: &Switch, json: bool, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    if json {
        let Switch { posting, why, by, since, .. } = switch;
        writeln!(out, "{}", json!({ "posting": posting, "why": why, "by": by, "since": since }))
    } else {
        writeln!(out, "{}", in_words(switch))
    }
    .context("cannot write the switch")?;
    Ok(ExitCode::SUCCESS)
}
