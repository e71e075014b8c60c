use crate::command_prelude::*;

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

#[derive(Serialize)]
struct Report(Vec<FeedView>);

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
    let wanted = feeds::all().iter().filter(|feed| args.feed.is_none_or(|only| only == **feed));
    let view = |feed: &&'static Feed| {
        let columns = feed.columns().iter();
        let columns = columns.map(|column| ColumnView { name: column.name, about: column.about }).collect();
        FeedView { feed, title: feed.title, columns }
    };
    show(&Report(wanted.map(view).collect()), args.json, out)
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        for FeedView { feed, title, columns } in &self.0 {
            let columns = columns.iter().map(|column| [column.name, column.about]);
            writeln!(out, "{feed}: {title}\n{}\n", table(&[], columns))?;
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
