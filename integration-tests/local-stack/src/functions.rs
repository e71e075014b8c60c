//! The functions and their event source mappings.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_lambda::client::Waiters;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Environment, EventSourcePosition, Filter, FilterCriteria, FunctionCode, FunctionResponseType, Runtime,
    ScalingConfig,
};
use zip::write::SimpleFileOptions;

use crate::binaries::Binaries;
use crate::resources::Resources;
use crate::values::{REPORTS_BATCH, REPORTS_CONCURRENCY, ROWS_BATCH, STREAM_BATCH, STREAM_WINDOW};

/// A function to make.
pub(crate) struct Function<'a> {
    /// Its name, and its binary's.
    pub(crate) name: &'static str,
    /// How long one invocation may take.
    pub(crate) timeout: Duration,
    /// Its settings.
    pub(crate) settings: &'a BTreeMap<String, String>,
}

/// Makes a function that runs the real binary: its package is a script that becomes the binary, so that nothing of a
/// few hundred megabytes is zipped. What it logs goes to the local AWS's log and to `logs/<name>.log`.
pub(crate) async fn make(
    lambda: &aws_sdk_lambda::Client,
    binaries: &Binaries,
    logs: &Path,
    function: Function<'_>,
) -> Result<()> {
    let name = function.name;
    let settings = function.settings.clone().into_iter().collect();
    lambda
        .create_function()
        .function_name(name)
        .runtime(Runtime::Providedal2023)
        .role("arn:aws:iam::000000000000:role/local")
        .handler("bootstrap")
        .timeout(i32::try_from(function.timeout.as_secs())?)
        .memory_size(1024)
        .code(FunctionCode::builder().zip_file(Blob::new(package(&binaries.path(name), &logs.join(name))?)).build())
        .environment(Environment::builder().set_variables(Some(settings)).build())
        .send()
        .await
        .with_context(|| format!("cannot make the function {name}"))?;
    lambda
        .wait_until_function_active_v2()
        .function_name(name)
        .wait(Duration::from_secs(30))
        .await
        .with_context(|| format!("the function {name} does not become active"))?;
    Ok(())
}

/// A zip with a `bootstrap` that becomes the binary.
fn package(binary: &Path, log: &Path) -> Result<Vec<u8>> {
    let script =
        format!("#!/bin/bash\nexec > >(exec tee -a '{}.log') 2>&1\nexec '{}'\n", log.display(), binary.display());
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", SimpleFileOptions::default().unix_permissions(0o755)).context("cannot zip")?;
    zip.write_all(script.as_bytes()).context("cannot zip")?;
    Ok(zip.finish().context("cannot zip")?.into_inner())
}

/// Maps the queues and the stream to their functions, with the values that `infra` has.
pub(crate) async fn map(config: &SdkConfig, resources: &Resources, poster_concurrency: u32) -> Result<()> {
    let lambda = aws_sdk_lambda::Client::new(config);
    let filters = ledger::STREAM_FILTERS.map(|pattern| Filter::builder().pattern(pattern).build());
    lambda
        .create_event_source_mapping()
        .function_name("poster")
        .event_source_arn(&resources.rows.arn)
        .batch_size(ROWS_BATCH)
        .scaling_config(ScalingConfig::builder().maximum_concurrency(i32::try_from(poster_concurrency)?).build())
        .function_response_types(FunctionResponseType::ReportBatchItemFailures)
        .send()
        .await
        .context("cannot map the rows queue to the poster")?;
    lambda
        .create_event_source_mapping()
        .function_name("reporter")
        .event_source_arn(&resources.reports.arn)
        .batch_size(REPORTS_BATCH)
        .scaling_config(ScalingConfig::builder().maximum_concurrency(REPORTS_CONCURRENCY).build())
        .function_response_types(FunctionResponseType::ReportBatchItemFailures)
        .send()
        .await
        .context("cannot map the reports queue to the reporter")?;
    lambda
        .create_event_source_mapping()
        .function_name("reporter")
        .event_source_arn(&resources.stream_arn)
        .starting_position(EventSourcePosition::TrimHorizon)
        .batch_size(STREAM_BATCH)
        .maximum_batching_window_in_seconds(STREAM_WINDOW)
        .filter_criteria(FilterCriteria::builder().set_filters(Some(filters.into())).build())
        .send()
        .await
        .context("cannot map the table's stream to the reporter")?;
    Ok(())
}
