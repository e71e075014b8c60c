//! A run's summary is written by the one winner of its report.

use std::time::Duration;

use feeds::{FileResult, Layout, SheetEvidence, SummaryFacts};
use lambda_support::clock::{london_date, until_over};
use lambda_support::deliveries::{Delivery, Disposition};
use lambda_support::invocation::{Deadline, describe};
use lambda_support::metrics;
use ledger::{KeptRows, ReportClaim, ReportMessage, Reporting, RunId, RunState};
use tracing::Instrument;

use crate::last_sheet::compared;
use crate::notice::Notice;
use crate::summary_store::SummaryStore;
use crate::{ReportError, Reporter};

/// The time that must be left of the invocation for the ledger, once Google has been spoken to.
const RESERVE: Duration = Duration::from_secs(5);

impl Reporter {
    /// Works on one message of the reports queue.
    pub(crate) async fn report_message(&self, delivery: Delivery, deadline: Deadline) -> Disposition {
        let ReportMessage { run } = match ReportMessage::parse(&delivery.body) {
            Ok(message) => message,
            Err(error) => return Disposition::of_bad_message(&delivery, error, self.retry),
        };
        let span = tracing::info_span!("report", run = run.as_str());
        async {
            match self.report(&run, deadline).await {
                Ok(()) => Disposition::Ack,
                Err(error) => {
                    tracing::error!(
                        error = describe(&error),
                        receive_count = delivery.receive_count,
                        "the summary is tried again later"
                    );
                    Disposition::retry_after_failure(delivery.receive_count, self.retry)
                }
            }
        }
        .instrument(span)
        .await
    }

    async fn report(&self, run: &RunId, deadline: Deadline) -> Result<(), ReportError> {
        let mut reporting = match self.ledger.claim_report(run, deadline.claim_expiry()).await? {
            ReportClaim::Mine(reporting) => *reporting,
            ReportClaim::Held(until) => {
                let wait = until_over(until, (self.clock)());
                return Ok(self.queue.send_later(&ReportMessage { run: run.clone() }.body(), wait).await?);
            }
            ReportClaim::NotComplete | ReportClaim::Done => return Ok(()),
            ReportClaim::Unknown => {
                tracing::warn!("the ledger does not know the run: nothing to report");
                return Ok(());
            }
        };
        match self.write(&mut reporting, deadline).await {
            Ok(()) => self.finish(reporting).await,
            Err(error) => {
                if let Err(error) = reporting.release().await {
                    tracing::warn!(%error, "the report's claim is left to expire");
                }
                Err(error)
            }
        }
    }

    /// The summary is written. Were there moves meanwhile, it is due again.
    async fn finish(&self, reporting: Reporting) -> Result<(), ReportError> {
        let (run, version) = (reporting.run().clone(), reporting.version());
        let settled = reporting.progress().totals(&run);
        let moved_meanwhile = reporting.finish().await?;
        tracing::info!(version, "reported");
        if run.state == RunState::Rejected {
            metrics::file_rejected(run.feed.name());
        }
        if version == 1 {
            self.tell(Notice::of(&run, &settled)).await;
        }
        if moved_meanwhile {
            self.put_on_queue(&[run.id]).await?;
        }
        Ok(())
    }

    /// Notifies the data team, once: the summary is recorded before. A notice that is lost keeps nothing back.
    async fn tell(&self, notice: Notice) {
        let Some(topic) = &self.notices else { return };
        if let Err(error) = topic.publish(&notice.subject, &notice.text).await {
            tracing::error!(error = describe(&error), "the data team is not told of the summary, which is written");
        }
    }

    async fn write(&self, reporting: &mut Reporting, deadline: Deadline) -> Result<(), ReportError> {
        let run = reporting.run().clone();
        let folder = self.outbound.of(run.feed)?;
        let KeptRows { kept, gone } = reporting.kept_rows().await?;
        let summary_store = SummaryStore::open(self.drive.until(deadline.before(RESERVE)), folder, gone).await?;
        let settled = reporting.progress().totals(&run);
        let finished = reporting.progress().last_settled_at.max(run.split_at).unwrap_or(run.claimed_at);
        let layout = if run.has_rows() {
            let header = run.header.as_ref().ok_or(ReportError::NoHeader)?;
            Layout::of(run.feed, header, &run.file_name, run.rules.as_of)
        } else if run.state == RunState::Cancelled {
            Layout::cancelled(&run.file_name, run.rules.as_of)
        } else {
            Layout::rejected(&run.file_name, run.rules.as_of)
        };
        let because = run.cancelled.as_ref();
        let because = because.map(|act| format!("{}, on {}: {}", act.by, london_date(act.at), act.because));
        let result = match &because {
            Some(because) => FileResult::Cancelled { because, settled: run.has_rows().then_some(&settled) },
            None if run.state == RunState::Rejected => FileResult::Rejected(&run.problems),
            None => FileResult::Settled(&settled),
        };
        let last = self.last_sheet(&run).await?;
        let sheet = run.checkpoint.as_ref().map(|checkpoint| &checkpoint.evidence);
        let summary = feeds::summary_tab(&SummaryFacts {
            file: &run.file_name,
            feed: run.feed,
            run: run.id.as_str(),
            tab: sheet.and_then(|sheet| sheet.tab.as_deref()),
            warnings: sheet.map(SheetEvidence::warnings).unwrap_or_default(),
            started: run.claimed_at,
            finished,
            gone,
            result,
            compared: last
                .as_ref()
                .and_then(|last| Some([compared(&run, &settled)?, compared(&last.run, &last.settled)?])),
        });
        let mut books = Vec::new();
        for spreadsheet in &layout.spreadsheets {
            books.push(summary_store.begin(reporting, spreadsheet, spreadsheet.parts(&kept), 0, &summary).await?);
        }
        let mut rows = reporting.rows();
        let mut place = 0;
        while let Some(row) = rows.next().await? {
            for book in &mut books {
                while book.part < book.parts.of_row(place) {
                    summary_store.turn_over(reporting, book, &summary).await?;
                }
                book.note(&row);
            }
            for line in layout.place(&row) {
                books[line.spreadsheet].push(&line)?;
            }
            place += 1;
        }
        // Of what lies there already nothing may get lost: the next try counts anew what is left.
        if reporting.version() > 1 && run.has_rows() && place < kept.values().sum() {
            return Err(ReportError::RowsWent);
        }
        for book in books {
            summary_store.store_to_the_last(reporting, book, &summary).await?;
        }
        Ok(())
    }
}
