//! `h2h rows`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use feeds::Outcome;
use ledger::{RowRecord, RunId};
use serde_json::json;

use crate::name::RunName;
use crate::place::Place;
use crate::show::plain;

/// List the rows of a run and what became of each
///
/// One line a row, as they are read: row, outcome, attempts, last error, ids in Here to Help. Reasons may quote the sheet
/// and are shown only if you ask for them; `h2h dlq show RUN/ROW` shows one row whole.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h rows 3f2a --stage staging --outcome rejected,failed
  h2h rows 3f2a --stage staging --row 17 --reveal")]
pub(crate) struct Arguments {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    name: RunName,
    #[command(flatten)]
    place: Place,
    /// Only rows with one of these outcomes, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = outcomes())]
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

fn outcomes() -> impl TypedValueParser<Value = Outcome> {
    PossibleValuesParser::new(Outcome::ALL.iter().copied().map(Outcome::as_str)).try_map(|word| word.parse::<Outcome>())
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { name, place, outcome: wanted, row: only, reveal, json } = arguments;
    let ledger = place.connect().await?.ledger;
    let run = name.find(&ledger).await?;
    let mut rows = ledger.rows(&run);
    while let Some(row) = rows.next().await.with_context(|| format!("cannot read the rows of run {}", run.id))? {
        let is_wanted = wanted.is_empty() || row.outcome().is_some_and(|outcome| wanted.contains(&outcome));
        if !is_wanted || only.is_some_and(|only| only != row.row) {
            continue;
        }
        if json {
            let settled = row.settlement.as_ref();
            let reason = reveal.then(|| settled.map_or("", |settled| &settled.reason));
            let line = json!({
                "row": row.id(&run.id).to_string(), "outcome": row.outcome(), "class": row.error_class(),
                "attempts": row.attempts, "settled_at": row.settled_at,
                "resident_id": settled.and_then(|settled| settled.resident_id),
                "help_request_id": row.delivery.help_request_id,
                "follow_up_id": settled.and_then(|settled| settled.follow_up_id), "reason": reason,
            });
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}", line(&run.id, &row, reveal))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A row on one line.
pub(crate) fn line(run: &RunId, row: &RowRecord, reveal: bool) -> String {
    let settled = row.settlement.as_ref();
    let outcome = row.outcome().map_or("open", Outcome::as_str);
    let class = row.error_class().unwrap_or_default();
    let ids = [
        ("resident", settled.and_then(|settled| settled.resident_id)),
        ("request", row.delivery.help_request_id),
        ("follow-up", settled.and_then(|settled| settled.follow_up_id)),
    ];
    let ids = ids.iter().filter_map(|(name, id)| Some(format!("{name} {}", (*id)?))).collect::<Vec<_>>();
    let reason = settled.filter(|_| reveal).map(|settled| plain(&settled.reason)).unwrap_or_default();
    let (id, attempts, ids) = (row.id(run).to_string(), row.attempts, ids.join(", "));
    let line = format!("{id:<28} {outcome:<13} {attempts:>2} {class:<17} {ids} {reason}");
    line.trim_end().to_owned()
}
