//! `h2h dlq show`.

use std::io::{self, Write};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use clap::Args;
use feeds::{Feed, Outcome};
use ledger::{RowRecord, Run};
use serde::Serialize;

use crate::args::environment::EnvironmentArgs;
use crate::args::names::RowName;
use crate::environment::Environment;
use crate::render::{self, Facts, instant, instant_and_age, plain, table};
use crate::row_view::Ids;

/// Show all that is known of a row
///
/// What the sheet says of the resident is masked unless you ask for it.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h dlq show 3f2a/17 --stage staging
  h2h dlq show 3f2a/17 --stage staging --reveal")]
pub struct Arguments {
    /// The row: the first digits of its run's id, and its number in the sheet
    #[arg(value_name = "RUN/ROW")]
    row: RowName,
    #[command(flatten)]
    pub(super) environment: EnvironmentArgs,
    /// Show the resident's data too
    #[arg(long)]
    reveal: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// The text in place of what is not revealed.
const MASK: &str = "•••";

/// A row; what may quote the resident's data is masked, unless it is revealed.
#[derive(Serialize)]
pub struct Report {
    row: String,
    feed: &'static Feed,
    file: String,
    outcome: Option<Outcome>,
    class: Option<String>,
    attempts: u32,
    ledgered_at: DateTime<Utc>,
    settled_at: Option<DateTime<Utc>>,
    claimed_until: Option<DateTime<Utc>>,
    may_have_been_sent: bool,
    #[serde(flatten)]
    ids: Ids,
    reason: String,
    how_to_fix: String,
    warnings: Vec<String>,
    kept_until: DateTime<Utc>,
    cells: Vec<CellView>,
    revealed: bool,
}

#[derive(Serialize)]
struct CellView {
    column: String,
    cell: String,
}

/// Looks at the row.
///
/// # Errors
/// The ledger does not have it, and the ledger's own.
pub async fn collect(environment: &Environment, args: &Arguments) -> anyhow::Result<Report> {
    let ledger = &environment.ledger;
    let (run, id) = args.row.find(ledger).await?;
    let record = ledger.row(&run, id.row).await.with_context(|| format!("cannot look at row {id}"))?;
    let record = record.ok_or_else(|| {
        anyhow!(
            "the ledger does not have row {id}: the sheet has no such row, or it was deleted when its time was over"
        )
    })?;
    Ok(report(&run, &record, args.reveal))
}

fn report(run: &Run, record: &RowRecord, reveal: bool) -> Report {
    let personal = |text: &str| if reveal || text.is_empty() { text.to_owned() } else { MASK.to_owned() };
    let columns = run.header.as_ref().map(|header| header.columns.as_slice()).unwrap_or_default();
    let cells = record.cells.iter().enumerate();
    let cells = cells.map(|(index, cell)| CellView {
        column: columns.get(index).cloned().unwrap_or_default(),
        cell: personal(cell),
    });
    Report {
        row: record.id(&run.id).to_string(),
        feed: run.feed,
        file: run.file_name.clone(),
        outcome: record.outcome(),
        class: record.error_class().map(str::to_owned),
        attempts: record.attempts,
        ledgered_at: run.claimed_at,
        settled_at: record.settled_at,
        claimed_until: record.claimed_until,
        may_have_been_sent: record.may_have_been_sent,
        ids: Ids::of(record),
        reason: personal(record.reason()),
        how_to_fix: personal(record.how_to_fix()),
        warnings: record.warnings.iter().map(|warning| personal(warning)).collect(),
        kept_until: record.expires_at,
        cells: cells.collect(),
        revealed: reveal,
    }
}

impl Report {
    fn state(&self) -> String {
        match (self.outcome, self.claimed_until.is_some()) {
            (Some(outcome), false) => outcome.to_string(),
            (Some(outcome), true) => format!("{outcome}, and being tried again"),
            (None, false) => "pending".to_owned(),
            (None, true) => "being posted".to_owned(),
        }
    }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let now = Utc::now();
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let at = |at| instant_and_age(at, now);
        let mut facts = Facts::new();
        facts.add("row", &self.row);
        facts.add("file", format!("{} ({})", self.file, self.feed));
        facts.add("state", self.state());
        facts.add("last error", self.class.as_deref().unwrap_or_default());
        facts.add("attempts", self.attempts.to_string());
        facts.add("ledgered", at(self.ledgered_at));
        facts.add("settled", self.settled_at.map(at).unwrap_or_default());
        facts.add("claimed until", self.claimed_until.map(instant).unwrap_or_default());
        if self.may_have_been_sent {
            facts.add("may have been sent", "yes: it is looked for before it is sent again");
        }
        facts.add("resident", number(self.ids.resident_id));
        facts.add("help request", number(self.ids.help_request_id));
        facts.add("follow-up", number(self.ids.follow_up_id));
        facts.add("reason", &self.reason);
        facts.add("what to do", &self.how_to_fix);
        for warning in &self.warnings {
            facts.add("warning", warning);
        }
        facts.add("kept until", instant(self.kept_until));
        facts.write(out)?;
        let mut cells = table();
        for CellView { column, cell } in &self.cells {
            cells.add_row([plain(column), plain(cell)]);
        }
        writeln!(out, "{}", cells.trim_fmt())?;
        if !self.revealed {
            writeln!(out, "\n{MASK} is the resident's data: --reveal shows it.")?;
        }
        Ok(())
    }
}
