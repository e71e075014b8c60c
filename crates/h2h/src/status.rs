//! `h2h status`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use aws::mapping::Flow;
use aws::queue::Depth;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use feeds::Outcome;
use ledger::{ApiSpeed, By, Posting, RunState, Switch};
use operations::dead::{Dead, DeadList, Selection};
use serde_json::json;

use crate::place::{Pipeline, Place};
use crate::schedules::Schedules;
use crate::seen::Seen;
use crate::show::{age, count, number, plain, table};
use crate::speed;
use crate::switch::in_words;

/// How long nothing may happen to a run that nothing keeps: a splitter that died is waited for half as long, and the
/// sweep acts in between.
const PATIENCE: TimeDelta = TimeDelta::minutes(45);

/// Show on one screen how the pipeline is
///
/// Exits with 0 if all is well, with 1 if somebody should look (posting is paused, rows are dead), and with 2 if it is
/// broken (switch and queue disagree, the reporter or the sweep is not called, a run is stalled) or could not be looked at.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h status --stage production
  h2h status --stage production --json || page-somebody")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How the pipeline is, in the order in which it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Health {
    Well = 0,
    NeedsALook = 1,
    Broken = 2,
}

struct Status {
    switch: Switch,
    mapping: bool,
    /// Whether the reports queue feeds the reporter.
    reporting: bool,
    /// None where the local stack calls its functions itself.
    schedules: Option<Schedules>,
    rows: Depth,
    reports: Depth,
    letters: Depth,
    open: Vec<Seen>,
    dead: DeadList,
    /// How long the API took of late; none where nothing was posted yet.
    speed: Option<ApiSpeed>,
}

/// Since when the oldest row, summary and dead letter have waited.
struct Oldest {
    row: Option<DateTime<Utc>>,
    report: Option<DateTime<Utc>>,
    letter: Option<DateTime<Utc>>,
}

/// Whether nothing has happened to a run for long, and nothing keeps it. `idle_since`: since when posting runs, with an
/// empty rows queue; none where it is paused or there is a backlog.
fn is_stalled(seen: &Seen, idle_since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let run = &seen.run;
    let last = match run.state {
        RunState::Reading | RunState::Enqueueing => Some(run.stepped_at.unwrap_or(run.claimed_at)),
        RunState::Posting if seen.settled() < run.rows_read => idle_since.map(|since| since.max(seen.moved_at())),
        _ => Some(seen.moved_at()),
    };
    last.is_some_and(|last| now - last > PATIENCE)
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, json } = arguments;
    let status = Status::look(&place.connect().await?).await?;
    if json {
        writeln!(out, "{}", status.object())?;
    } else {
        status.page(&place, Utc::now(), out)?;
    }
    Ok(ExitCode::from(status.health() as u8))
}

impl Status {
    async fn look(pipeline: &Pipeline) -> anyhow::Result<Self> {
        let ledger = &pipeline.ledger;
        let mut open = Vec::new();
        for feed in feeds::all() {
            for run in ledger.open_runs(feed).await.context("cannot list the runs")? {
                open.push(Seen::look(ledger, run).await.context("cannot look at a run")?);
            }
        }
        Ok(Self {
            switch: ledger.switch().await.context("cannot look at the switch")?,
            mapping: pipeline.mapping().flow().await? != Flow::Stopped,
            reporting: pipeline.report_mapping().flow().await? != Flow::Stopped,
            schedules: pipeline.schedules().await?,
            rows: pipeline.rows().depth().await?,
            reports: pipeline.reports().depth().await?,
            letters: pipeline.letters().depth().await?,
            open,
            dead: DeadList::read(ledger, &Selection::default()).await.context("cannot list the dead rows")?,
            speed: ledger.api_speed().await.context("cannot look how long the API takes")?,
        })
    }

    /// Whether the switch says one thing and what feeds the posters does another.
    fn disagrees(&self) -> bool {
        self.mapping == (self.switch.posting == Posting::Paused)
    }

    /// The runs to which nothing happens, although nothing keeps them.
    fn stalled(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Seen> {
        let is_posting = self.switch.posting == Posting::Running && self.rows.all() == 0;
        let since = self.switch.since;
        self.open.iter().filter(move |one| is_stalled(one, is_posting.then_some(since), now))
    }

    fn health(&self) -> Health {
        let dead = !self.dead.rows.is_empty() || !self.dead.unreadable.is_empty();
        let is_off = self.disagrees() || !self.reporting || self.schedules.as_ref().is_some_and(Schedules::are_broken);
        if is_off || self.stalled(Utc::now()).next().is_some() {
            Health::Broken
        } else if dead || self.switch.posting != Posting::Running || self.letters.all() > 0 {
            Health::NeedsALook
        } else {
            Health::Well
        }
    }

    fn verdict(&self) -> &'static str {
        match self.health() {
            Health::Well => "well",
            Health::NeedsALook => "needs a look",
            Health::Broken => "broken",
        }
    }

