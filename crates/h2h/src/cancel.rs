//! `h2h cancel`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use feeds::Outcome;
use indicatif::ProgressBar;
use ledger::{Ledger, Run};
use serde_json::json;

use crate::consent::{Consent, who};
use crate::name::RunName;
use crate::place::Place;
use crate::seen::Seen;
use crate::show::{count, plain};
use crate::why::Why;

/// Cancel a run: what is not posted yet never will be
///
/// For a wrong file. Its open and dead-lettered rows are settled as skipped, and the summary says so and why; rows that a
/// poster has in hand end by themselves. Then what had been created is listed: it stays in Here to Help, where people
/// must see to it. The same content of the file is not taken again. Started again, it goes on where it stopped, and what it
/// left the next sweep closes. Exits with 0 if it is cancelled, with 1 if it was not agreed to, and with 2 if it failed or
/// nothing was open.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h cancel 3f2a --stage staging --why \"last year's list\"")]
pub(crate) struct Arguments {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    name: RunName,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON object a line: every row that was created or known, then the counts
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { name, place, why, consent, json } = arguments;
    let why = why.text()?;
    let ledger = place.connect().await?.ledger;
    let seen = Seen::look(&ledger, name.find(&ledger).await?).await.context("cannot look at the run")?;
    if !consent.ask(&in_words(&seen, &place))? {
        return Ok(ExitCode::FAILURE);
    }
    let run = operations::cancel::cancel(&ledger, &seen.run.id, why, &who()).await.context("nothing was cancelled")?;
    let bar = ProgressBar::new_spinner().with_message("closing its rows");
    let closing = operations::cancel::close_rows(&ledger, &run, |rows| bar.inc(rows)).await;
    bar.finish_and_clear();
    let closing = closing.context(
        "the run is cancelled, but not all of its rows are closed: run the command again, or leave them to the next sweep",
    )?;
    let sent =
        list_sent(&ledger, &run, json, out).await.context("the run is cancelled; what was sent cannot be listed")?;
    if json {
        let counts = json!({ "run": run.id.as_str(), "state": run.state, "closed": closing.closed,
                             "uncertain": closing.uncertain, "in_hand": closing.in_hand, "sent": sent });
        writeln!(out, "{counts}")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(
        out,
        "Run {} is cancelled. {} will never be sent; {} sent before, and {} in Here to Help.",
        run.id,
        count(closing.closed, "row", "rows"),
        count(sent, "was", "were"),
        if sent == 1 { "stays" } else { "stay" },
    )?;
    if closing.uncertain > 0 {
        let rows = count(closing.uncertain, "row", "rows");
        writeln!(out, "{rows} may have been sent: `h2h rows {} --outcome uncertain`.", run.id)?;
    }
    if closing.in_hand > 0 {
        let rows = count(closing.in_hand, "row is", "rows are");
        writeln!(out, "{rows} being sent now: look again with `h2h show {}`.", run.id)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Lists what was created or known; how many.
async fn list_sent(ledger: &Ledger, run: &Run, json: bool, out: &mut dyn Write) -> anyhow::Result<u64> {
    if !run.has_rows() {
        return Ok(0);
    }
    let mut sent = 0;
    let mut rows = ledger.rows(run);
    while let Some(row) = rows.next().await? {
        if !matches!(row.outcome(), Some(Outcome::Created | Outcome::AlreadyKnown)) {
            continue;
        }
        sent += 1;
        if json {
            let settled = row.settlement.as_ref();
            let line = json!({ "row": row.id(&run.id).to_string(), "outcome": row.outcome(),
                               "resident_id": settled.and_then(|settled| settled.resident_id),
                               "help_request_id": row.delivery.help_request_id,
                               "follow_up_id": settled.and_then(|settled| settled.follow_up_id) });
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}", crate::rows::line(&run.id, &row, false))?;
        }
    }
    Ok(sent)
}

/// What would be done, for whoever must agree to it.
fn in_words(seen: &Seen, place: &Place) -> String {
    let run = &seen.run;
    let sent = seen.count(Outcome::Created) + seen.count(Outcome::AlreadyKnown);
    format!(
        "Run {} of {place} ({}, {}) would be cancelled for good. {} of {} rows are open and would never be sent; {} sent \
         already, and would stay in Here to Help.",
        run.id,
        plain(&run.file_name),
        run.feed,
        run.rows_read.saturating_sub(seen.settled()),
        run.rows_read,
        count(sent, "was", "were"),
    )
}
