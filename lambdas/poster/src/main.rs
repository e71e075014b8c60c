//! The poster Lambda: one message, one resident row to Here to Help.

use std::sync::Arc;

use anyhow::{Context, Result};
use aws::Clients;
use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use chrono::Utc;
use here_to_help::{Client, Pace};
use lambda_support::invocation;
use lambda_support::settings::Environment;
use ledger::{HashKey, Ledger};
use poster::{AtOnce, Poster, Settings};

#[tokio::main]
async fn main() -> Result<(), lambda_runtime::Error> {
    invocation::serve(build, Poster::handle).await
}

/// Builds the parts once, at cold start.
async fn build() -> Result<Poster> {
    let settings = Settings::from_env(&Environment::Process)?;
    let aws = Clients::from_env().await;
    let secrets = Secrets::new(aws.ssm);
    let (key, hash_key) = tokio::try_join!(
        secrets.read(&settings.api_key_parameter),
        secrets.read_or_make(&settings.hash_key_parameter)
    )?;
    let pace = Pace::share(settings.calls_per_second, settings.concurrency);
    let api = here_to_help::Settings::new(settings.api_base_url, key);
    let clock: ledger::Clock = Arc::new(Utc::now);
    Ok(Poster {
        ledger: Ledger::new(aws.dynamodb, settings.table, clock.clone()),
        api: Client::new(&api, pace).context("the API's client cannot be built")?,
        secrets,
        api_key_parameter: settings.api_key_parameter,
        hash_key: HashKey::new(&hash_key),
        mapping: Mapping::new(aws.lambda, settings.function, &settings.rows_queue_url),
        queue: Sqs::new(aws.sqs, settings.rows_queue_url),
        at_once: AtOnce::new(settings.concurrency, settings.calls_per_second, settings.may_wait),
        calls_per_second: settings.calls_per_second,
        concurrency: settings.concurrency,
        clock,
        max_receives: settings.max_receives,
        retry: settings.retry,
    })
}
