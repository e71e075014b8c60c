//! Metrics through CloudWatch's embedded metric format: lines on standard output, few dimensions, no personal data.

use std::sync::OnceLock;

use metrics_cloudwatch_embedded::{Builder, Collector};

static COLLECTOR: OnceLock<Option<&'static Collector>> = OnceLock::new();

/// The namespace under which CloudWatch shows the metrics.
pub const NAMESPACE: &str = "HereToHelpIngestion";

/// Starts collecting. Counters of the `metrics` crate are then printed by each [`flush`].
pub fn start() {
    COLLECTOR.get_or_init(|| {
        let collector = Builder::new().cloudwatch_namespace(NAMESPACE).init();
        if collector.is_err() {
            tracing::warn!("metrics could not be started: the function works, but its metrics are missing");
        }
        collector.ok()
    });
}

/// Prints what was counted since the last time.
pub fn flush() {
    if let Some(Some(collector)) = COLLECTOR.get() {
        let mut line = Vec::new();
        let printed =
            collector.flush(&mut line).and_then(|()| std::io::Write::write_all(&mut std::io::stdout(), &line));
        if printed.is_err() {
            tracing::warn!("metrics could not be printed");
        }
    }
}

/// Counts a file that was rejected and whose summary says so, by feed.
pub fn file_rejected(feed: &'static str) {
    metrics::counter!("FilesRejected", "Feed" => feed).increment(1);
}

/// How old a feed's oldest run is that has no summary yet; 0 where there is none.
pub fn oldest_open_run(feed: &'static str, age: std::time::Duration) {
    metrics::gauge!("OldestOpenRunSeconds", "Feed" => feed).set(age.as_secs_f64());
}

/// Counts a run that the sweep found stuck, by feed and by what is the matter.
pub fn stuck(feed: &'static str, matter: &'static str) {
    metrics::counter!("RunsStuck", "Feed" => feed, "Matter" => matter).increment(1);
}

/// Counts that posting is paused by the pipeline itself: once when it is, and with every probe after that.
pub fn paused() {
    metrics::counter!("PostingPaused").increment(1);
}

/// Counts a row that was settled, by feed and outcome.
pub fn settled(feed: &'static str, outcome: &'static str, rows: u64) {
    metrics::counter!("RowsSettled", "Feed" => feed, "Outcome" => outcome).increment(rows);
}
