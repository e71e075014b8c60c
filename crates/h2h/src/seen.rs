//! A run as it is shown: with what its rows became and what it waits for.

use chrono::{DateTime, Utc};
use feeds::Outcome;
use ledger::{Deed, Ledger, Progress, Run, RunState};
use serde_json::{Value, json};

/// A run and how far it has come.
pub(crate) struct Seen {
    pub(crate) run: Run,
    pub(crate) progress: Progress,
}

impl Seen {
    pub(crate) async fn look(ledger: &Ledger, run: Run) -> ledger::Result<Self> {
        let progress = ledger.progress(&run).await?;
        Ok(Self { run, progress })
    }

    /// How many rows have this outcome.
    pub(crate) fn count(&self, outcome: Outcome) -> u64 {
        self.progress.totals(&self.run).get(&outcome).copied().unwrap_or_default()
    }

    /// How many rows have an outcome.
    pub(crate) fn settled(&self) -> u64 {
        self.progress.totals(&self.run).values().sum()
    }

    /// When something last happened to it.
    pub(crate) fn moved_at(&self) -> DateTime<Utc> {
        let report = self.run.report.map(|report| report.at);
        let latest = self.progress.last_settled_at.max(self.run.split_at).max(report);
        latest.unwrap_or(self.run.claimed_at)
    }

    /// What the run waits for; none where it is done.
    pub(crate) fn waits_for(&self) -> Option<String> {
        let run = &self.run;
        let open = run.rows_read.saturating_sub(self.settled());
        match run.state {
            RunState::Reading => Some(format!("its file to be read: {} rows so far", run.rows_read)),
            RunState::Enqueueing => Some(format!("its rows to be enqueued: up to row {} so far", run.enqueued_to)),
            RunState::Posting if open > 0 => Some(format!("{open} of {} rows to be posted", run.rows_read)),
            RunState::Posting => Some("its summary".to_owned()),
            RunState::Rejected if run.report.is_none() => Some("its summary".to_owned()),
            RunState::Reported if ledger::is_report_due(run, &self.progress) => {
                Some("its summary to be written anew".to_owned())
            }
            RunState::Cancelled if run.has_rows() && open > 0 => Some(format!("{open} rows to be closed")),
            RunState::Cancelled if ledger::is_report_due(run, &self.progress) => Some("its summary".to_owned()),
            RunState::Reported | RunState::Rejected | RunState::Superseded | RunState::Cancelled => None,
        }
    }

    /// The run as one JSON object.
    pub(crate) fn object(&self) -> Value {
        let run = &self.run;
        let counts: serde_json::Map<String, Value> =
            Outcome::ALL.iter().map(|outcome| (outcome.to_string(), self.count(*outcome).into())).collect();
        let links: Vec<String> = run.summary_files().map(|(_, file)| link(&file.id)).collect();
        json!({
            "run": run.id.as_str(),
            "feed": run.feed.name(),
            "file": run.file_name,
            "state": run.state,
            "claimed_at": run.claimed_at,
            "moved_at": self.moved_at(),
            "rows_read": run.rows_read,
            "rows_enqueued": run.rows_enqueued,
            "settled": self.settled(),
            "outcomes": counts,
            "waits_for": self.waits_for(),
            "sweep_rounds": run.sweep_rounds,
            "cancelled_because": run.cancelled.as_ref().map(|cancelled| &cancelled.because),
            "cancelled_by": run.cancelled.as_ref().map(|cancelled| &cancelled.by),
            "deeds": run.deeds.iter().map(deed).collect::<Vec<_>>(),
            "summary": run.report.map(|report| json!({ "version": report.version, "at": report.at })),
            "links": links,
        })
    }
}

fn deed(Deed { at, by, what, why }: &Deed) -> Value {
    json!({ "at": at, "by": by, "what": what, "why": why })
}

/// Where a file is looked at in Google Drive.
pub(crate) fn link(file_id: &str) -> String {
    format!("https://drive.google.com/open?id={file_id}")
}
