use crate::command_prelude::*;

/// Pause posting until somebody resumes it
///
/// Rows that are being posted end; the others wait in the queue, and waiting uses up none of their attempts. Sheets are
/// read on, and nothing is lost. The service does not end such a pause by itself: `h2h resume` does.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h pause --stage production --why \"Here to Help is being upgraded until 18:00\"")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    why: Why,
    #[command(flatten)]
    confirm: Confirm,
    /// Print the circuit breaker as one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let why = args.why.text()?;
    let environment = args.environment.connect().await?;
    let now = PostingView::look(&environment.ledger).await?;
    args.confirm.ask(&format!("{now}\nPosting in {environment} would be paused until somebody resumes it."))?;
    let paused = operations::breaker::pause(&environment.ledger, &environment.mapping, why, &who()).await;
    show(&PostingView::of(paused.context("posting may not be paused whole")?), args.json, out)
}
