//! `h2h doctor`: what a deployment needs, each on a line.

mod api;
mod aws;
mod folders;
mod functions;
mod mend;
mod schedules;
mod table;
mod topics;

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use futures::future::join_all;
use serde_json::json;

use crate::consent::Consent;
use crate::place::{Pipeline, Place};
use crate::show::plain;
use functions::Functions;

/// Check all that a deployment needs, at once
///
/// Credentials, table, queues, event source mappings, schedules, who is told by e-mail, parameters, the Here to Help API and its key,
/// the feeds' folders, this computer's clock, and the versions of the functions. Each line is ok, or says what the problem is and what to do. No secret is
/// shown. Exits with 0 if all is ok, with 1 if there is a problem, and with 2 if it could not look.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h doctor --stage staging
  h2h doctor --stage staging --mend
  h2h doctor --stage production --json | jq 'select(.ok | not)'")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// First switch on what feeds the reporter, where it is off
    #[arg(long)]
    mend: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON object a line, one for each check
    #[arg(long)]
    json: bool,
}

/// What was found at one thing.
pub(super) struct Line {
    what: String,
    found: Result<String, Problem>,
}

/// What is wrong, and what to do.
pub(super) struct Problem {
    problem: String,
    to_do: String,
}

impl Line {
    fn ok(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), found: Ok(found.into()) }
    }

    fn problem(what: impl Into<String>, problem: impl Into<String>, to_do: impl Into<String>) -> Self {
        Self { what: what.into(), found: Err(Problem { problem: problem.into(), to_do: to_do.into() }) }
    }

    /// Ok, or a problem where something does not hold.
    fn that(holds: bool, what: &str, ok: impl Into<String>, problem: impl Into<String>, to_do: &str) -> Self {
        if holds { Self::ok(what, ok) } else { Self::problem(what, problem, to_do) }
    }
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, mend, consent, json } = arguments;
    let pipeline = place.connect().await?;
    if mend && !mend::mend(&pipeline, consent).await? {
        return Ok(ExitCode::FAILURE);
    }
    let lines = look(&pipeline, place.is_local()).await;
    for Line { what, found } in &lines {
        match (json, found) {
            (true, Ok(found)) => writeln!(out, "{}", json!({ "check": what, "ok": true, "found": found }))?,
            (true, Err(Problem { problem, to_do })) => {
                writeln!(out, "{}", json!({ "check": what, "ok": false, "problem": problem, "to_do": to_do }))?;
            }
            (false, Ok(found)) => writeln!(out, "ok       {what}: {}", plain(found))?,
            (false, Err(Problem { problem, to_do })) => {
                writeln!(out, "PROBLEM  {what}: {}\n         {to_do}", plain(problem))?;
            }
        }
    }
    let problems = lines.iter().filter(|line| line.found.is_err()).count();
    if !json {
        match problems {
            0 => writeln!(out, "\n{place} has all that was looked for.")?,
            problems => writeln!(out, "\n{problems} of {} checks found a problem.", lines.len())?,
        }
    }
    Ok(if problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All checks at once, in the order in which they are shown.
async fn look(pipeline: &Pipeline, is_local: bool) -> Vec<Line> {
    let functions = &Functions::read(pipeline).await;
    let checks: Vec<futures::future::BoxFuture<'_, Vec<Line>>> = vec![
        Box::pin(aws::credentials(pipeline)),
        Box::pin(table::check(pipeline, is_local)),
        Box::pin(aws::queues(pipeline, functions)),
        Box::pin(aws::mappings(pipeline)),
        Box::pin(schedules::check(pipeline)),
        Box::pin(topics::check(pipeline)),
        Box::pin(functions.check(pipeline)),
        Box::pin(aws::parameters(pipeline, functions)),
        Box::pin(api::check(pipeline, functions)),
        Box::pin(folders::check(pipeline, functions)),
        Box::pin(api::clock(functions)),
    ];
    join_all(checks).await.into_iter().flatten().collect()
}
