use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use serde_json::json;

use crate::command_prelude::*;

/// Look into a feed's folder now, instead of within a minute
///
/// Starts the splitter as its schedule does. Two at once do no harm: a file is taken by one of them.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h poll spl --stage staging")]
pub(crate) struct Arguments {
    /// The feed
    #[arg(value_parser = feed_names())]
    feed: &'static Feed,
    #[command(flatten)]
    environment: EnvironmentArgs,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (feed, environment) = (args.feed, args.environment.connect().await?);
    let function = &environment.names.splitter;
    let event = Blob::new(json!({ "feed": feed.name() }).to_string());
    let request = environment.clients.lambda.invoke().function_name(function).invocation_type(InvocationType::Event);
    let started = request.payload(event).send().await;
    started.with_context(|| format!("cannot start the function {function}: check your permissions"))?;
    writeln!(out, "The folder of {feed} in {environment} is being looked into. `h2h runs` shows what was taken.")?;
    Ok(Exit::Well)
}
