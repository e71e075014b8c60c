//! `h2h dlq discard`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use indicatif::ProgressBar;
use operations::dead::DeadList;
use serde_json::json;

use super::unreadable::left_alone;
use super::which::Which;
use crate::consent::{Consent, who};
use crate::deeds::{note_rows, said};
use crate::place::Place;
use crate::show::{count, number, table};
use crate::why::Why;

/// Settle dead rows for good: they will never be sent, and the reason goes into the summary
///
/// They become skipped, for the reason that you give; failed rows too. Their summaries are written anew, and their letters are
/// taken off the dead-letter queue. It may be interrupted and started again at any point. Exits with 0 if all was done, with
/// 1 if it was not agreed to, or if rows or letters were left (run it again in a few minutes), and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq discard --stage staging --row 3f2a/17 --why \"moved out of the borough\"
  h2h dlq discard --stage staging --run 3f2a --why \"the wrong file\" --dry-run")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    why: Why,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print what was done as one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, which, why, dry_run, consent, json } = arguments;
    let why = why.text()?;
    let pipeline = place.connect().await?;
    let selection = which.find(&pipeline.ledger).await?;
    let list = DeadList::read(&pipeline.ledger, &selection).await.context("cannot list the dead rows")?;
    if dry_run {
        if json {
            for dead in &list.rows {
                writeln!(out, "{}", json!({ "row": dead.row.id.to_string(), "class": dead.row.class }))?;
            }
        } else {
            writeln!(out, "{}", in_words(&list, &place))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if !consent.ask(&in_words(&list, &place))? {
        return Ok(ExitCode::FAILURE);
    }
    let again = "the discard stopped; run the command again, it goes on where it stopped";
    note_rows(&pipeline.ledger, &list.rows, "discarded", Some(why)).await.context(again)?;
    let bar = ProgressBar::new(list.rows.len() as u64);
    let reason = format!("discarded: {}", said(&who(), why));
    let discarded =
        operations::discard::discard(&pipeline.ledger, &list, &reason, || bar.inc(1)).await.context(again)?;
    bar.finish_and_clear();
    let letters = pipeline.redriver().take_stale_letters_off(|_| {}).await.context(again)?;
    if json {
        let object = json!({
            "discarded": discarded.discarded,
            "in_hand": discarded.in_hand,
            "settled_otherwise": discarded.settled_otherwise,
            "letters": { "taken_off": letters.stale, "left": letters.left, "foreign": letters.foreign,
                         "not_deleted": letters.not_deleted },
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(
            out,
            "{} discarded, and {} taken off.",
            count(discarded.discarded, "row", "rows"),
            count(letters.stale, "letter", "letters")
        )?;
        if discarded.in_hand > 0 {
            let rows = count(discarded.in_hand, "row is", "rows are");
            writeln!(out, "{rows} being sent by a poster now: run the command again in a few minutes.")?;
        }
        if letters.not_deleted > 0 {
            let letters = count(letters.not_deleted, "letter", "letters");
            writeln!(out, "SQS did not delete {letters}: run the command again in a minute.")?;
        }
    }
    let is_all = discarded.in_hand == 0 && letters.not_deleted == 0;
    Ok(if is_all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What would be done, for whoever must agree to it.
fn in_words(list: &DeadList, place: &Place) -> String {
    let mut text = format!(
        "{} of {place} would be settled for good as skipped, never to be sent, and their letters taken off the dead-letter queue.",
        count(list.rows.len() as u64, "row", "rows")
    );
    let mut groups = table();
    for group in list.groups() {
        groups.add_row([number(group.rows), group.class.into(), group.feed.into(), group.outcome.as_str().into()]);
    }
    if !list.rows.is_empty() {
        text.push_str(&format!("\n{}", groups.trim_fmt()));
    }
    text.push_str(&left_alone(&list.unreadable));
    text
}
