//! The reporter Lambda: the outbound summary of every run that is complete.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use aws::Clients;
use aws::notices::Topic;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::{TimeDelta, Utc};
use drive::{Drive, Scope};
use feeds::Direction;
use lambda_support::invocation;
use lambda_support::settings::{Environment, Folders};
use ledger::Ledger;
use reporter::Reporter;

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    invocation::serve(build, Reporter::event).await
}

/// Builds the parts once, at cold start. A feed's folder may be missing here; it is asked for when a summary is due.
async fn build() -> Result<Reporter> {
    let environment = Environment::Process;
    let table = environment.required("TABLE_NAME", "the name of the ledger's table")?;
    let reports = environment.required("REPORTS_QUEUE_URL", "the URL of the queue of summaries to write")?;
    let rows = environment.required("ROWS_QUEUE_URL", "the URL of the queue of rows to post")?;
    let letters = environment.required("DEAD_LETTER_QUEUE_URL", "the URL of the rows queue's dead letters")?;
    let credentials = environment
        .required("GOOGLE_CREDENTIALS_PARAMETER", "the name of the SSM parameter that holds Google's credentials")?;
    let retry = environment.parsed("RETRY_SECONDS", "the first wait before a failed summary is tried again")?;
    let patience = environment.parsed("STALLED_SECONDS", "how long nothing may happen to a run before it is swept")?;
    let config = aws::config().await;
    let aws = Clients::new(&config);
    let mut google = drive::Settings::new(Secrets::new(aws.ssm).read(&credentials).await?, Scope::ReadWrite);
    google.api_url = environment.text("GOOGLE_API_URL");
    google.subject = environment.text("GOOGLE_SUBJECT");
    let clock: ledger::Clock = Arc::new(Utc::now);
    Ok(Reporter {
        drive: Drive::new(&google).context("the Google client cannot be built")?,
        ledger: Ledger::new(aws.dynamodb, table, clock.clone()),
        queue: Sqs::new(aws.sqs.clone(), reports),
        rows: Sqs::new(aws.sqs.clone(), rows),
        dead_letters: Sqs::new(aws.sqs, letters),
        notices: environment.text("NOTICES_TOPIC_ARN").map(|arn| Topic::new(&config, arn)),
        clock,
        patience: patience.map_or(ledger::PATIENCE, |seconds: u32| TimeDelta::seconds(seconds.into())),
        retry: Duration::from_secs(retry.unwrap_or(60)),
        outbound: Folders::from_env(&environment, Direction::Outbound),
    })
}
