//! `h2h dlq redrive`.

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use operations::dead::DeadList;
use operations::redrive::{Plan, Redriven, Step};
use serde_json::json;

use super::unreadable::left_alone;
use super::which::Which;
use crate::bar::bar;
use crate::consent::Consent;
use crate::deeds::note_rows;
use crate::place::{Pipeline, Place};
use crate::show::{columns, count, number, table};

/// Send dead rows to the posters again, and take their letters off
///
/// Dead-lettered and uncertain rows are tried again; what may have arrived is looked for before it is sent again. Failed
/// rows are not: correct them in the sheet. Letters of rows that are settled otherwise meanwhile are taken off too. It may be
/// interrupted and started again at any point: nothing is done twice, nothing is lost. Exits with 0 if all was done, with 1
/// if it was not agreed to or letters could not be deleted, and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq redrive --stage staging --run 3f2a --dry-run
  h2h dlq redrive --stage staging --class server-error --rate 20/s
  h2h dlq redrive --stage staging --row 3f2a/17
  h2h dlq redrive --stage staging --all --yes")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    which: Which,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// At most so many rows a second, such as 20/s
    #[arg(long, value_name = "N/s", value_parser = rate)]
    rate: Option<NonZeroU32>,
    #[command(flatten)]
    consent: Consent,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<NonZeroU32, &'static str> {
    let number = text.strip_suffix("/s").unwrap_or(text);
    number.parse().map_err(|_| "write it like 20/s: rows a second, at least 1")
}

pub(super) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, which, dry_run, rate, consent, json } = arguments;
    let pipeline = place.connect().await?;
    let selection = which.find(&pipeline.ledger).await?;
    let redriver = pipeline.redriver();
    let plan = redriver.plan(&selection).await.context("cannot list the dead rows")?;
    if dry_run {
        if json {
            for dead in &plan.rows {
                writeln!(out, "{}", json!({ "row": dead.row.id.to_string(), "class": dead.row.class }))?;
            }
        } else {
            writeln!(out, "{}", in_words(&plan, &place)).context("cannot write the plan")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if !consent.ask(&in_words(&plan, &place))? {
        return Ok(ExitCode::FAILURE);
    }
    note_rows(&pipeline.ledger, &plan.rows, "sent again", None).await.context("nothing was sent")?;
    let redriven = with_bar(&pipeline, &plan, rate).await?;
    report(&redriven, json, out).context("cannot write what was done")?;
    Ok(if redriven.not_deleted == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn with_bar(pipeline: &Pipeline, plan: &Plan, rate: Option<NonZeroU32>) -> anyhow::Result<Redriven> {
    let rows = plan.rows.len() as u64;
    let sending = bar(rows, columns());
    let mut looking: Option<ProgressBar> = None;
    let redriver = pipeline.redriver();
    let redriven = redriver.redrive(plan, rate, |step| match step {
        Step::Sent(sent) => {
            sending.inc(sent);
            sending.set_message(format!("{} of {rows} rows sent", sending.position()));
        }
        Step::LookedAt(letters) => {
            let bar = looking.get_or_insert_with(|| ProgressBar::new_spinner().with_message("letters looked at"));
            bar.inc(letters);
            bar.set_message(format!("{} letters looked at", bar.position()));
        }
    });
    let redriven = redriven.await.context("the redrive stopped; run the command again, it goes on where it stopped")?;
    sending.finish_and_clear();
    if let Some(bar) = looking {
        bar.finish_and_clear();
    }
    Ok(redriven)
}

/// What the plan is, for whoever must agree to it.
fn in_words(plan: &Plan, place: &Place) -> String {
    let list = DeadList { rows: plan.rows.clone(), runs: plan.runs.clone(), unreadable: Vec::new() };
    let mut text = format!(
        "{} of {place} would be sent to the posters again, and their letters taken off the dead-letter queue.",
        count(plan.rows.len() as u64, "row", "rows")
    );
    if !plan.rows.is_empty() {
        let mut groups = table();
        for group in list.groups() {
            groups.add_row([number(group.rows), group.class.into(), group.feed.into(), group.outcome.as_str().into()]);
        }
        text.push_str(&format!("\n{}", groups.trim_fmt()));
    }
    if !plan.to_correct.is_empty() {
        let failed = count(plan.to_correct.len() as u64, "failed row is", "failed rows are");
        text.push_str(&format!(
            "\n{failed} not sent: Here to Help does not take what the sheet says. Correct them there."
        ));
    }
    if !plan.cancelled.is_empty() {
        let rows = count(plan.cancelled.len() as u64, "row of a cancelled run is", "rows of cancelled runs are");
        text.push_str(&format!("\n{rows} not sent. `h2h dlq discard` takes them off the list."));
    }
    text.push_str(&left_alone(&plan.unreadable));
    text
}

fn report(redriven: &Redriven, json: bool, out: &mut dyn Write) -> io::Result<()> {
    let Redriven { sent, taken_off, stale, left, foreign, not_deleted } = *redriven;
    if json {
        let object = json!({
            "sent": sent,
            "letters": {
                "taken_off": taken_off, "stale": stale, "left": left, "foreign": foreign, "not_deleted": not_deleted
            },
        });
        return writeln!(out, "{object}");
    }
    writeln!(
        out,
        "{} sent again. Letters taken off: {taken_off} of these rows, {stale} of rows that are settled otherwise.",
        count(sent, "row", "rows")
    )?;
    if left > 0 {
        writeln!(out, "{} of other rows left in the dead-letter queue.", count(left, "letter", "letters"))?;
    }
    if foreign > 0 {
        writeln!(
            out,
            "{} in the dead-letter queue no rows of ours: look at them in the queue, and delete them there.",
            count(foreign, "letter is", "letters are")
        )?;
    }
    if not_deleted > 0 {
        writeln!(
            out,
            "SQS did not delete {}: run the command again in a minute.",
            count(not_deleted, "letter", "letters")
        )?;
    }
    Ok(())
}
