use ledger::ReportMessage;

use crate::command_prelude::*;

/// How long every row of a run is kept, at least: a summary of fewer rows must not replace a whole one.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Write the summary of a run again
///
/// For a summary that was lost or spoilt. It is written over the old one, unless somebody edited that or threw it away: then
/// beside it. Rows are kept for 30 days, and so long it can be done. Exits with 0 if it is asked for, with 1 if it was not
/// agreed to, and with 2 if it cannot be done.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h report 3f2a --stage staging")]
pub(crate) struct Arguments {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    confirm: Confirm,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A summary that is being written.
#[derive(Serialize)]
pub(crate) struct Report {
    run: RunId,
    version: u32,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (environment, run) = args.run.find().await?;
    let ledger = &environment.ledger;
    let run = RunView::look(ledger, run).await?;
    args.confirm.ask(&in_words(&run, &environment)?)?;
    show(&act(&environment, &run).await?, args.json, out)
}

/// The words for whoever must agree to it, if it can be done.
pub(crate) fn in_words(view: &RunView, environment: &Environment) -> anyhow::Result<String> {
    let (id, file, version) = (&view.id, plain(&view.file), last_version(view)?);
    Ok(format!("The summary of run {id} of {environment} ({file}), version {version}, would be written again."))
}

/// Asks for it, in the name of whoever works here.
pub(crate) async fn act(environment: &Environment, view: &RunView) -> anyhow::Result<Report> {
    let (ledger, id, version) = (&environment.ledger, view.id.clone(), last_version(view)?);
    ledger.note_audit_entry(&id, &who(), "asked for the summary again", None).await.context("nothing was asked for")?;
    ledger.ask_report(&view.run).await.context("nothing was asked for")?;
    let message = ReportMessage { run: id.clone() }.body();
    environment.reports.send(&[message]).await.context("the reporter was not told: do it again")?;
    Ok(Report { run: id, version: version + 1 })
}

/// The version of the run's summary, if it can be written again.
fn last_version(RunView { id, run, waits_for, .. }: &RunView) -> anyhow::Result<u32> {
    let Some(report) = run.report.filter(|report| report.version > 0) else {
        let waits = waits_for.as_deref().unwrap_or("nothing: it was never read");
        bail!("run {id} has no summary to write again; it waits for {waits}");
    };
    ensure!(run.forgotten_at.is_none(), "rows of run {id} were forgotten: its summary cannot be written again");
    if run.has_rows() && run.claimed_at + KEPT < Utc::now() {
        bail!("run {id} is older than 30 days, and its rows may be deleted: its summary stays as it is");
    }
    Ok(report.version)
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { run, version } = self;
        writeln!(out, "Version {version} is being written. `h2h show {run}` shows when it is done.")
    }
}
