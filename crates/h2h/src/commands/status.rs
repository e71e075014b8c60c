use aws::mapping::Flow;
use aws::queue::Depth;
use futures::future::try_join_all;
use ledger::DeadRow;
use ledger::{BreakerState, By, Pipeline, RunHealth};
use operations::dead::{DeadList, Group, Selection};

use crate::command_prelude::*;
use crate::limit::LimitView;
use crate::schedules::{self, Schedule};
use crate::speed::{self, SpeedView};

/// Show on one screen how the pipeline is
///
/// Exits with 0 if all is well, with 1 if somebody should look (posting is paused, rows are dead), and with 2 if it is
/// broken (circuit breaker and queue disagree, the reporter or the sweep is not called, a run is stalled) or could not be looked at.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h status --stage production
  h2h status --stage production --json || page-somebody")]
pub(crate) struct Arguments {
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) status: &'static str,
    #[serde(flatten)]
    pub(crate) breaker: PostingView,
    pub(crate) rows_queue_feeds_posters: bool,
    pub(crate) reports_queue_feeds_reporter: bool,
    /// None where the local stack calls its functions itself.
    pub(crate) schedules: Option<Vec<Schedule>>,
    pub(crate) rows_queue: Depth,
    pub(crate) reports_queue: Depth,
    pub(crate) dead_letter_queue: Depth,
    /// Since when the oldest of each has waited, as the ledger tells it: a look touches no message.
    pub(crate) oldest_row: Option<DateTime<Utc>>,
    pub(crate) oldest_report: Option<DateTime<Utc>>,
    pub(crate) oldest_dead_letter: Option<DateTime<Utc>>,
    pub(crate) stalled_runs: Vec<RunId>,
    /// The dead row of each feed that settled last.
    pub(crate) last_errors: Vec<LastError>,
    pub(crate) open_runs: Vec<RunView>,
    pub(crate) dead_rows: Vec<Group>,
    pub(crate) api_speed: Option<SpeedView>,
    /// None where nothing was posted lately.
    pub(crate) rows_at_once: Option<LimitView>,
    #[serde(skip)]
    pub(crate) exit: Exit,
    #[serde(skip)]
    pub(crate) environment: String,
    /// How many dead rows cannot be read here.
    #[serde(skip)]
    pub(crate) unreadable: usize,
    #[serde(skip)]
    pub(crate) now: DateTime<Utc>,
}

#[derive(Serialize)]
pub(crate) struct LastError {
    pub(crate) feed: &'static Feed,
    pub(crate) class: String,
    pub(crate) row: String,
    pub(crate) at: DateTime<Utc>,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    show(&collect(&args.environment.connect().await?).await?, args.json, out)
}

/// Looks at the pipeline: counts and indexes alone, no row and no message.
pub(crate) async fn collect(environment: &Environment) -> anyhow::Result<Report> {
    let dead = DeadList::of_index(&environment.ledger, &Selection::default()).await;
    look(environment, &dead.context("cannot list the dead rows")?).await
}

/// The same with dead rows that are listed already.
pub(crate) async fn look(environment: &Environment, dead: &DeadList) -> anyhow::Result<Report> {
    let ledger = &environment.ledger;
    let mut open_runs = Vec::new();
    for runs in
        try_join_all(feeds::all().iter().map(|feed| ledger.open_runs(feed))).await.context("cannot list the runs")?
    {
        open_runs.extend(try_join_all(runs.into_iter().map(|run| RunView::look(ledger, run))).await?);
    }
    let letters = dead.rows.iter().filter(|dead| dead.can_be_redriven());
    let rows_at_once = LimitView::look(ledger, Utc::now()).await?;
    let at_once = rows_at_once.as_ref().map(|limit| limit.rows);
    let api_speed = ledger.api_speed().await.context("cannot look how long the API takes")?;
    let mut report = Report {
        breaker: PostingView::look(ledger).await?,
        rows_queue_feeds_posters: environment.mapping.flow().await? != Flow::Stopped,
        reports_queue_feeds_reporter: environment.report_mapping.flow().await? != Flow::Stopped,
        schedules: environment.schedules().await?,
        rows_queue: environment.rows.depth().await?,
        reports_queue: environment.reports.depth().await?,
        dead_letter_queue: environment.letters.depth().await?,
        api_speed: api_speed.map(|speed| SpeedView::of(speed, at_once)),
        rows_at_once,
        status: "",
        exit: Exit::Well,
        oldest_row: open_runs.iter().filter(has_open_rows).map(|run| run.claimed_at).min(),
        oldest_report: open_runs.iter().filter(|run| !has_open_rows(run)).map(|run| run.moved_at).min(),
        oldest_dead_letter: letters.map(|dead| dead.settled_at).min(),
        open_runs,
        stalled_runs: Vec::new(),
        last_errors: feeds::all().iter().filter_map(|feed| last_error(feed, &dead.rows)).collect(),
        dead_rows: Group::of(&dead.rows),
        unreadable: dead.unreadable.len(),
        environment: environment.to_string(),
        now: Utc::now(),
    };
    report.judge();
    Ok(report)
}

