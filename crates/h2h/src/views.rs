//! Runs and rows as they are shown: a run with what its rows became and what it waits for.

use std::collections::BTreeMap;

use anyhow::Context;
use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use ledger::{AuditEntry, Ledger, Progress, Report, RowRecord, Run, RunId, RunState};
use serde::Serialize;
use serde_json::{Value, json};

use crate::render::plain;

/// A run and how far it has come.
#[derive(Serialize)]
pub(crate) struct RunView {
    #[serde(rename = "run")]
    pub(crate) id: RunId,
    pub(crate) feed: &'static Feed,
    pub(crate) file: String,
    pub(crate) state: RunState,
    pub(crate) claimed_at: DateTime<Utc>,
    /// When something last happened to it.
    pub(crate) moved_at: DateTime<Utc>,
    pub(crate) rows_read: u64,
    pub(crate) rows_enqueued: u64,
    /// How many rows have an outcome.
    pub(crate) settled: u64,
    pub(crate) outcomes: BTreeMap<Outcome, u64>,
    /// None where it is done.
    pub(crate) waits_for: Option<String>,
    sweep_rounds: u32,
    cancelled_because: Option<String>,
    cancelled_by: Option<String>,
    deeds: Vec<Value>,
    summary: Option<Value>,
    /// Where its summary's files are looked at.
    pub(crate) links: Vec<String>,
    #[serde(skip)]
    pub(crate) run: Run,
    #[serde(skip)]
    pub(crate) progress: Progress,
}

impl RunView {
    pub(crate) async fn look(ledger: &Ledger, run: Run) -> anyhow::Result<Self> {
        let progress = ledger.progress(&run).await.with_context(|| format!("cannot look at run {}", run.id))?;
        Ok(Self::of(run, progress))
    }

    pub(crate) fn of(run: Run, progress: Progress) -> Self {
        let mut outcomes: BTreeMap<Outcome, u64> = Outcome::ALL.iter().map(|outcome| (*outcome, 0)).collect();
        outcomes.extend(progress.totals(&run));
        let settled = outcomes.values().sum();
        let last_moved = progress.last_settled_at.max(run.split_at).max(run.report.map(|report| report.at));
        let entry =
            |AuditEntry { at, by, what, why }: &AuditEntry| json!({ "at": at, "by": by, "what": what, "why": why });
        let cancelled = run.cancelled.clone().map(|cancelled| (cancelled.because, cancelled.by));
        let (cancelled_because, cancelled_by) = cancelled.unzip();
        Self {
            id: run.id.clone(),
            feed: run.feed,
            file: run.file_name.clone(),
            state: run.state,
            claimed_at: run.claimed_at,
            moved_at: last_moved.unwrap_or(run.claimed_at),
            rows_read: run.rows_read,
            rows_enqueued: run.rows_enqueued,
            settled,
            outcomes,
            waits_for: waits_for(&run, &progress, run.rows_read.saturating_sub(settled)),
            sweep_rounds: run.sweep_rounds,
            cancelled_because,
            cancelled_by,
            deeds: run.audit.iter().map(entry).collect(),
            summary: run.report.map(|Report { version, at, .. }| json!({ "version": version, "at": at })),
            links: run.summary_files().map(|file| link(&file.id)).collect(),
            run,
            progress,
        }
    }

    pub(crate) fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    pub(crate) fn sent(&self) -> u64 {
        self.count(Outcome::Created) + self.count(Outcome::AlreadyKnown)
    }

    /// How many rows have no outcome yet.
    pub(crate) fn open(&self) -> u64 {
        self.rows_read.saturating_sub(self.settled)
    }
}

/// The event that a run with so many open rows waits for; none where it is done.
fn waits_for(run: &Run, progress: &Progress, open: u64) -> Option<String> {
    let is_due = || ledger::is_report_due(run, progress);
    match run.state {
        RunState::Reading => Some(format!("its file to be read: {} rows so far", run.rows_read)),
        RunState::Enqueueing => Some(format!("its rows to be enqueued: up to row {} so far", run.enqueued_to)),
        RunState::Posting if open > 0 => Some(format!("{open} of {} rows to be posted", run.rows_read)),
        RunState::Posting => Some("its summary".to_owned()),
        RunState::Rejected if run.report.is_none() => Some("its summary".to_owned()),
        RunState::Reported if is_due() => Some("its summary to be written anew".to_owned()),
        RunState::Cancelled if run.has_rows() && open > 0 => Some(format!("{open} rows to be closed")),
        RunState::Cancelled if is_due() => Some("its summary".to_owned()),
        RunState::Reported | RunState::Rejected | RunState::Superseded | RunState::Cancelled => None,
    }
}

pub(crate) fn link(file_id: &str) -> String {
    format!("https://drive.google.com/open?id={file_id}")
}

/// The ids by which Here to Help knows a row.
#[derive(Serialize)]
pub(crate) struct Ids {
    pub(crate) resident_id: Option<i64>,
    pub(crate) help_request_id: Option<i64>,
    pub(crate) follow_up_id: Option<i64>,
}

impl Ids {
    pub(crate) fn of(row: &RowRecord) -> Self {
        Self {
            resident_id: row.resident_id(),
            help_request_id: row.delivery.help_request_id,
            follow_up_id: row.follow_up_id(),
        }
    }
}

pub(crate) fn outcome_of(row: &RowRecord) -> &'static str {
    row.outcome().map_or("open", Outcome::as_str)
}

pub(crate) fn row_line(run: &RunId, row: &RowRecord, reveal: bool) -> String {
    let Ids { resident_id, help_request_id, follow_up_id } = Ids::of(row);
    let ids = [("resident", resident_id), ("request", help_request_id), ("follow-up", follow_up_id)];
    let ids = ids.into_iter().filter_map(|(name, id)| Some(format!("{name} {}", id?)));
    let (id, outcome, attempts) = (row.id(run).to_string(), outcome_of(row), row.attempts);
    let (class, ids) = (row.error_class().unwrap_or_default(), ids.collect::<Vec<_>>().join(", "));
    let reason = if reveal { plain(row.reason()) } else { String::new() };
    let line = format!("{id:<28} {outcome:<13} {attempts:>2} {class:<17} {ids} {reason}");
    line.trim_end().to_owned()
}
