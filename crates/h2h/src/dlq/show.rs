//! `h2h dlq show`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use clap::Args;
use ledger::{RowRecord, Run};
use serde_json::{Value, json};

use crate::name::RowName;
use crate::place::Place;
use crate::show::{age, instant, plain, table};

/// Show all that is known of a row
///
/// What the sheet says of the resident is masked unless you ask for it.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq show 3f2a/17 --stage staging
  h2h dlq show 3f2a/17 --stage staging --reveal")]
pub(crate) struct Arguments {
    /// The row: the first digits of its run's id, and its number in the sheet
    #[arg(value_name = "RUN/ROW")]
    row: RowName,
    #[command(flatten)]
    place: Place,
    /// Show the resident's data too
    #[arg(long)]
    reveal: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What stands in place of what is not revealed.
const MASK: &str = "•••";

pub(super) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { row, place, reveal, json } = arguments;
    let ledger = place.connect().await?.ledger;
    let (run, id) = row.find(&ledger).await?;
    let record = ledger.row(&run, id.row).await.with_context(|| format!("cannot look at row {id}"))?;
    let record = record.ok_or_else(|| {
        anyhow!(
            "the ledger does not have row {id}: the sheet has no such row, or it was deleted when its time was over"
        )
    })?;
    let shown = Shown { run: &run, record: &record, reveal };
    if json { writeln!(out, "{}", shown.object()) } else { shown.page(Utc::now(), out) }
        .context("cannot write the row")?;
    Ok(ExitCode::SUCCESS)
}

struct Shown<'a> {
    run: &'a Run,
    record: &'a RowRecord,
    reveal: bool,
}

impl Shown<'_> {
    /// Text that may quote the resident's data.
    fn personal<'t>(&self, text: &'t str) -> &'t str {
        if self.reveal || text.is_empty() { text } else { MASK }
    }

    fn state(&self) -> String {
        let claimed = self.record.claimed_until.is_some();
        match (self.record.outcome(), claimed) {
            (Some(outcome), false) => outcome.to_string(),
            (Some(outcome), true) => format!("{outcome}, and being tried again"),
            (None, false) => "pending".to_owned(),
            (None, true) => "being posted".to_owned(),
        }
    }

    /// Column names and cells.
    fn cells(&self) -> impl Iterator<Item = (&str, &str)> {
        let columns = self.run.header.as_ref().map(|header| header.columns.as_slice()).unwrap_or_default();
        let cells = self.record.cells.iter().enumerate();
        cells.map(|(index, cell)| (columns.get(index).map_or("", String::as_str), self.personal(cell)))
    }

    fn page(&self, now: DateTime<Utc>, out: &mut dyn Write) -> io::Result<()> {
        let record = self.record;
        let mut facts = table();
        let mut fact = |name: &str, value: String| {
            if !value.is_empty() {
                facts.add_row([name.to_owned(), plain(&value)]);
            }
        };
        let text = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let at = |at: DateTime<Utc>| format!("{} ({} ago)", instant(at), age(at, now));
        fact("row", record.id(&self.run.id).to_string());
        fact("file", format!("{} ({})", self.run.file_name, self.run.feed));
        fact("state", self.state());
        fact("last error", record.error_class().unwrap_or_default().to_owned());
        fact("attempts", record.attempts.to_string());
        fact("ledgered", at(self.run.claimed_at));
        fact("settled", record.settled_at.map(at).unwrap_or_default());
        fact("claimed until", record.claimed_until.map(instant).unwrap_or_default());
        if record.may_have_been_sent {
            fact("may have been sent", "yes: it is looked for before it is sent again".to_owned());
        }
        let settled = record.settlement.as_ref();
        fact("resident", text(settled.and_then(|settled| settled.resident_id)));
        fact("help request", text(record.delivery.help_request_id));
        fact("follow-up", text(settled.and_then(|settled| settled.follow_up_id)));
        if let Some(settled) = settled {
            fact("reason", self.personal(&settled.reason).to_owned());
            fact("what to do", self.personal(&settled.how_to_fix).to_owned());
        }
        for warning in &record.warnings {
            fact("warning", self.personal(warning).to_owned());
        }
        fact("kept until", instant(record.expires_at));
        writeln!(out, "{}\n", facts.trim_fmt())?;
        let mut cells = table();
        for (column, cell) in self.cells() {
            cells.add_row([plain(column), plain(cell)]);
        }
        writeln!(out, "{}", cells.trim_fmt())?;
        if !self.reveal {
            writeln!(out, "\n{MASK} is the resident's data: --reveal shows it.")?;
        }
        Ok(())
    }

    fn object(&self) -> Value {
        let record = self.record;
        let warnings: Vec<&str> = record.warnings.iter().map(|warning| self.personal(warning)).collect();
        let settled = record.settlement.as_ref();
        let cells: Vec<Value> = self.cells().map(|(column, cell)| json!({ "column": column, "cell": cell })).collect();
        json!({
            "row": record.id(&self.run.id).to_string(),
            "feed": self.run.feed.name(),
            "file": self.run.file_name,
            "outcome": record.outcome(),
            "class": record.error_class(),
            "attempts": record.attempts,
            "ledgered_at": self.run.claimed_at,
            "settled_at": record.settled_at,
            "claimed_until": record.claimed_until,
            "may_have_been_sent": record.may_have_been_sent,
            "resident_id": settled.and_then(|settled| settled.resident_id),
            "help_request_id": record.delivery.help_request_id,
            "follow_up_id": settled.and_then(|settled| settled.follow_up_id),
            "reason": settled.map_or("", |settled| self.personal(&settled.reason)),
            "how_to_fix": settled.map_or("", |settled| self.personal(&settled.how_to_fix)),
            "warnings": warnings,
            "kept_until": record.expires_at,
            "cells": cells,
            "revealed": self.reveal,
        })
    }
}
