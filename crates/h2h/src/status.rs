//! `h2h status`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Args;
use feeds::Outcome;
use ledger::{Posting, Switch};
use operations::dead::{DeadList, Selection};
use operations::letters::{Depth, depth};
use serde_json::json;
use service::mapping::Flow;

use crate::place::{Pipeline, Place};
use crate::seen::Seen;
use crate::show::{age, count, number, plain, table};
use crate::switch::in_words;

/// Show on one screen how the pipeline is
///
/// Exits with 0 if all is well, with 1 if somebody should look (posting is paused, rows are dead), and with 2 if it is
/// broken or could not be looked at.
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
    rows: Depth,
    reports: Depth,
    letters: Depth,
    open: Vec<Seen>,
    dead: DeadList,
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
            rows: depth(&pipeline.sqs, pipeline.rows_queue()).await?,
            reports: depth(&pipeline.sqs, pipeline.reports_queue()).await?,
            letters: pipeline.letters().depth().await?,
            open,
            dead: DeadList::read(ledger, &Selection::default()).await.context("cannot list the dead rows")?,
        })
    }

    /// Whether the switch says one thing and what feeds the posters does another.
    fn disagrees(&self) -> bool {
        self.mapping == (self.switch.posting == Posting::Paused)
    }

    fn health(&self) -> Health {
        let dead = self.dead.rows.iter().any(|dead| dead.row.outcome != Outcome::Failed);
        if self.disagrees() {
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
        if self.disagrees() {
            let does = if self.mapping { "feeds the posters all the same" } else { "does not feed the posters" };
            writeln!(out, "But the rows queue {does}: run `h2h pause` or `h2h resume` again.")?;
        }
        let mut queues = table();
        queues.set_header(["queue", "waiting", "in flight"]);
        for (name, Depth { visible, in_flight }) in
            [("rows", self.rows), ("reports", self.reports), ("dead letters", self.letters)]
        {
            queues.add_row([name.into(), number(visible), number(in_flight)]);
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
        Ok(())
    }

    fn object(&self) -> serde_json::Value {
        let queue = |depth: Depth| json!({ "visible": depth.visible, "in_flight": depth.in_flight });
        let dead = self.dead.groups().into_iter().map(|group| {
            json!({ "class": group.class, "feed": group.feed, "outcome": group.outcome, "rows": group.rows,
                    "oldest": group.oldest })
        });
        json!({
            "status": self.verdict(),
            "posting": self.switch.posting,
            "why": self.switch.why,
            "by": self.switch.by,
            "since": self.switch.since,
            "rows_queue_feeds_posters": self.mapping,
            "rows_queue": queue(self.rows),
            "reports_queue": queue(self.reports),
            "dead_letter_queue": queue(self.letters),
            "open_runs": self.open.iter().map(Seen::object).collect::<Vec<_>>(),
            "dead_rows": dead.collect::<Vec<_>>(),
        })
    }
}
