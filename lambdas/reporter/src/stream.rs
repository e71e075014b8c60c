//! The table's stream says that a run may be complete. The work is done from the reports queue: no upload blocks a shard.

use std::collections::BTreeSet;

use aws_lambda_events::event::dynamodb::EventRecord;
use lambda_support::invocation::describe;
use ledger::{Progress, ReportMessage, Run, RunId, RunState, is_report_asked, is_report_due};
use serde_json::Value;

use crate::{ReportError, Reporter};

impl Reporter {
    /// Looks at the runs that a batch of stream records speaks of; how many are due. What can never be read is logged,
    /// and the rest of the batch goes on: a batch that fails is delivered again, and nothing behind it meanwhile.
    pub(crate) async fn stream(&self, event: Value) -> Result<usize, ReportError> {
        let records = event.get("Records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let runs: BTreeSet<RunId> = records.iter().filter_map(changed).collect();
        let mut due = Vec::new();
        for id in runs {
            match self.due(&id).await {
                Ok(run) => due.extend(run),
                Err(error @ (ledger::Error::NewerVersion { .. } | ledger::Error::Corrupt { .. })) => {
                    tracing::error!(run = id.as_str(), error = describe(&error), "the run cannot be looked at");
                }
                Err(error) => return Err(error.into()),
            }
        }
        let ids: Vec<RunId> = due.iter().map(|(run, _)| run.id.clone()).collect();
        let asked = self.put_on_queue(&ids).await?;
        for (run, progress) in &due {
            self.ledger.note_asked(run, progress).await?;
        }
        Ok(asked)
    }

    /// The run, if a summary is owed that was not asked for yet: the first one, or one with what has moved since.
    async fn due(&self, id: &RunId) -> ledger::Result<Option<(Run, Progress)>> {
        let Some(run) = self.ledger.run(id).await? else { return Ok(None) };
        if matches!(run.state, RunState::Reading | RunState::Enqueueing) {
            return Ok(None);
        }
        let progress = self.ledger.progress(&run).await?;
        let is_due = is_report_due(&run, &progress) && !is_report_asked(&run, &progress);
        Ok(is_due.then_some((run, progress)))
    }

    /// Puts runs on the reports queue; how many.
    pub(crate) async fn put_on_queue(&self, due: &[RunId]) -> Result<usize, ReportError> {
        let bodies: Vec<String> = due.iter().map(|run| ReportMessage { run: run.clone() }.body()).collect();
        self.queue.send(&bodies).await?;
        for run in due {
            tracing::info!(run = run.as_str(), "complete: its summary is due");
        }
        Ok(due.len())
    }
}

/// The run that a record tells news of.
fn changed(record: &Value) -> Option<RunId> {
    match serde_json::from_value::<EventRecord>(record.clone()) {
        Ok(record) => ledger::changed(&record.change.keys, &record.change.new_image),
        Err(_) => {
            tracing::error!("a stream record cannot be read: the sweep finds the run that it speaks of");
            None
        }
    }
}
