//! Logs: one JSON object a line on standard output, where Lambda picks them up.

use tracing_subscriber::EnvFilter;

/// Starts logging and takes over the report of panics. Call it once, first.
///
/// `LOG_LEVEL` sets how much is logged (default `info`); the SDKs and HTTP libraries stay at `warn`, for what they say
/// below that quotes requests.
pub fn start() {
    let ours = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    // What lambda_runtime says of a failed handler there, `invocation::serve` has logged already, and without a panic's
    // words.
    let libraries = EnvFilter::new("warn,lambda_runtime::layers::panic=off");
    // `aws` is not among them: as a prefix it would let the SDKs speak.
    let filter = ["drive", "here_to_help", "lambda_support", "ledger", "poster", "reporter", "splitter"].iter().fold(
        libraries,
        |filter, ours_is| match format!("{ours_is}={ours}").parse() {
            Ok(directive) => filter.add_directive(directive),
            Err(_) => filter,
        },
    );
    let started = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        // All spans, outermost first: the invocation's request id, then its run and row.
        .with_current_span(false)
        .with_span_list(true)
        .with_target(true)
        .with_env_filter(filter)
        .try_init();
    crate::panics::say_only_where();
    if started.is_err() {
        tracing::debug!("logging was started already");
    }
}