/// True if rows of a run wait, rather than its summary.
fn has_open_rows(run: &&RunView) -> bool {
    run.run.has_rows() && run.open() > 0
}

fn last_error(feed: &'static Feed, dead: &[DeadRow]) -> Option<LastError> {
    let row = dead.iter().filter(|dead| dead.feed == feed).max_by_key(|dead| dead.settled_at)?;
    Some(LastError { feed, class: row.class.clone(), row: row.id.to_string(), at: row.settled_at })
}

impl Report {
    fn judge(&mut self) {
        let idle_since = self.breaker.posting.idle_since(self.breaker.since, self.rows_queue.all());
        let pipeline = Pipeline { now: self.now, patience: ledger::PATIENCE, idle_since };
        let is_stalled = |view: &&RunView| RunHealth::of(&view.run, &view.progress, &pipeline).is_stuck();
        let stalled = self.open_runs.iter().filter(is_stalled);
        self.stalled_runs = stalled.map(|run| run.id.clone()).collect();
        let is_off = !self.reports_queue_feeds_reporter || self.schedules.as_deref().is_some_and(schedules::are_broken);
        let has_dead = !self.dead_rows.is_empty() || self.unreadable > 0 || self.dead_letter_queue.all() > 0;
        (self.exit, self.status) = if is_off || self.disagrees() || !self.stalled_runs.is_empty() {
            (Exit::Failed, "broken")
        } else if has_dead || self.holds_rows_up() {
            (Exit::NeedsALook, "needs a look")
        } else {
            (Exit::Well, "well")
        };
    }

    /// True if the circuit breaker keeps rows waiting. One that lets a few through does not, where there is none to try it with.
    pub(crate) fn holds_rows_up(&self) -> bool {
        match self.breaker.posting {
            BreakerState::Closed => false,
            BreakerState::Open => true,
            BreakerState::HalfOpen => self.rows_queue.all() > 0 || self.open_runs.iter().any(|run| has_open_rows(&run)),
        }
    }

    /// True if the circuit breaker says one thing and what feeds the posters does another.
    pub(crate) fn disagrees(&self) -> bool {
        self.rows_queue_feeds_posters == (self.breaker.posting == BreakerState::Open)
    }

    /// The remarks after the verdict: all that is not as it should be.
    fn remarks(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.holds_rows_up() {
            let end = match self.breaker.by {
                By::Function(_) => "It goes on by itself once Here to Help answers: `h2h doctor` says what is wrong.",
                By::Person(_) | By::Nobody => "`h2h resume` ends it.",
            };
            writeln!(out, "Rows wait, and nothing is lost. {end}")?;
        }
        if self.disagrees() {
            let feeds = self.rows_queue_feeds_posters;
            let does = if feeds { "feeds the posters all the same" } else { "does not feed the posters" };
            writeln!(out, "But the rows queue {does}: run `h2h pause` or `h2h resume` again.")?;
        }
        if !self.reports_queue_feeds_reporter {
            writeln!(
                out,
                "The reports queue does not feed the reporter, so that no summary is written: `h2h doctor`."
            )?;
        }
        if let Some(schedules) = &self.schedules {
            writeln!(out, "{}", schedules::in_words(schedules))?;
        }
        for RunView { id, moved_at, .. } in self.open_runs.iter().filter(|run| self.stalled_runs.contains(&run.id)) {
            let moved = age(*moved_at, self.now);
            writeln!(
                out,
                "Run {id} is stalled: nothing has happened to it for {moved}. `h2h show {id}`; then see the runbook."
            )?;
        }
        Ok(())
    }

    fn queues(&self) -> String {
        let queues = [
            ("rows", self.rows_queue, self.oldest_row),
            ("reports", self.reports_queue, self.oldest_report),
            ("dead letters", self.dead_letter_queue, self.oldest_dead_letter),
        ];
        let row = |(name, Depth { visible, in_flight }, oldest): (&str, Depth, Option<DateTime<Utc>>)| {
            let oldest = oldest.map(|at| age(at, self.now)).unwrap_or_default();
            [text(name), number(visible), number(in_flight), text(oldest)]
        };
        table(&["queue", "waiting", "in flight", "oldest"], queues.map(row))
    }

