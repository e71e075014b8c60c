use feeds::FileProblem;
use ledger::{AuditEntry, Cancellation, Report};

use crate::command_prelude::*;
use crate::views::link;

/// Show a run: its file, what its rows became, what it waits for, where its summary is
#[derive(Args)]
#[command(after_help = "Examples:
  h2h show 3f2a --stage staging")]
pub(crate) struct Arguments {
    #[command(flatten)]
    run: RunArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let (environment, run) = args.run.find().await?;
    show(&RunView::look(&environment.ledger, run).await?, args.json, out)
}

impl render::Report for RunView {
    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let (run, now) = (&self.run, Utc::now());
        let at = |at| instant_and_age(at, now);
        let summary = match run.report {
            Some(Report { version: 0, .. }) => "none: it was never read".to_owned(),
            Some(report) => format!("version {}, written {}", report.version, at(report.at)),
            None => "not written yet".to_owned(),
        };
        let waits_for = self.waits_for.as_deref().unwrap_or("nothing: it is done");
        let mut known = vec![
            ("run", run.id.to_string()),
            ("file", format!("{} ({})", run.file_name, run.feed)),
            ("in Drive", link(&run.file_id)),
            ("state", run.state.as_str().to_owned()),
            ("waits for", waits_for.to_owned()),
            ("taken", at(run.claimed_at)),
            ("split", run.split_at.map(at).unwrap_or_default()),
            ("last settled", self.progress.last_settled_at.map(at).unwrap_or_default()),
        ];
        if run.sweep_rounds > 0 {
            known.push(("stalled", format!("{} of the sweep", count(run.sweep_rounds, "round", "rounds"))));
        }
        if let Some(Cancellation { because, by, at, .. }) = &run.cancelled {
            known.push(("cancelled", format!("by {by}, {}: {because}", instant(*at))));
        }
        known.extend(run.audit.iter().map(|entry| ("done", in_words(entry))));
        for FileProblem { problem, how_to_fix } in &run.problems {
            known.extend([("problem", problem.clone()), ("how to fix", how_to_fix.clone())]);
        }
        known.push(("summary", summary));
        known.extend(self.links.iter().map(|link| ("summary's file", link.clone())));
        writeln!(out, "{}\n", facts(known))?;
        let outcomes = Outcome::ALL.iter().map(|outcome| (self.count(*outcome), outcome.as_str()));
        let counts = outcomes.chain([(self.open(), "open"), (self.rows_read, "rows in all")]);
        writeln!(out, "{}", table(&[], counts.map(|(count, what)| [number(count), text(what)])))
    }
}

pub(crate) fn in_words(AuditEntry { at, by, what, why }: &AuditEntry) -> String {
    let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{what} by {by}, {}{why}", instant(*at))
}
