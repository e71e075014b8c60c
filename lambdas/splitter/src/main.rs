//! The splitter Lambda: new sheets in Drive become ledgered rows and one message per row to post.

use std::sync::Arc;

use anyhow::{Context, Result};
use aws::Clients;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::Utc;
use drive::{Drive, Scope};
use lambda_support::invocation;
use lambda_support::settings::Environment;
use ledger::Ledger;
use splitter::{DoneFiles, Settings, Splitter};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    invocation::serve(build, Splitter::event).await
}

/// Builds the parts once, at cold start.
async fn build() -> Result<Splitter> {
    let environment = Environment::Process;
    let settings = Settings::from_env(&environment)?;
    let table = environment.required("TABLE_NAME", "the name of the ledger's table")?;
    let rows = environment.required("ROWS_QUEUE_URL", "the URL of the queue of rows to post")?;
    let credentials = environment
        .required("GOOGLE_CREDENTIALS_PARAMETER", "the name of the SSM parameter that holds Google's credentials")?;
    let reads = environment.parsed("SHEET_READS_PER_MINUTE", "how often Google Sheets may be read in a minute")?;
    let aws = Clients::from_env().await;
    let mut google = drive::Settings::new(Secrets::new(aws.ssm).read(&credentials).await?, Scope::ReadOnly);
    google.api_url = environment.text("GOOGLE_API_URL");
    google.subject = environment.text("GOOGLE_SUBJECT");
    google.sheet_reads_per_minute = reads.unwrap_or(google.sheet_reads_per_minute);
    let clock: ledger::Clock = Arc::new(Utc::now);
    Ok(Splitter {
        drive: Drive::new(&google).context("the Google client cannot be built")?,
        ledger: Ledger::new(aws.dynamodb, table, clock.clone()),
        queue: Sqs::new(aws.sqs, rows),
        clock,
        done: DoneFiles::default(),
        settings,
    })
}
