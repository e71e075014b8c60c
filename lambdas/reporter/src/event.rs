//! The reporter's events, told apart.

use std::time::Duration;

use aws::notices::Topic;
use aws::queue::Sqs;
use chrono::TimeDelta;
use drive::Drive;
use lambda_support::deliveries;
use lambda_support::invocation::{AlreadyLogged, Deadline, describe};
use lambda_support::settings::Folders;
use ledger::{Clock, Ledger};
use serde_json::{Value, json};

/// Everything that the reporter works with, built once at cold start.
pub struct Reporter {
    /// Google Drive, to write.
    pub drive: Drive,
    /// Runs and rows.
    pub ledger: Ledger,
    /// The reports queue.
    pub queue: Sqs,
    /// The rows queue, to enqueue again what was lost.
    pub rows: Sqs,
    /// Its dead letters, for rows that are given up.
    pub dead_letters: Sqs,
    /// Where the data team is notified of summaries, if anywhere.
    pub notices: Option<Topic>,
    /// The source of the time.
    pub clock: Clock,
    /// How long nothing may have happened to a run before the sweep takes it for stuck.
    pub patience: TimeDelta,
    /// The first wait before a summary that failed is tried again; it doubles with each receive.
    pub retry: Duration,
    /// Each feed's outbound folder, where it is set.
    pub outbound: Folders,
}

const BAD_EVENT: &str = "the event is no batch of the table's stream or of the reports queue, and no {\"sweep\":true}: check \
                         the function's event source mappings and schedules";

impl Reporter {
    /// Works on an event. Fails with one that is not its own, and where the event source shall try it again.
    pub async fn event(&self, event: Value, deadline: Deadline) -> Result<Value, lambda_runtime::Error> {
        let source = event.pointer("/Records/0/eventSource").and_then(Value::as_str);
        let worked = match source {
            Some("aws:dynamodb") => self.stream(event).await,
            Some("aws:sqs") => {
                let report = |delivery| Box::pin(self.report_message(delivery, deadline));
                return Ok(json!(deliveries::each(event, &self.queue, report).await?));
            }
            _ if event.get("sweep") == Some(&Value::Bool(true)) => self.sweep(deadline).await,
            _ => return Err(BAD_EVENT.into()),
        };
        worked.map(|runs| json!({ "runs_to_report": runs })).map_err(|error| {
            tracing::error!(
                error = describe(&error),
                "the runs that may be complete could not be looked at: tried again"
            );
            AlreadyLogged::of(&error).into()
        })
    }
}
