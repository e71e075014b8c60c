use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::MultiProgress;

use crate::command_prelude::*;
use crate::limit::LimitView;
use crate::render::span;

/// How many digits of a run's id mostly make it the only one.
const SHORT_NAME: usize = 6;
const EVERY: Duration = Duration::from_secs(1);
/// How fast a run goes is told over so long.
const LATELY: Duration = Duration::from_secs(60);

/// Watch a run, or all that are under way, until they are done
///
/// A bar for each: read, enqueued and settled rows, rows a second, and the time that is left at this rate. Where it is not a
/// terminal, a line for each change. It ends by itself when nothing is left to wait for.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h watch --stage staging
  h2h watch 3f2a --stage staging --json")]
pub(crate) struct Arguments {
    /// The first digits of the run's id; all runs that are under way if left out
    #[arg(value_name = "RUN")]
    name: Option<RunName>,
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// Print one JSON object a line, one for each change of a run
    #[arg(long)]
    json: bool,
}

struct Watched {
    line: String,
    bar: ProgressBar,
}

/// The runs that are watched: how far each had come at the looks of late.
#[derive(Default)]
pub(crate) struct Watching(BTreeMap<RunId, VecDeque<(Instant, u64)>>);

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) run: RunId,
    pub(crate) state: RunState,
    pub(crate) rows_read: u64,
    pub(crate) rows_enqueued: u64,
    pub(crate) settled: u64,
    pub(crate) rows_per_second: f64,
    pub(crate) seconds_left: Option<u64>,
    pub(crate) waits_for: Option<String>,
    /// None where nothing was posted lately.
    pub(crate) rows_at_once: Option<LimitView>,
    #[serde(skip)]
    pub(crate) file: String,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let environment = args.environment.connect().await?;
    let ledger = &environment.ledger;
    let only = run_id(args.name.as_ref(), ledger).await?;
    let bars = MultiProgress::new();
    let has_bars = !args.json && io::stderr().is_terminal() && io::stdout().is_terminal();
    let mut watched: BTreeMap<RunId, Watched> = BTreeMap::new();
    let mut watching = Watching::default();
    loop {
        let mut waits = false;
        let limit = LimitView::look(ledger, Utc::now()).await?;
        for run in runs(ledger, only.as_ref(), &watched).await.context("cannot look at the runs")? {
            let view = RunView::look(ledger, run).await?;
            let one = watched.entry(view.id.clone());
            let one = one.or_insert_with(|| Watched { line: String::new(), bar: bars.add(bar(0)) });
            let report = watching.report(&view, limit.clone());
            waits |= report.waits_for.is_some();
            let line = report.line();
            if has_bars {
                one.bar.set_length(report.rows_read);
                one.bar.set_position(report.settled);
                one.bar.set_message(report.beside_the_bar());
            } else if line != one.line {
                show(&report, args.json, out)?;
                out.flush()?;
            }
            one.line = line;
        }
        if !waits {
            break;
        }
        tokio::time::sleep(EVERY).await;
    }
    for one in watched.values() {
        one.bar.finish_and_clear();
        if has_bars {
            writeln!(out, "{}", one.line)?;
        }
    }
    if watched.is_empty() && !args.json {
        writeln!(out, "No run is under way in {environment}.")?;
    }
    Ok(Exit::Well)
}

/// The runs to look at: the one, or those that are under way and those that were.
async fn runs(ledger: &Ledger, only: Option<&RunId>, watched: &BTreeMap<RunId, Watched>) -> ledger::Result<Vec<Run>> {
    if let Some(id) = only {
        return Ok(ledger.run(id).await?.into_iter().collect());
    }
    let mut ids: BTreeSet<RunId> = watched.keys().cloned().collect();
    for feed in feeds::all() {
        ids.extend(ledger.open_run_ids(feed).await?);
    }
    ledger.runs_of_ids(&ids).await
}

impl Watching {
    /// A run as it is now, and how fast it has gone lately: what was before a pause says nothing of the time that is left.
    pub(crate) fn report(&mut self, view: &RunView, rows_at_once: Option<LimitView>) -> Report {
        self.report_at(view, rows_at_once, Instant::now())
    }

    fn report_at(&mut self, view: &RunView, rows_at_once: Option<LimitView>, now: Instant) -> Report {
        let looks = self.0.entry(view.id.clone()).or_default();
        looks.retain(|(at, _)| now.duration_since(*at) <= LATELY);
        looks.push_back((now, view.settled));
        let (began, settled_then) = looks[0];
        Report::of(view, settled_then, now.duration_since(began), rows_at_once)
    }

    /// Forgets the runs that are not among these.
    pub(crate) fn only(&mut self, open: &[RunView]) {
        self.0.retain(|run, _| open.iter().any(|view| view.id == *run));
    }
}

