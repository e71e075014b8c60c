//! Logs: one JSON object a line on standard output, where Lambda picks them up.

use std::io;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Starts logging and takes over the report of panics. `LOG_LEVEL` sets how much is logged (default `info`).
pub(crate) fn start() {
    let ours = std::env::var("LOG_LEVEL").unwrap_or_else(|_| "info".to_owned());
    let started = tracing::subscriber::set_global_default(lines(&ours, io::stdout));
    crate::panics::say_only_where();
    if started.is_err() {
        tracing::debug!("logging was started already");
    }
}

/// The lines of a function's log, to be written there: ours from this level on; the SDKs and HTTP libraries stay at `warn`, for
/// what they say below that quotes requests.
pub fn lines<W>(level: &str, out: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        // All spans, outermost first: the invocation's request id, then its run and row.
        .with_current_span(false)
        .with_span_list(true)
        .with_env_filter(filter(level))
        .with_writer(out)
        .finish()
}

/// Ours at this level, the libraries at `warn`.
fn filter(level: &str) -> EnvFilter {
    // What lambda_runtime says of a failed handler there, `invocation::serve` has told already, and without a panic's words.
    let libraries = EnvFilter::new("warn,lambda_runtime::layers::panic=off");
    // `aws` is not among them: as a prefix it would let the SDKs speak.
    let ours = ["drive", "here_to_help", "lambda_support", "ledger", "poster", "reporter", "splitter"];
    ours.iter().fold(libraries, |filter, name| match format!("{name}={level}").parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    })
}

#[cfg(test)]
mod tests {
    use tracing::Level;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn the_sdks_quote_no_request_at_any_level_of_ours() {
        let subscriber = tracing_subscriber::registry().with(filter("trace"));
        tracing::subscriber::with_default(subscriber, || {
            assert!(tracing::enabled!(target: "ledger::row", Level::TRACE));
            assert!(tracing::enabled!(target: "aws_smithy_runtime::client", Level::WARN));
            assert!(!tracing::enabled!(target: "aws_smithy_runtime::client", Level::INFO));
            assert!(!tracing::enabled!(target: "aws_sdk_dynamodb", Level::DEBUG));
            assert!(!tracing::enabled!(target: "hyper_util", Level::DEBUG));
        });
    }
}
