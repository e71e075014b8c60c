//! A run's summary is written by the one winner of its report.

use std::fs::File;
use std::time::Duration;

use drive::{Drive, SummaryKey};
use feeds::{FileResult, Layout, SummaryFacts};
use ledger::{Cancellation, ReportClaim, Reporting, Run, RunId, RunState, SummaryFile};
use service::clock::{london_date, until_over};
use service::deliveries::{Delivery, Disposal};
use service::invocation::{Deadline, describe};
use service::messages::ReportMessage;
use service::metrics;
use service::queue::Queue;
use tracing::Instrument;

use crate::book::Book;
use crate::error::ReportError;
use crate::event::Reporter;

/// What must be left of the invocation's time for the ledger, once Google has been spoken to.
const RESERVE: Duration = Duration::from_secs(5);

impl Reporter {
    /// Works on one message of the reports queue.
    pub(crate) async fn report_message(&self, delivery: Delivery, deadline: Deadline) -> Disposal {
        let run = ReportMessage::parse(&delivery.body).ok().and_then(|message| message.run.parse::<RunId>().ok());
        let Some(run) = run else {
            tracing::error!(
                message_id = delivery.id,
                "the message is no report message: left for the dead-letter queue"
            );
            return Disposal::Leave;
        };
        let span = tracing::info_span!("report", run = run.as_str());
        async {
            match self.report(&run, deadline).await {
                Ok(()) => Disposal::Acknowledge,
                Err(error) => {
                    tracing::error!(
                        error = describe(&error),
                        receives = delivery.receives,
                        "the summary is tried again later"
                    );
                    Disposal::retry(delivery.receives, self.settings.retry)
                }
            }
        }
        .instrument(span)
        .await
    }

    async fn report(&self, run: &RunId, deadline: Deadline) -> Result<(), ReportError> {
        let mut reporting = match self.ledger.claim_report(run, deadline.fence()).await? {
            ReportClaim::Mine(reporting) => *reporting,
            ReportClaim::Held { until } => {
                let wait = until_over(until, (self.clock)());
                return Ok(self.queue.send_later(&ReportMessage::new(run.as_str()).body(), wait).await?);
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
        let finished = reporting.finish().await?;
        tracing::info!(version, "reported");
        if run.state == RunState::Rejected {
            metrics::file_rejected(run.feed.name());
        }
        if finished.moved_meanwhile {
            self.put_on_queue(&[run.id]).await?;
        }
        Ok(())
    }

    async fn write(&self, reporting: &mut Reporting, deadline: Deadline) -> Result<(), ReportError> {
        let drive = self.drive.until(deadline.before(RESERVE));
        let run = reporting.run().clone();
        let folder = self.settings.outbound.of(run.feed)?.to_owned();
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
        let because = run.cancelled.as_ref().map(cancelled_because);
        let result = match &because {
            Some(because) => FileResult::Cancelled { because, settled: run.has_rows().then_some(&settled) },
            None if run.state == RunState::Rejected => FileResult::Rejected(&run.problems),
            None => FileResult::Settled(&settled),
        };
        let summary = feeds::summary_tab(&SummaryFacts {
            file: &run.file_name,
            feed: run.feed,
            run: run.id.as_str(),
            started: run.claimed_at,
            finished,
            result,
        });
        let mut books = Vec::new();
        for spreadsheet in layout.spreadsheets() {
            books.push(Book::begin(spreadsheet, spreadsheet.parts(&settled), 0, &summary)?);
        }
        let mut rows = reporting.rows();
        let mut place = 0;
        while let Some(row) = rows.next().await? {
            for line in layout.place(&row) {
                let part = books[line.spreadsheet].parts.of_row(place);
                while books[line.spreadsheet].part < part {
                    let full = books[line.spreadsheet].turn_over(&summary)?;
                    self.store(&drive, reporting, &folder, full).await?;
                }
                books[line.spreadsheet].push(line.tab, &line.cells)?;
            }
            place += 1;
        }
        for book in books {
            self.store_to_the_last(&drive, reporting, &folder, book, &summary).await?;
        }
        Ok(())
    }

    /// Stores a spreadsheet's last part, and those after it that no line came to.
    async fn store_to_the_last(
        &self,
        drive: &Drive,
        reporting: &mut Reporting,
        folder: &str,
        mut book: Book<'_>,
        summary: &[Vec<String>],
    ) -> Result<(), ReportError> {
        while book.part + 1 < book.parts.count() {
            let full = book.turn_over(summary)?;
            self.store(drive, reporting, folder, full).await?;
        }
        self.store(drive, reporting, folder, book).await
    }

    /// Stores one part in the outbound folder, over what an earlier version wrote, unless somebody edited that since or
    /// threw it away: then as a file of its own. Whatever else lies there of this run may be somebody's work.
    async fn store(
        &self,
        drive: &Drive,
        reporting: &mut Reporting,
        folder: &str,
        book: Book<'_>,
    ) -> Result<(), ReportError> {
        let part = u32::try_from(book.part + 1).unwrap_or(u32::MAX);
        let (kind, name) = (book.spreadsheet.kind, book.name());
        let file = book.finish()?;
        let find_or_create = async |name: &str, kind: String| {
            let key = SummaryKey { run: reporting.run().id.to_string(), kind, part };
            drive.find_or_create(folder, name, &key).await
        };
        let id = match untouched(drive, reporting.run(), kind, part).await? {
            Earlier::Untouched(id) => id,
            Earlier::None => find_or_create(&name, kind.to_owned()).await?,
            Earlier::NotOurs => {
                let version = reporting.version();
                find_or_create(&format!("{name} (version {version})"), format!("{kind}-{version}")).await?
            }
        };
        self.fill(drive, reporting, kind, part, &id, &file).await
    }

    /// Replaces the file's content. Its id is noted before, so that a crash leaves no second one behind.
    async fn fill(
        &self,
        drive: &Drive,
        reporting: &mut Reporting,
        kind: &str,
        part: u32,
        id: &str,
        file: &File,
    ) -> Result<(), ReportError> {
        reporting.record_file(kind, part, SummaryFile { id: id.to_owned(), left_as: None }).await?;
        drive.replace_content(id, file).await?;
        let left_as = drive.entry(id).await?.map(|entry| entry.modified.to_rfc3339());
        reporting.record_file(kind, part, SummaryFile { id: id.to_owned(), left_as }).await?;
        Ok(())
    }
}

/// Who cancelled a run, when and why.
fn cancelled_because(Cancellation { because, by, at, .. }: &Cancellation) -> String {
    format!("{by}, on {}: {because}", london_date(*at))
}

/// What is there of an earlier version.
enum Earlier {
    None,
    Untouched(String),
    /// Edited or thrown away.
    NotOurs,
}

async fn untouched(drive: &Drive, run: &Run, kind: &str, part: u32) -> Result<Earlier, ReportError> {
    let Some(recorded) = run.summary_file(kind, part) else { return Ok(Earlier::None) };
    let Some(entry) = drive.entry(&recorded.id).await?.filter(|entry| !entry.trashed) else {
        return Ok(Earlier::NotOurs);
    };
    let as_left = recorded.left_as.as_ref().is_none_or(|left_as| *left_as == entry.modified.to_rfc3339());
    Ok(if as_left { Earlier::Untouched(entry.id) } else { Earlier::NotOurs })
}
