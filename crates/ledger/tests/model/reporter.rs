//! Reporters: claim, write, finish.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use ledger::{Error, ReportClaim, Reporting, RunId, RunState, SummaryFile, is_report_due};

use crate::plan::Choice;
use crate::world::{World, file};

/// How far a reporter has come.
#[derive(Default)]
pub(crate) enum Reporter {
    #[default]
    Idle,
    /// In the middle of a call.
    Busy,
    Writing(Box<Reporting>, DateTime<Utc>),
}

impl Reporter {
    /// The run that it reports.
    pub(crate) fn run(&self) -> Option<&RunId> {
        match self {
            Self::Writing(reporting, _) => Some(&reporting.run().id),
            Self::Idle | Self::Busy => None,
        }
    }

    pub(crate) fn until(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Writing(_, until) => Some(*until),
            Self::Idle | Self::Busy => None,
        }
    }
}

impl World {
    /// One step of a reporter.
    pub(crate) async fn report(&self, number: usize, choice: Choice) -> Result<(), Error> {
        let next = match self.reporters[number].replace(Reporter::Busy) {
            Reporter::Busy => return Ok(()),
            Reporter::Idle => self.claim_report(choice).await?,
            Reporter::Writing(mut reporting, until) => match choice % 8 {
                0 => {
                    reporting.release().await?;
                    Reporter::Idle
                }
                1 | 2 => {
                    let id = format!("drive-{}", reporting.version());
                    reporting
                        .record_file("summary", 1, SummaryFile { id, left_as: None, gone: 0, edition: None })
                        .await?;
                    self.was_in_time(until);
                    Reporter::Writing(reporting, until)
                }
                3 | 4 => {
                    self.read_rows(&reporting).await?;
                    Reporter::Writing(reporting, until)
                }
                _ => {
                    self.finish(*reporting).await?;
                    self.was_in_time(until);
                    Reporter::Idle
                }
            },
        };
        self.reporters[number].replace(next);
        Ok(())
    }

    async fn claim_report(&self, choice: Choice) -> Result<Reporter, Error> {
        let (id, until) = (file(usize::from(choice / 8)).id(), self.fixture.until());
        let claim = self.fixture.ledger.claim_report(&id, until).await?;
        let seen = self.table.borrow().runs.get(&id).cloned();
        if let Some(seen) = seen.filter(|_| self.is_alone.get()) {
            let progress = self.fixture.ledger.progress(&seen.run).await?;
            let is_held = seen.owners.report_until > Some(self.now().timestamp_millis());
            let is_due = is_report_due(&seen.run, &progress);
            assert_eq!(matches!(claim, ReportClaim::Mine(_)), is_due && !is_held, "{id}: {claim:?}");
            assert_eq!(matches!(claim, ReportClaim::Held { .. }), is_due && is_held, "{id}: {claim:?}");
        }
        let ReportClaim::Mine(reporting) = claim else { return Ok(Reporter::Idle) };
        let mut item = self.fixture.direct.item(&format!("RUN#{id}"), "RUN").await.expect("a run");
        self.is_given(item.remove("report_token").and_then(|token| token.as_s().ok().cloned()));
        Ok(Reporter::Writing(reporting, until))
    }

    /// The summary has every row, and its counts are the rows', unless one moved since.
    async fn read_rows(&self, reporting: &Reporting) -> Result<(), Error> {
        if reporting.run().state == RunState::Rejected {
            return Ok(());
        }
        let (mut rows, mut counts) = (reporting.rows(), BTreeMap::new());
        while let Some(row) = rows.next().await? {
            *counts.entry(row.settlement.outcome).or_default() += 1;
        }
        let run = reporting.run();
        assert_eq!(counts.values().sum::<u64>(), run.rows_read, "run {}: a row is missing", run.id);
        let has_moved = self.fixture.ledger.progress(run).await?.moves != reporting.progress().moves;
        assert!(has_moved || counts == reporting.progress().totals(run), "run {}: the summary does not add up", run.id);
        Ok(())
    }

    async fn finish(&self, reporting: Reporting) -> Result<(), Error> {
        let (run, version, seen) = (reporting.run().clone(), reporting.version(), reporting.progress().moves);
        let moved_meanwhile = reporting.finish().await?;
        self.has_won(format!("version {version} of the report of {}", run.id));
        if self.is_alone.get() {
            let moves = self.fixture.ledger.progress(&run).await?.moves;
            assert_eq!(moved_meanwhile, moves != seen, "run {}: moved meanwhile", run.id);
        }
        Ok(())
    }
}
