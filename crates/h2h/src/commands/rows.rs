use crate::command_prelude::*;

/// List the rows of a run and what became of each
///
/// One line a row, as they are read: row, outcome, attempts, last error, ids in Here to Help. Reasons may quote the sheet
/// and are shown only if you ask for them; `h2h dlq show RUN/ROW` shows one row whole.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h rows 3f2a --stage staging --outcome rejected,failed
  h2h rows 3f2a --stage staging --row 17 --reveal")]
pub(crate) struct Arguments {
    #[command(flatten)]
    run: RunArgs,
    /// Only rows with one of these outcomes, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = one_of(Outcome::ALL, Outcome::as_str))]
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

#[derive(Serialize)]
struct Report<'a> {
    row: String,
    outcome: Option<Outcome>,
    class: Option<&'a str>,
    attempts: u32,
    settled_at: Option<DateTime<Utc>>,
    #[serde(flatten)]
    ids: Ids,
    /// None unless it is revealed.
    reason: Option<&'a str>,
    #[serde(skip)]
    line: String,
}

/// Shows each row as it is read: a run may have any number of them.
pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (environment, run) = args.run.find().await?;
    let mut rows = environment.ledger.rows(&run);
    while let Some(row) = rows.next().await.with_context(|| format!("cannot read the rows of run {}", run.id))? {
        let is_wanted = args.outcome.is_empty() || row.outcome().is_some_and(|outcome| args.outcome.contains(&outcome));
        if is_wanted && args.row.is_none_or(|only| only == row.row) {
            let report = Report {
                row: row.id(&run.id).to_string(),
                outcome: row.outcome(),
                class: row.error_class(),
                attempts: row.attempts,
                settled_at: row.settled_at,
                ids: Ids::of(&row),
                reason: args.reveal.then(|| row.reason()),
                line: row_line(&run.id, &row, args.reveal),
            };
            show(&report, args.json, out)?;
        }
    }
    Ok(Exit::Well)
}

impl render::Report for Report<'_> {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.line)
    }
}
