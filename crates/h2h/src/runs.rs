//! `h2h runs`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use feeds::{Feed, Outcome};
use ledger::RunState;

use crate::feed::feed_names;
use crate::place::Place;
use crate::seen::Seen;
use crate::show::{age, number, plain, table};
use crate::since::since;

const STATES: [RunState; 6] = [
    RunState::Reading,
    RunState::Enqueueing,
    RunState::Posting,
    RunState::Reported,
    RunState::Rejected,
    RunState::Cancelled,
];

/// List the runs: what became of each sheet
#[derive(Args)]
#[command(after_help = "Examples:
  h2h runs --stage staging
  h2h runs --stage staging --feed spl --since 30d --state posting")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Only runs of this feed
    #[arg(long, value_parser = feed_names())]
    feed: Option<&'static Feed>,
    /// Only runs whose sheet was taken since: 30m, 12h, 7d or a date
    #[arg(long, value_name = "WHEN", value_parser = since, default_value = "7d")]
    since: DateTime<Utc>,
    /// Only runs in this state
    #[arg(long, value_parser = states())]
    state: Option<RunState>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

fn states() -> impl TypedValueParser<Value = RunState> {
    PossibleValuesParser::new(STATES.map(RunState::as_str))
        .try_map(|word| STATES.into_iter().find(|state| state.as_str() == word).ok_or("there is no such state"))
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, feed, since, state, json } = arguments;
    let ledger = place.connect().await?.ledger;
    let mut seen = Vec::new();
    for one in feeds::all().iter().filter(|one| feed.is_none_or(|feed| feed.name() == one.name())) {
        let runs = ledger.runs(one, since).await.context("cannot list the runs")?;
        for run in runs.into_iter().filter(|run| state.is_none_or(|state| state == run.state)) {
            seen.push(Seen::look(&ledger, run).await.context("cannot look at a run")?);
        }
    }
    seen.sort_by_key(|one| one.run.claimed_at);
    if json {
        for one in &seen {
            writeln!(out, "{}", one.object())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if seen.is_empty() {
        writeln!(out, "There are no such runs in {place}: --since 30d looks further back.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = Utc::now();
    let mut rows = table();
    rows.set_header(["run", "feed", "file", "state", "taken", "rows", "sent", "to fix", "dead"]);
    for one in &seen {
        let count = |outcomes: [Outcome; 2]| number(outcomes.map(|outcome| one.count(outcome)).iter().sum::<u64>());
        let run = &one.run;
        rows.add_row([
            run.id.as_str().into(),
            run.feed.name().into(),
            plain(&run.file_name).into(),
            run.state.as_str().into(),
            format!("{} ago", age(run.claimed_at, now)).into(),
            number(run.rows_read),
            count([Outcome::Created, Outcome::AlreadyKnown]),
            count([Outcome::Rejected, Outcome::Failed]),
            count([Outcome::DeadLettered, Outcome::Uncertain]),
        ]);
    }
    writeln!(out, "{}", rows.trim_fmt())?;
    Ok(ExitCode::SUCCESS)
}
