//! The splitter Lambda: new sheets in Drive become ledgered rows and one message per row to post.

use std::sync::Arc;

use anyhow::{Context, Result};
use aws::Clients;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::Utc;
use drive::{Drive, Scope};
use lambda_support::settings::Environment;
use lambda_support::{invocation, logs, metrics};
use ledger::Ledger;
use splitter::{Settings, Splitter};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    logs::start();
    metrics::start();
    invocation::serve_built(build, Splitter::event).await
}

/// Builds the parts once, at cold start.
async fn build() -> Result<Splitter> {
    let settings = Settings::from_env(&Environment::Process)?;
    let aws = Clients::from_env().await;
    let credentials = Secrets::new(aws.ssm).read(&settings.google_credentials_parameter).await?;
    let mut google = drive::Settings::new(credentials, Scope::ReadOnly);
    google.api_url = settings.google_api_url.clone();
    google.subject = settings.google_subject.clone();
    google.sheet_reads_per_minute = settings.sheet_reads_per_minute.unwrap_or(google.sheet_reads_per_minute);
    let clock: ledger::Clock = Arc::new(Utc::now);
    Ok(Splitter {
        drive: Drive::new(&google).context("the Google client cannot be built")?,
        ledger: Ledger::new(aws.dynamodb, settings.table.clone(), clock.clone()),
        queue: Sqs::new(aws.sqs, settings.rows_queue_url.clone()),
        clock,
        settings,
    })
}
