//! `h2h watch`.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use chrono::TimeDelta;
use clap::Args;
use indicatif::{MultiProgress, ProgressBar};
use ledger::{Ledger, Run, RunId};
use serde_json::json;

use crate::bar::bar;
use crate::name::RunName;
use crate::place::Place;
use crate::seen::Seen;
use crate::show::{columns, plain, span};

/// How many digits of a run's id mostly make it the only one.
const SHORT_NAME: usize = 6;
/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Watch a run, or all that are under way, until they are done
///
/// A bar for each: read, enqueued and settled rows, rows a second, and the time that is left at this rate. Where it is not a
/// terminal, a line for each change. It ends by itself when nothing is left to wait for.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h watch --stage staging
  h2h watch 3f2a --stage staging --json")]
pub(crate) struct Arguments {
    /// The first digits of the run's id; all runs that are under way if left out
    #[arg(value_name = "RUN")]
    name: Option<RunName>,
    #[command(flatten)]
    place: Place,
    /// Print one JSON object a line, one for each change of a run
    #[arg(long)]
    json: bool,
}

/// A run that is watched.
struct Watched {
    began: Instant,
    settled_then: u64,
    line: String,
    bar: ProgressBar,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { name, place, json } = arguments;
    let ledger = place.connect().await?.ledger;
    let only = match name {
        Some(name) => Some(name.find(&ledger).await?.id),
        None => None,
    };
    let bars = MultiProgress::new();
    let has_bars = !json && std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
    let mut watched: BTreeMap<RunId, Watched> = BTreeMap::new();
    loop {
        let mut waits = false;
        for run in runs(&ledger, only.as_ref(), &watched).await.context("cannot look at the runs")? {
            let seen = Seen::look(&ledger, run).await.context("cannot look at a run")?;
            let waits_for = seen.waits_for();
            waits |= waits_for.is_some();
            let one = watched.entry(seen.run.id.clone()).or_insert_with(|| Watched {
                began: Instant::now(),
                settled_then: seen.settled(),
                line: String::new(),
                bar: bars.add(bar(0, columns())),
            });
            let rate = rate(seen.settled() - one.settled_then.min(seen.settled()), one.began.elapsed());
            let line = line(&seen, waits_for.as_deref());
            if has_bars {
                one.bar.set_length(seen.run.rows_read);
                one.bar.set_position(seen.settled());
                one.bar.set_message(beside_the_bar(&seen, rate, waits_for.as_deref()));
            } else if line != one.line {
                match json {
                    true => writeln!(out, "{}", object(&seen, rate))?,
                    false => writeln!(out, "{line}{}", left(&seen, rate))?,
                }
                out.flush()?;
            }
            one.line = line;
        }
        if !waits {
            break;
        }
        tokio::time::sleep(EVERY).await;
    }
    for one in watched.values() {
        one.bar.finish_and_clear();
        if has_bars {
            writeln!(out, "{}", one.line)?;
        }
    }
    if watched.is_empty() && !json {
        writeln!(out, "No run is under way in {place}.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The runs to look at: the one, or those that are under way and those that were.
async fn runs(ledger: &Ledger, only: Option<&RunId>, watched: &BTreeMap<RunId, Watched>) -> ledger::Result<Vec<Run>> {
    if let Some(id) = only {
        return Ok(ledger.run(id).await?.into_iter().collect());
    }
    let mut ids: std::collections::BTreeSet<RunId> = watched.keys().cloned().collect();
    for feed in feeds::all() {
        ids.extend(ledger.open_run_ids(feed).await?);
    }
    ledger.runs_of_ids(&ids).await
}

/// A run beside its bar, what matters most first.
fn beside_the_bar(seen: &Seen, rate: f64, waits_for: Option<&str>) -> String {
    let run = &seen.run;
    let then = waits_for.map_or_else(|| run.state.as_str().to_owned(), |what| format!("waits for {what}"));
    format!(
        "{} {}/{}{}; {then}; {} enqueued; {}",
        run.id.as_str().chars().take(SHORT_NAME).collect::<String>(),
        seen.settled(),
        run.rows_read,
        left(seen, rate),
        run.rows_enqueued,
        plain(&run.file_name),
    )
}

/// Rows a second.
fn rate(settled: u64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() { 0.0 } else { settled as f64 / elapsed.as_secs_f64() }
}

fn seconds_left(seen: &Seen, rate: f64) -> Option<u64> {
    let open = seen.run.rows_read.saturating_sub(seen.settled());
    (open > 0 && rate > 0.0).then(|| (open as f64 / rate).ceil() as u64)
}

fn left(seen: &Seen, rate: f64) -> String {
    match seconds_left(seen, rate) {
        Some(seconds) => {
            let left = TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000));
            format!("; {rate:.1} rows/s, {} left", span(left))
        }
        None => String::new(),
    }
}

/// A run on one line: the same while nothing happens to it.
fn line(seen: &Seen, waits_for: Option<&str>) -> String {
    let run = &seen.run;
    let then = waits_for.map_or_else(|| format!("{}: done", run.state.as_str()), |what| format!("waits for {what}"));
    format!(
        "{} {}: {} read, {} enqueued, {} settled; {then}",
        run.id,
        plain(&run.file_name),
        run.rows_read,
        run.rows_enqueued,
        seen.settled()
    )
}

fn object(seen: &Seen, rate: f64) -> serde_json::Value {
    let run = &seen.run;
    json!({
        "run": run.id.as_str(), "state": run.state, "rows_read": run.rows_read, "rows_enqueued": run.rows_enqueued,
        "settled": seen.settled(), "rows_per_second": rate, "seconds_left": seconds_left(seen, rate),
        "waits_for": seen.waits_for(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_most_stands_first_beside_the_bar() {
        let run = json!({
            "id": "0123456789abcdef0123", "feed": "spl", "file_id": "f", "file_name": "week-9.csv", "revision": "a",
            "file_created": 0, "file_modified": 0, "rules": { "as_of": "2021-03-08", "excluded": [] },
            "rules_version": 1, "lanes": 16, "state": "posting", "claimed_at": 0, "reading": 1,
            "rows_read": 12_000, "settled_at_split": { "rejected": 7_500 }, "enqueued_to": 0, "rows_enqueued": 4_500,
        });
        let run = serde_json::from_value(run).expect("a run");
        let seen = Seen { run, progress: ledger::Progress::default() };
        let beside = beside_the_bar(&seen, 3.2, Some("4500 of 12000 rows to be posted"));
        insta::assert_snapshot!(beside, @"012345 7500/12000; 3.2 rows/s, 23 min left; waits for 4500 of 12000 rows to be posted; 4500 enqueued; week-9.csv");
    }

    #[test]
    fn the_rate_is_what_settled_since_it_is_watched() {
        assert!((rate(30, Duration::from_secs(10)) - 3.0).abs() < f64::EPSILON);
        assert!(rate(30, Duration::ZERO).abs() < f64::EPSILON);
    }
}
