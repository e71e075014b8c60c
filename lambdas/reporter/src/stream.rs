//! The table's stream says that a run may be complete. A light check: the work is done from the reports queue, so that a
//! slow upload blocks no shard.

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::Event;
use ledger::{Run, RunId, RunState};
use serde_json::Value;
use service::messages::ReportMessage;
use service::queue::Queue;

use crate::error::ReportError;
use crate::event::Reporter;

impl Reporter {
    /// Looks at the runs that a batch of stream records speaks of; how many are due.
    pub(crate) async fn stream(&self, event: Value) -> Result<usize, ReportError> {
        let Ok(event) = serde_json::from_value::<Event>(event) else {
            tracing::error!("the stream's records cannot be read: the sweep finds the runs that they speak of");
            return Ok(0);
        };
        let runs: BTreeSet<RunId> =
            event.records.iter().filter_map(|record| ledger::changed(&record.change.keys)).collect();
        let mut due = Vec::new();
        for id in runs {
            if let Some(run) = self.ledger.run(&id).await?
                && self.is_due(&run).await?
            {
                due.push(run.id);
            }
        }
        self.put_on_queue(&due).await
    }

    /// Whether a summary is owed: the first one, or one with what has moved since.
    pub(crate) async fn is_due(&self, run: &Run) -> Result<bool, ReportError> {
        match run.state {
            RunState::Reading | RunState::Enqueueing | RunState::Superseded | RunState::Cancelled => Ok(false),
            RunState::Rejected => Ok(run.report.is_none()),
            RunState::Posting | RunState::Reported => {
                let progress = self.ledger.progress(run).await?;
                let is_newer = run.report.is_none_or(|report| report.moves < progress.moves);
                Ok(is_newer && ledger::is_complete(run, &progress))
            }
        }
    }

    /// Puts runs on the reports queue; how many.
    pub(crate) async fn put_on_queue(&self, due: &[RunId]) -> Result<usize, ReportError> {
        let bodies: Vec<String> = due.iter().map(|run| ReportMessage::new(run.as_str()).body()).collect();
        self.queue.send(&bodies).await?;
        for run in due {
            tracing::info!(run = run.as_str(), "complete: its summary is due");
        }
        Ok(due.len())
    }
}
