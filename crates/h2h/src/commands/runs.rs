use ledger::RunState::{self, Cancelled, Enqueueing, Posting, Reading, Rejected, Reported};

use crate::command_prelude::*;

/// The states that a run can be looked up by: all but that of one whose file changed while it was read.
const STATES: [RunState; 6] = [Reading, Enqueueing, Posting, Reported, Rejected, Cancelled];

/// List the runs: what became of each sheet
#[derive(Args)]
#[command(after_help = "Examples:
  h2h runs --stage staging
  h2h runs --stage staging --feed spl --since 30d --state posting")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// Only runs of this feed
    #[arg(long, value_parser = feed_names())]
    feed: Option<&'static Feed>,
    /// Only runs whose sheet was taken since: 30m, 12h, 7d or a date
    #[arg(long, value_name = "WHEN", value_parser = since, default_value = "7d")]
    since: DateTime<Utc>,
    /// Only runs in this state
    #[arg(long, value_parser = one_of(&STATES, RunState::as_str))]
    state: Option<RunState>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    runs: Vec<RunView>,
    #[serde(skip)]
    environment: String,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    show(&collect(&args.environment.connect().await?, args).await?, args.json, out)
}

async fn collect(environment: &Environment, args: &Arguments) -> anyhow::Result<Report> {
    let mut runs = Vec::new();
    for feed in feeds::all().iter().filter(|feed| args.feed.is_none_or(|only| only == **feed)) {
        let found = environment.ledger.runs(feed, args.since).await.context("cannot list the runs")?;
        for run in found.into_iter().filter(|run| args.state.is_none_or(|state| state == run.state)) {
            runs.push(RunView::look(&environment.ledger, run).await?);
        }
    }
    runs.sort_by_key(|one| one.claimed_at);
    Ok(Report { runs, environment: environment.to_string() })
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.runs.is_empty() {
            return writeln!(out, "There are no such runs in {}: --since 30d looks further back.", self.environment);
        }
        let now = Utc::now();
        let header = ["run", "feed", "file", "state", "taken", "rows", "sent", "to fix", "dead"];
        let rows = self.runs.iter().map(|run| {
            [
                text(run.id.as_str()),
                text(run.feed.name()),
                text(&run.file),
                text(run.state.as_str()),
                text(format!("{} ago", age(run.claimed_at, now))),
                number(run.rows_read),
                number(run.sent()),
                number(run.count(Outcome::Rejected) + run.count(Outcome::Failed)),
                number(run.count(Outcome::DeadLettered) + run.count(Outcome::Uncertain)),
            ]
        });
        writeln!(out, "{}", table(&header, rows))
    }

    fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        lines(out, &self.runs)
    }
}