    fn page(&self, place: &Place, now: DateTime<Utc>, out: &mut dyn Write) -> anyhow::Result<()> {
        writeln!(out, "{place}: {}.\n{}", self.verdict(), in_words(&self.switch))?;
        match (self.switch.posting, &self.switch.by) {
            (Posting::Running, _) => {}
            (_, By::Function(_)) => writeln!(
                out,
                "Rows wait, and nothing is lost. It goes on by itself once Here to Help answers: `h2h doctor` says what is wrong."
            )?,
            (_, By::Person(_) | By::Nobody) => writeln!(out, "Rows wait, and nothing is lost. `h2h resume` ends it.")?,
        }
        if self.disagrees() {
            let does = if self.mapping { "feeds the posters all the same" } else { "does not feed the posters" };
            writeln!(out, "But the rows queue {does}: run `h2h pause` or `h2h resume` again.")?;
        }
        if !self.reporting {
            writeln!(
                out,
                "The reports queue does not feed the reporter, so that no summary is written: `h2h doctor`."
            )?;
        }
        if let Some(schedules) = &self.schedules {
            writeln!(out, "{}", schedules.in_words())?;
        }
        for one in self.stalled(now) {
            let (run, moved) = (&one.run.id, age(one.moved_at(), now));
            writeln!(
                out,
                "Run {run} is stalled: nothing has happened to it for {moved}. `h2h show {run}`; then see the runbook."
            )?;
        }
        writeln!(out, "{}", speed::Shown(self.speed.as_ref(), now))?;
        let mut queues = table();
        queues.set_header(["queue", "waiting", "in flight", "oldest"]);
        let oldest = self.oldest();
        for (name, Depth { visible, in_flight }, oldest) in [
            ("rows", self.rows, oldest.row),
            ("reports", self.reports, oldest.report),
            ("dead letters", self.letters, oldest.letter),
        ] {
            let oldest = oldest.map(|at| age(at, now)).unwrap_or_default();
            queues.add_row([name.into(), number(visible), number(in_flight), oldest.into()]);
        }
        writeln!(out, "\n{}\n", queues.trim_fmt())?;
        writeln!(out, "{} under way.", count(self.open.len() as u64, "run", "runs"))?;
        let mut open = table();
        for one in &self.open {
            let waits = one.waits_for().unwrap_or_default();
            let moved = format!("moved {} ago", age(one.moved_at(), now));
            open.add_row([one.run.id.to_string(), plain(&one.run.file_name), format!("waits for {waits}"), moved]);
        }
        if !self.open.is_empty() {
            writeln!(out, "{}", open.trim_fmt())?;
        }
        writeln!(out, "{}.", count(self.dead.rows.len() as u64, "dead row", "dead rows"))?;
        if !self.dead.unreadable.is_empty() {
            let rows = count(self.dead.unreadable.len() as u64, "dead row", "dead rows");
            writeln!(out, "{rows} more cannot be read here: `h2h dlq list` says why.")?;
        }
        let mut groups = table();
        for group in self.dead.groups() {
            let oldest = format!("since {} ago", age(group.oldest, now));
            groups.add_row([
                number(group.rows),
                group.class.into(),
                group.feed.into(),
                group.outcome.as_str().into(),
                oldest.into(),
            ]);
        }
        if !self.dead.rows.is_empty() {
            writeln!(out, "{}", groups.trim_fmt())?;
        }
        if self.dead.rows.iter().any(|dead| dead.row.outcome == Outcome::Failed) {
            writeln!(
                out,
                "Failed rows are the data team's to correct (to_fix). `h2h dlq discard` takes them off the list."
            )?;
        }
        for Dead { row, feed } in self.last_errors() {
            let ago = age(row.settled_at, now);
            writeln!(out, "Last error of {feed}: {} at row {}, {ago} ago.", row.class, row.id)?;
        }
        Ok(())
    }