    fn open_runs(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{} under way.", count(self.open_runs.len(), "run", "runs"))?;
        if self.open_runs.is_empty() {
            return Ok(());
        }
        let row = |run: &RunView| {
            let waits = format!("waits for {}", run.waits_for.as_deref().unwrap_or_default());
            let moved = format!("moved {} ago", age(run.moved_at, self.now));
            [text(run.id.as_str()), text(&run.file), text(waits), text(moved)]
        };
        writeln!(out, "{}", table(&[], self.open_runs.iter().map(row)))
    }

    fn dead_rows(&self, out: &mut dyn Write) -> io::Result<()> {
        let dead: u64 = self.dead_rows.iter().map(|group| group.rows).sum();
        writeln!(out, "{}.", count(dead, "dead row", "dead rows"))?;
        if self.unreadable > 0 {
            let rows = count(self.unreadable, "dead row", "dead rows");
            writeln!(out, "{rows} more cannot be read here: `h2h dlq list` says why.")?;
        }
        if dead > 0 {
            let since = |group: &Group| Some(format!("since {} ago", age(group.oldest, self.now)));
            writeln!(out, "{}", groups(&self.dead_rows, since))?;
        }
        if self.dead_rows.iter().any(|group| group.outcome == Outcome::Failed) {
            writeln!(
                out,
                "Failed rows are the data team's to correct (to_fix). `h2h dlq discard` takes them off the list."
            )?;
        }
        for LastError { feed, class, row, at } in &self.last_errors {
            writeln!(out, "Last error of {feed}: {class} at row {row}, {} ago.", age(*at, self.now))?;
        }
        Ok(())
    }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}: {}.\n{}", self.environment, self.status, self.breaker)?;
        self.remarks(out)?;
        writeln!(out, "{}", speed::in_words(self.api_speed.as_ref(), self.now))?;
        if let Some(limit) = &self.rows_at_once {
            writeln!(out, "{}", limit.at_length())?;
        }
        writeln!(out, "\n{}\n", self.queues())?;
        self.open_runs(out)?;
        self.dead_rows(out)
    }

    fn exit(&self) -> Exit {
        self.exit
    }
}

#[cfg(test)]
mod tests {
    use ledger::{CircuitBreaker, RowId};
    use serde_json::json;

    use super::*;

    #[test]
    fn no_row_that_people_look_after_is_well() {
        let dead = |outcome| DeadRow {
            id: RowId { run: "0123456789abcdef0123".parse().expect("an id"), row: 2 },
            feed: Feed::named("spl").expect("the feed"),
            outcome,
            class: "another-person".to_owned(),
            settled_at: DateTime::UNIX_EPOCH,
            attempts: 1,
        };
        let breaker = json!({ "posting": "running", "why": "", "by": "nobody", "since": 0, "changes": 0 });
        let breaker: CircuitBreaker = serde_json::from_value(breaker).expect("a circuit breaker");
        let report = |dead: Vec<DeadRow>| {
            let mut report = Report {
                status: "",
                breaker: PostingView::of(breaker.clone()),
                rows_queue_feeds_posters: true,
                reports_queue_feeds_reporter: true,
                schedules: None,
                rows_queue: Depth::default(),
                reports_queue: Depth::default(),
                dead_letter_queue: Depth::default(),
                oldest_row: None,
                oldest_report: None,
                oldest_dead_letter: None,
                stalled_runs: Vec::new(),
                last_errors: Vec::new(),
                open_runs: Vec::new(),
                dead_rows: Group::of(&dead),
                api_speed: None,
                rows_at_once: None,
                exit: Exit::Failed,
                environment: "staging".to_owned(),
                unreadable: 0,
                now: Utc::now(),
            };
            report.judge();
            report
        };
        assert_eq!(report(Vec::new()).exit, Exit::Well);
        // Tried with the next row, where there is none now.
        let mut half_open = report(Vec::new());
        half_open.breaker.posting = BreakerState::HalfOpen;
        for (visible, exit) in [(0, Exit::Well), (1, Exit::NeedsALook)] {
            half_open.rows_queue.visible = visible;
            half_open.judge();
            assert_eq!(half_open.exit, exit, "{visible} rows");
        }
        for outcome in [Outcome::Failed, Outcome::DeadLettered, Outcome::Uncertain] {
            let report = report(vec![dead(outcome)]);
            assert_eq!(report.exit, Exit::NeedsALook, "{outcome}");
            let mut page = Vec::new();
            render::Report::render(&report, &mut page).expect("written to memory");
            let page = String::from_utf8(page).expect("UTF-8");
            assert_eq!(page.contains("Failed rows are the data team's"), outcome == Outcome::Failed, "{page}");
        }
    }
}
