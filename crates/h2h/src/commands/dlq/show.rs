use std::iter::repeat;

use ledger::RowId;

use crate::command_prelude::*;

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
    environment: EnvironmentArgs,
    /// Show the resident's data too
    #[arg(long)]
    reveal: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The text in place of what is not revealed.
pub(crate) const MASK: &str = "•••";

/// A row; what may quote the resident's data is masked, unless it is revealed.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) row: String,
    pub(crate) feed: &'static Feed,
    pub(crate) file: String,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) class: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) ledgered_at: DateTime<Utc>,
    pub(crate) settled_at: Option<DateTime<Utc>>,
    pub(crate) claimed_until: Option<DateTime<Utc>>,
    pub(crate) may_have_been_sent: bool,
    #[serde(flatten)]
    pub(crate) ids: Ids,
    pub(crate) reason: String,
    pub(crate) how_to_fix: String,
    pub(crate) warnings: Vec<String>,
    pub(crate) kept_until: DateTime<Utc>,
    pub(crate) cells: Vec<CellView>,
    pub(crate) revealed: bool,
}

#[derive(Serialize)]
pub(crate) struct CellView {
    pub(crate) column: String,
    pub(crate) cell: String,
}

pub(super) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let ledger = &args.environment.connect().await?.ledger;
    let (run, id) = args.row.find(ledger).await?;
    show(&collect(ledger, run, &id, args.reveal).await?, args.json, out)
}

pub(crate) async fn collect(ledger: &Ledger, run: Run, id: &RowId, reveal: bool) -> anyhow::Result<Report> {
    let row = ledger.row(&run, id.row).await.with_context(|| format!("cannot look at row {id}"))?;
    let row = row.with_context(|| {
        format!(
            "the ledger does not have row {id}: the sheet has no such row, or it was deleted when its time was over"
        )
    })?;
    Ok(report(run, row, reveal))
}

fn report(run: Run, row: RowRecord, reveal: bool) -> Report {
    let personal = |text: &str| if reveal || text.is_empty() { text.to_owned() } else { MASK.to_owned() };
    let columns = run.header.as_ref().map(|header| header.columns.as_slice()).unwrap_or_default();
    let columns = columns.iter().cloned().chain(repeat(String::new()));
    let cell = |(cell, column): (&String, _)| CellView { column, cell: personal(cell) };
    Report {
        row: row.id(&run.id).to_string(),
        feed: run.feed,
        outcome: row.outcome(),
        class: row.error_class().map(str::to_owned),
        attempts: row.attempts,
        ledgered_at: run.claimed_at,
        settled_at: row.settled_at,
        claimed_until: row.claimed_until,
        may_have_been_sent: row.may_have_been_sent,
        ids: Ids::of(&row),
        reason: personal(row.reason()),
        how_to_fix: personal(row.how_to_fix()),
        warnings: row.warnings.iter().map(|warning| personal(warning)).collect(),
        kept_until: row.expires_at,
        cells: row.cells.iter().zip(columns).map(cell).collect(),
        file: run.file_name,
        revealed: reveal,
    }
}

impl Report {
    /// All that is known of it beside its cells, by name; what is empty is not known.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let now = Utc::now();
        let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let at = |at| instant_and_age(at, now);
        let state = match (self.outcome, self.claimed_until.is_some()) {
            (Some(outcome), false) => outcome.to_string(),
            (Some(outcome), true) => format!("{outcome}, and being tried again"),
            (None, false) => "pending".to_owned(),
            (None, true) => "being posted".to_owned(),
        };
        let in_doubt = if self.may_have_been_sent { "yes: it is looked for before it is sent again" } else { "" };
        let mut known = vec![
            ("row", self.row.clone()),
            ("file", format!("{} ({})", self.file, self.feed)),
            ("state", state),
            ("last error", self.class.clone().unwrap_or_default()),
            ("attempts", self.attempts.to_string()),
            ("ledgered", at(self.ledgered_at)),
            ("settled", self.settled_at.map(at).unwrap_or_default()),
            ("claimed until", self.claimed_until.map(instant).unwrap_or_default()),
            ("may have been sent", in_doubt.to_owned()),
            ("resident", id(self.ids.resident_id)),
            ("help request", id(self.ids.help_request_id)),
            ("follow-up", id(self.ids.follow_up_id)),
            ("reason", self.reason.clone()),
            ("what to do", self.how_to_fix.clone()),
        ];
        known.extend(self.warnings.iter().map(|warning| ("warning", warning.clone())));
        known.push(("kept until", instant(self.kept_until)));
        known
    }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", facts(self.facts()))?;
        let cells = self.cells.iter().map(|CellView { column, cell }| [plain(column), plain(cell)]);
        writeln!(out, "{}", table(&[], cells))?;
        if !self.revealed {
            writeln!(out, "\n{MASK} is the resident's data: --reveal shows it.")?;
        }
        Ok(())
    }
}