    /// The dead row of each feed that settled last.
    fn last_errors(&self) -> Vec<&Dead> {
        let of = |feed: &&'static feeds::Feed| {
            let rows = self.dead.rows.iter().filter(|dead| dead.feed == *feed);
            rows.max_by_key(|dead| dead.row.settled_at)
        };
        feeds::all().iter().filter_map(of).collect()
    }

    /// Since when the oldest of what waits has waited, as the ledger tells it: a look touches no message.
    fn oldest(&self) -> Oldest {
        let is_open = |one: &&Seen| one.run.has_rows() && one.settled() < one.run.rows_read;
        let letters = self.dead.rows.iter().filter(|dead| dead.can_be_redriven());
        Oldest {
            row: self.open.iter().filter(is_open).map(|one| one.run.claimed_at).min(),
            report: self.open.iter().filter(|one| !is_open(one)).map(Seen::moved_at).min(),
            letter: letters.map(|dead| dead.row.settled_at).min(),
        }
    }

    fn object(&self) -> serde_json::Value {
        let queue = |depth: Depth| json!({ "visible": depth.visible, "in_flight": depth.in_flight });
        let dead = self.dead.groups().into_iter().map(|group| {
            json!({ "class": group.class, "feed": group.feed, "outcome": group.outcome, "rows": group.rows,
                    "oldest": group.oldest })
        });
        let oldest = self.oldest();
        let errors = self.last_errors().into_iter().map(|Dead { row, feed }| {
            json!({ "feed": feed.name(), "class": row.class, "row": row.id.to_string(), "at": row.settled_at })
        });
        json!({
            "status": self.verdict(),
            "posting": self.switch.posting,
            "why": self.switch.why,
            "by": self.switch.by,
            "since": self.switch.since,
            "rows_queue_feeds_posters": self.mapping,
            "reports_queue_feeds_reporter": self.reporting,
            "schedules": self.schedules.as_ref().map(Schedules::object),
            "rows_queue": queue(self.rows),
            "reports_queue": queue(self.reports),
            "dead_letter_queue": queue(self.letters),
            "oldest_row": oldest.row,
            "oldest_report": oldest.report,
            "oldest_dead_letter": oldest.letter,
            "stalled_runs": self.stalled(Utc::now()).map(|one| one.run.id.as_str()).collect::<Vec<_>>(),
            "last_errors": errors.collect::<Vec<_>>(),
            "open_runs": self.open.iter().map(Seen::object).collect::<Vec<_>>(),
            "dead_rows": dead.collect::<Vec<_>>(),
            "api_speed": speed::object(self.speed.as_ref()),
        })
    }
}

#[cfg(test)]
mod tests {
    use ledger::{DeadRow, Progress, RowId, Run};

    use super::*;

    fn seen(state: &str, rows_read: u64, stepped_at: DateTime<Utc>) -> Seen {
        let run = json!({
            "id": "0123456789abcdef0123", "feed": "spl", "file_id": "f", "file_name": "f.csv", "revision": "a",
            "file_created": 0, "file_modified": 0, "rules": { "as_of": "2021-03-08", "excluded": [] },
            "rules_version": 1, "lanes": 16, "state": state, "claimed_at": stepped_at.timestamp_millis(), "reading": 1,
            "rows_read": rows_read, "enqueued_to": 0, "rows_enqueued": 0,
            "stepped_at": stepped_at.timestamp_millis(),
        });
        let run: Run = serde_json::from_value(run).expect("a run");
        Seen { run, progress: Progress::default() }
    }

    #[test]
    fn no_row_that_people_look_after_is_well() {
        let dead = |outcome| Dead {
            row: DeadRow {
                id: RowId { run: "0123456789abcdef0123".parse().expect("an id"), row: 2 },
                outcome,
                class: "another-person".to_owned(),
                settled_at: DateTime::UNIX_EPOCH,
                attempts: 1,
            },
            feed: feeds::Feed::named("spl").expect("the feed"),
        };
        let status = |rows| Status {
            switch: serde_json::from_value(json!({
                "posting": "running", "why": "", "by": "nobody", "since": 0, "changes": 0,
            }))
            .expect("a switch"),
            mapping: true,
            reporting: true,
            schedules: None,
            rows: Depth::default(),
            reports: Depth::default(),
            letters: Depth::default(),
            open: Vec::new(),
            dead: DeadList { rows, ..DeadList::default() },
            speed: None,
        };
        assert_eq!(status(Vec::new()).health(), Health::Well);
        for outcome in [Outcome::Failed, Outcome::DeadLettered, Outcome::Uncertain] {
            let status = status(vec![dead(outcome)]);
            assert_eq!(status.health(), Health::NeedsALook, "{outcome}");
            let mut page = Vec::new();
            status.page(&Place::default(), Utc::now(), &mut page).expect("written to memory");
            let page = String::from_utf8(page).expect("UTF-8");
            assert_eq!(page.contains("Failed rows are the data team's"), outcome == Outcome::Failed, "{page}");
        }
    }

    #[test]
    fn a_run_is_stalled_where_nothing_keeps_it_and_nothing_happens() {
        let now: DateTime<Utc> = "2021-03-08T12:00:00Z".parse().expect("an instant");
        let (long_ago, lately) = (now - TimeDelta::hours(2), now - TimeDelta::minutes(5));
        for (state, last, idle_since, expected) in [
            ("reading", long_ago, None, true),
            ("reading", lately, None, false),
            ("enqueueing", long_ago, Some(lately), true),
            ("posting", long_ago, Some(long_ago), true),
            ("posting", long_ago, Some(lately), false),
            ("posting", long_ago, None, false),
            ("posting", lately, Some(long_ago), false),
        ] {
            let stalled = is_stalled(&seen(state, 10, last), idle_since, now);
            assert_eq!(stalled, expected, "{state} {last} {idle_since:?}");
        }
        assert!(is_stalled(&seen("posting", 0, long_ago), None, now), "nobody writes its summary");
    }
}
