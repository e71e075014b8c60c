use futures::{StreamExt, TryStreamExt, stream};
use ledger::RunState::{self, Cancelled, Enqueueing, Posting, Reading, Rejected, Reported};

use crate::command_prelude::*;

/// The states that a run can be looked up by: all but that of one whose file changed while it was read.
pub(crate) const STATES: [RunState; 6] = [Reading, Enqueueing, Posting, Reported, Rejected, Cancelled];

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

/// How many runs are looked at at once.
const AT_ONCE: usize = 16;

/// Which runs; what is set must all hold.
pub(crate) struct Wanted {
    pub(crate) feed: Option<&'static Feed>,
    pub(crate) since: DateTime<Utc>,
    pub(crate) state: Option<RunState>,
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
    let Arguments { feed, since, state, .. } = *args;
    let (mut runs, _) = page(&environment.ledger, &Wanted { feed, since, state }, 0, usize::MAX).await?;
    runs.reverse();
    Ok(Report { runs, environment: environment.to_string() })
}

/// The runs of a page of such a list, the latest first, without the first `skip` and at most `most`; and how many there are in
/// all. Of the others the index alone is read, unless they are wanted by their state.
pub(crate) async fn page(
    ledger: &Ledger,
    wanted: &Wanted,
    skip: usize,
    most: usize,
) -> anyhow::Result<(Vec<RunView>, usize)> {
    let all = feeds::all().iter().copied();
    let feeds: Vec<&Feed> = all.filter(|feed| wanted.feed.is_none_or(|only| only == *feed)).collect();
    let mut ids = ledger.latest_run_ids(&feeds, wanted.since).await.context("cannot list the runs")?;
    let mut all = ids.len();
    if wanted.state.is_none() {
        ids = ids.into_iter().skip(skip).take(most).collect();
    }
    let mut runs = ledger.runs_of_ids(&ids.into_iter().collect()).await.context("cannot list the runs")?;
    runs.reverse();
    if let Some(state) = wanted.state {
        runs.retain(|run| run.state == state);
        all = runs.len();
        runs = runs.into_iter().skip(skip).take(most).collect();
    }
    let views = stream::iter(runs).map(|run| RunView::look(ledger, run)).buffered(AT_ONCE);
    Ok((views.try_collect().await?, all))
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
