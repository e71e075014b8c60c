use operations::cancel::{self, Closing};

use crate::command_prelude::*;

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
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    confirm: Confirm,
    /// Print one JSON object a line: every row that was created or known, then the counts
    #[arg(long)]
    json: bool,
}

/// A run that is cancelled.
#[derive(Serialize)]
pub(crate) struct Report {
    run: RunId,
    state: RunState,
    #[serde(flatten)]
    rows: Closing,
    sent: u64,
}

/// The words for whoever must agree to it.
pub(crate) fn in_words(view: &RunView, environment: &Environment) -> String {
    let (RunView { id, feed, rows_read, .. }, file) = (view, plain(&view.file));
    let (open, were_sent) = (view.open(), count(view.sent(), "was", "were"));
    format!(
        "Run {id} of {environment} ({file}, {feed}) would be cancelled for good. {open} of {rows_read} rows are open and would \
         never be sent; {were_sent} sent already, and would stay in Here to Help."
    )
}

/// Cancels it and closes its rows.
pub(crate) async fn act(
    ledger: &Ledger,
    id: &RunId,
    why: &str,
    on_rows: impl FnMut(u64),
) -> anyhow::Result<(Run, Closing)> {
    let run = cancel::cancel(ledger, id, why, &who()).await.context("nothing was cancelled")?;
    let closing = cancel::close_rows(ledger, &run, on_rows).await.context(
        "the run is cancelled, but not all of its rows are closed: do it again, or leave them to the next sweep",
    )?;
    Ok((run, closing))
}

#[derive(Serialize)]
struct SentRow {
    row: String,
    outcome: Option<Outcome>,
    #[serde(flatten)]
    ids: Ids,
    #[serde(skip)]
    line: String,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let why = args.why.text()?;
    let (environment, run) = args.run.find().await?;
    let ledger = &environment.ledger;
    let view = RunView::look(ledger, run).await?;
    args.confirm.ask(&in_words(&view, &environment))?;
    let bar = ProgressBar::new_spinner().with_message("closing its rows");
    let done = act(ledger, &view.id, why, |rows| bar.inc(rows)).await;
    bar.finish_and_clear();
    let (run, rows) = done?;
    let mut sent = 0;
    let mut each = ledger.rows(&run);
    while run.has_rows()
        && let Some(row) = each.next().await.context("the run is cancelled; what was sent cannot be listed")?
    {
        if matches!(row.outcome(), Some(Outcome::Created | Outcome::AlreadyKnown)) {
            sent += 1;
            let (id, line) = (row.id(&run.id).to_string(), row_line(&run.id, &row, false));
            show(&SentRow { row: id, outcome: row.outcome(), ids: Ids::of(&row), line }, args.json, out)?;
        }
    }
    show(&Report::of(&run, rows, sent), args.json, out)
}

impl Report {
    pub(crate) fn of(run: &Run, rows: Closing, sent: u64) -> Self {
        Self { run: run.id.clone(), state: run.state, rows, sent }
    }
}

impl render::Report for SentRow {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.line)
    }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let (run, Closing { closed, uncertain, in_hand }) = (&self.run, self.rows);
        let (rows, were) = (count(closed, "row", "rows"), count(self.sent, "was", "were"));
        let stay = if self.sent == 1 { "stays" } else { "stay" };
        writeln!(
            out,
            "Run {run} is cancelled. {rows} will never be sent; {were} sent before, and {stay} in Here to Help."
        )?;
        if uncertain > 0 {
            let rows = count(uncertain, "row", "rows");
            writeln!(out, "{rows} may have been sent: `h2h rows {run} --outcome uncertain`.")?;
        }
        if in_hand > 0 {
            let rows = count(in_hand, "row is", "rows are");
            writeln!(out, "{rows} being sent now: look again with `h2h show {run}`.")?;
        }
        Ok(())
    }
}
