//! The reporter Lambda: the outbound summary of every run that is complete.

use std::sync::Arc;

use anyhow::{Context, Result};
use aws::Clients;
use aws::notices::Topic;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::Utc;
use drive::{Drive, Scope};
use lambda_support::settings::Environment;
use lambda_support::{invocation, logs, metrics};
use ledger::Ledger;
use reporter::{Reporter, Settings};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    logs::start();
    metrics::start();
    invocation::serve_built(build, Reporter::event).await
}

/// Builds the parts once, at cold start.
async fn build() -> Result<Reporter> {
    let settings = Settings::from_env(&Environment::Process)?;
    let config = aws::config().await;
    let aws = Clients::new(&config);
    let credentials = Secrets::new(aws.ssm).read(&settings.google_credentials_parameter).await?;
    let mut google = drive::Settings::new(credentials, Scope::ReadWrite);
    google.api_url = settings.google_api_url.clone();
    google.subject = settings.google_subject.clone();
    let clock: ledger::Clock = Arc::new(Utc::now);
    Ok(Reporter {
        drive: Drive::new(&google).context("the Google client cannot be built")?,
        ledger: Ledger::new(aws.dynamodb, settings.table.clone(), clock.clone()),
        queue: Sqs::new(aws.sqs.clone(), settings.reports_queue_url.clone()),
        rows: Sqs::new(aws.sqs.clone(), settings.rows_queue_url.clone()),
        dead_letters: Sqs::new(aws.sqs, settings.dead_letter_queue_url.clone()),
        notices: settings.notices_topic_arn.clone().map(|arn| Topic::new(&config, arn)),
        clock,
        settings,
    })
}
