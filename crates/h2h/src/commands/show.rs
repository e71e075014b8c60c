//! `h2h show`.

use std::io::{self, Write};

use chrono::Utc;
use clap::Args;
use feeds::Outcome;
use ledger::{Cancellation, Report};

use crate::args::environment::RunArgs;
use crate::audit;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::render::{self, Facts, instant, instant_and_age, number, show, table, text};
use crate::run_view::{RunView, link};

/// Show a run: its file, what its rows became, what it waits for, where its summary is
#[derive(Args)]
#[command(after_help = "Examples:
  h2h show 3f2a --stage staging")]
pub struct Arguments {
    #[command(flatten)]
    run: RunArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (environment, run) = Environment::with_run(&args.run).await?;
    show(&RunView::look(&environment.ledger, run).await?, args.json, out)
}

impl render::Report for RunView {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let (run, now) = (&self.run, Utc::now());
        let mut facts = Facts::new();
        let at = |at| instant_and_age(at, now);
        facts.add("run", run.id.as_str());
        facts.add("file", format!("{} ({})", run.file_name, run.feed));
        facts.add("in Drive", link(&run.file_id));
        facts.add("state", run.state.as_str());
        facts.add("waits for", self.waits_for.as_deref().unwrap_or("nothing: it is done"));
        facts.add("taken", at(run.claimed_at));
        facts.add("split", run.split_at.map(at).unwrap_or_default());
        facts.add("last settled", self.progress.last_settled_at.map(at).unwrap_or_default());
        if run.sweep_rounds > 0 {
            facts.add("stalled", format!("{} rounds of the sweep", run.sweep_rounds));
        }
        if let Some(Cancellation { because, by, at, .. }) = &run.cancelled {
            facts.add("cancelled", format!("by {by}, {}: {because}", instant(*at)));
        }
        for entry in &run.audit {
            facts.add("done", audit::in_words(entry));
        }
        for problem in &run.problems {
            facts.add("problem", &problem.problem);
            facts.add("how to fix", &problem.how_to_fix);
        }
        facts.add(
            "summary",
            match run.report {
                Some(Report { version: 0, .. }) => "none: it was never read".to_owned(),
                Some(report) => format!("version {}, written {}", report.version, at(report.at)),
                None => "not written yet".to_owned(),
            },
        );
        for link in &self.links {
            facts.add("summary's file", link);
        }
        facts.write(out)?;
        let mut counts = table();
        for &outcome in Outcome::ALL {
            counts.add_row([number(self.count(outcome)), text(outcome.as_str())]);
        }
        counts.add_row([number(self.open()), text("open")]);
        counts.add_row([number(self.rows_read), text("rows in all")]);
        writeln!(out, "{}", counts.trim_fmt())
    }
}
