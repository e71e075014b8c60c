//! `h2h poll`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use clap::Args;
use feeds::Feed;
use serde_json::json;

use crate::feed::feed_names;
use crate::place::Place;

/// Look into a feed's folder now, instead of within five minutes
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
    place: Place,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { feed, place } = arguments;
    let pipeline = place.connect().await?;
    let function = pipeline.splitter();
    let event = Blob::new(json!({ "feed": feed.name() }).to_string());
    let request = pipeline.lambda.invoke().function_name(function).invocation_type(InvocationType::Event);
    request
        .payload(event)
        .send()
        .await
        .with_context(|| format!("cannot start the function {function}: check your permissions"))?;
    writeln!(out, "The folder of {feed} in {place} is being looked into. `h2h runs` shows what was taken.")?;
    Ok(ExitCode::SUCCESS)
}