impl Report {
    /// Of a run of which so many rows were settled so long ago.
    fn of(view: &RunView, settled_then: u64, elapsed: Duration, rows_at_once: Option<LimitView>) -> Self {
        let rows_per_second = rate(view.settled.saturating_sub(settled_then), elapsed);
        let open = view.open();
        let seconds_left = (open > 0 && rows_per_second > 0.0).then(|| (open as f64 / rows_per_second).ceil() as u64);
        Self {
            run: view.id.clone(),
            state: view.state,
            rows_read: view.rows_read,
            rows_enqueued: view.rows_enqueued,
            settled: view.settled,
            rows_per_second,
            seconds_left,
            waits_for: view.waits_for.clone(),
            rows_at_once,
            file: plain(&view.file),
        }
    }

    /// A run beside its bar, what matters most first.
    fn beside_the_bar(&self) -> String {
        let Self { run, state, rows_read, rows_enqueued, settled, waits_for, file, .. } = self;
        let (run, left) = (&run.as_str()[..SHORT_NAME], self.left());
        let then = waits_for.as_ref().map_or_else(|| state.as_str().to_owned(), |what| format!("waits for {what}"));
        format!("{run} {settled}/{rows_read}{left}; {then}; {rows_enqueued} enqueued; {file}")
    }

    /// A run on one line: the same while nothing happens to it.
    fn line(&self) -> String {
        let Self { run, state, rows_read, rows_enqueued, settled, waits_for, file, .. } = self;
        let done = || format!("{}: done", state.as_str());
        let then = waits_for.as_ref().map_or_else(done, |what| format!("waits for {what}"));
        format!("{run} {file}: {rows_read} read, {rows_enqueued} enqueued, {settled} settled; {then}")
    }

    /// How long it takes at this rate; none where that is not known.
    pub(crate) fn time_left(&self) -> Option<String> {
        let seconds = i64::try_from(self.seconds_left?).unwrap_or(i64::MAX / 1000);
        Some(span(TimeDelta::seconds(seconds)))
    }

    fn left(&self) -> String {
        let Some(left) = self.time_left() else { return String::new() };
        let limit = self.rows_at_once.as_ref().map(|limit| format!("; {}", limit.in_words())).unwrap_or_default();
        format!("; {:.1} rows/s, {left} left{limit}", self.rows_per_second)
    }
}

impl render::Report for Report {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}{}", self.line(), self.left())
    }
}

fn rate(settled: u64, elapsed: Duration) -> f64 {
    if elapsed.is_zero() { 0.0 } else { settled as f64 / elapsed.as_secs_f64() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn posting() -> RunView {
        let run = json!({
            "id": "0123456789abcdef0123", "feed": "spl", "file_id": "f", "file_name": "week-9.csv", "revision": "a",
            "file_created": 0, "file_modified": 0, "rules": { "as_of": "2021-03-08", "excluded": [] },
            "rules_version": 1, "lanes": 16, "state": "posting", "claimed_at": 0, "reading": 1,
            "rows_read": 12_000, "settled_at_split": { "rejected": 7_500 }, "enqueued_to": 0, "rows_enqueued": 4_500,
        });
        let run = serde_json::from_value(run).expect("a run");
        RunView::of(run, ledger::Progress::default())
    }

    #[test]
    fn what_matters_most_stands_first_beside_the_bar() {
        let view = posting();
        let report = Report::of(&view, 7_500 - 32, Duration::from_secs(10), None);
        insta::assert_snapshot!(report.beside_the_bar(), @"012345 7500/12000; 3.2 rows/s, 23 min left; waits for 4500 of 12000 rows to be posted; 4500 enqueued; week-9.csv");
    }

    #[test]
    fn the_rate_is_that_of_the_last_minute_and_begins_anew_after_a_gap() {
        let (mut watching, mut view, began) = (Watching::default(), posting(), Instant::now());
        let mut rate_at = |seconds, settled| {
            view.settled = settled;
            watching.report_at(&view, None, began + Duration::from_secs(seconds)).rows_per_second
        };
        let rates = [(0, 0), (30, 30), (60, 60), (90, 240), (3_600, 300), (3_610, 320)];
        let rates = rates.map(|(seconds, settled)| rate_at(seconds, settled));
        assert_eq!(rates, [0.0, 1.0, 1.0, 3.5, 0.0, 2.0]);
        watching.only(&[]);
        assert!(watching.0.is_empty());
    }

    #[test]
    fn a_rate_is_rows_a_second() {
        assert!((rate(30, Duration::from_secs(10)) - 3.0).abs() < f64::EPSILON);
        assert!(rate(30, Duration::ZERO).abs() < f64::EPSILON);
    }
}
