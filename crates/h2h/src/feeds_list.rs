//! `h2h feeds`: the feeds and their columns, in plain words.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};
use feeds::Feed;
use serde_json::json;

use crate::feed::feed_names;

/// List the feeds, and the columns that a sheet for each must have
///
/// Needs neither an account nor a network.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h feeds
  h2h feeds --feed nsss
  h2h feeds --json | jq -r .feed")]
pub(crate) struct Arguments {
    /// Only this one
    #[arg(long, value_name = "FEED", value_parser = feed_names())]
    feed: Option<&'static Feed>,
    /// Print one JSON object a line, one for each feed
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    for feed in feeds::all().iter().filter(|feed| arguments.feed.is_none_or(|only| only == **feed)) {
        if arguments.json {
            let columns: Vec<_> =
                feed.columns().iter().map(|column| json!({ "name": column.name(), "about": column.about() })).collect();
            writeln!(out, "{}", json!({ "feed": feed, "title": feed.title(), "columns": columns }))?;
        } else {
            page(feed, out)?;
        }
    }
    if !arguments.json {
        writeln!(
            out,
            "Every column named here must be there, in any order; cells may be blank unless it says otherwise. Other \
             columns are carried\nalong into the summary. h2h template --feed FEED writes a sheet to begin with."
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

fn page(feed: &Feed, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    for column in feed.columns() {
        table.add_row([column.name(), column.about()]);
    }
    writeln!(out, "{feed}: {}\n{}\n", feed.title(), table.trim_fmt())?;
    Ok(())
}
