use crate::command_prelude::*;

/// Let rows be posted again
#[derive(Args)]
#[command(after_help = "Examples:
  h2h resume --stage production")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    #[command(flatten)]
    confirm: Confirm,
    /// Print the circuit breaker as one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let environment = args.environment.connect().await?;
    let now = PostingView::look(&environment.ledger).await?;
    args.confirm.ask(&format!("{now}\nPosting in {environment} would go on."))?;
    let resumed = operations::breaker::resume(&environment.ledger, &environment.mapping, &who()).await;
    show(&PostingView::of(resumed.context("posting may not be resumed whole")?), args.json, out)
}
