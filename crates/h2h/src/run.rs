//! `h2h show`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use chrono::Utc;
use clap::Args;
use feeds::Outcome;
use ledger::{Cancellation, Report};

use crate::name::RunName;
use crate::place::Place;
use crate::seen::{Seen, link};
use crate::show::{age, instant, number, plain, table};

/// Show a run: its file, what its rows became, what it waits for, where its summary is
#[derive(Args)]
#[command(after_help = "Examples:
  h2h show 3f2a --stage staging")]
pub(crate) struct Arguments {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    name: RunName,
    #[command(flatten)]
    place: Place,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { name, place, json } = arguments;
    let ledger = place.connect().await?.ledger;
    let seen = Seen::look(&ledger, name.find(&ledger).await?).await.context("cannot look at the run")?;
    if json {
        writeln!(out, "{}", seen.object())?;
    } else {
        page(&seen, out)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn page(seen: &Seen, out: &mut dyn Write) -> anyhow::Result<()> {
    let (run, now) = (&seen.run, Utc::now());
    let mut facts = table();
    let mut fact = |name: &str, value: &str| {
        facts.add_row([name.to_owned(), plain(value)]);
    };
    let at = |at| format!("{} ({} ago)", instant(at), age(at, now));
    fact("run", run.id.as_str());
    fact("file", &format!("{} ({})", run.file_name, run.feed));
    fact("in Drive", &link(&run.file_id));
    fact("state", run.state.as_str());
    fact("waits for", seen.waits_for().as_deref().unwrap_or("nothing: it is done"));
    fact("taken", &at(run.claimed_at));
    if let Some(split_at) = run.split_at {
        fact("split", &at(split_at));
    }
    if let Some(settled_at) = seen.progress.last_settled_at {
        fact("last settled", &at(settled_at));
    }
    if run.sweep_rounds > 0 {
        fact("stalled", &format!("{} rounds of the sweep", run.sweep_rounds));
    }
    if let Some(Cancellation { because, by, at, .. }) = &run.cancelled {
        fact("cancelled", &format!("by {by}, {}: {because}", instant(*at)));
    }
    for deed in &run.deeds {
        fact("done", &crate::deeds::in_words(deed));
    }
    for problem in &run.problems {
        fact("problem", &problem.problem);
        fact("how to fix", &problem.how_to_fix);
    }
    match run.report {
        Some(Report { version: 0, .. }) => fact("summary", "none: it was never read"),
        Some(report) => fact("summary", &format!("version {}, written {}", report.version, at(report.at))),
        None => fact("summary", "not written yet"),
    }
    for (_, file) in run.summary_files() {
        fact("summary's file", &link(&file.id));
    }
    writeln!(out, "{}\n", facts.trim_fmt())?;
    let mut counts = table();
    for &outcome in Outcome::ALL {
        counts.add_row([number(seen.count(outcome)), outcome.as_str().into()]);
    }
    counts.add_row([number(run.rows_read.saturating_sub(seen.settled())), "open".into()]);
    counts.add_row([number(run.rows_read), "rows in all".into()]);
    writeln!(out, "{}", counts.trim_fmt())?;
    Ok(())
}
