//! `h2h feeds`: the feeds and their columns, in plain words.

use std::io::{self, Write};

use clap::Args;
use feeds::Feed;
use serde::Serialize;

use crate::args::words::feed_names;
use crate::exit::Exit;
use crate::render::{self, lines, show, table};

/// List the feeds, and the columns that a sheet for each must have
///
/// Needs neither an account nor a network.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h feeds
  h2h feeds --feed nsss
  h2h feeds --json | jq -r .feed")]
pub struct Arguments {
    /// Only this one
    #[arg(long, value_name = "FEED", value_parser = feed_names())]
    feed: Option<&'static Feed>,
    /// Print one JSON object a line, one for each feed
    #[arg(long)]
    json: bool,
}

/// The feeds.
#[derive(Serialize)]
pub struct Report(Vec<FeedView>);

#[derive(Serialize)]
struct FeedView {
    feed: &'static Feed,
    title: &'static str,
    columns: Vec<ColumnView>,
}

#[derive(Serialize)]
struct ColumnView {
    name: &'static str,
    about: &'static str,
}

pub(crate) fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    show(&collect(args), args.json, out)
}

/// The feeds that are asked for.
pub fn collect(args: &Arguments) -> Report {
    let wanted = feeds::all().iter().filter(|feed| args.feed.is_none_or(|only| only == **feed));
    let view = |feed: &&'static Feed| {
        let columns = feed.columns().iter();
        let columns = columns.map(|column| ColumnView { name: column.name, about: column.about }).collect();
        FeedView { feed, title: feed.title, columns }
    };
    Report(wanted.map(view).collect())
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        for FeedView { feed, title, columns } in &self.0 {
            let mut table = table();
            table.add_rows(columns.iter().map(|column| [column.name, column.about]));
            writeln!(out, "{feed}: {title}\n{}\n", table.trim_fmt())?;
        }
        writeln!(
            out,
            "Every column named here must be there, in any order; cells may be blank unless it says otherwise. Other \
             columns are carried\nalong into the summary. h2h template --feed FEED writes a sheet to begin with."
        )
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        lines(out, &self.0)
    }
}
