//! Metrics through CloudWatch's embedded metric format: lines on standard output, few dimensions, no personal data.

use std::io::Write;
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
    if drained().and_then(|lines| std::io::stdout().write_all(&lines)).is_err() {
        tracing::warn!("metrics could not be printed");
    }
}

/// The lines of what was counted since the last time; for tests, which look at them.
pub fn drained() -> std::io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    if let Some(Some(collector)) = COLLECTOR.get() {
        collector.flush(&mut lines)?;
    }
    Ok(lines)
}

/// Counts a file that was rejected and whose summary says so, by feed.
pub fn file_rejected(feed: &'static str) {
    metrics::counter!("FilesRejected", "Feed" => feed).increment(1);
}

/// Counts a poll of a feed's inbound folder that failed: nothing of the feed was taken.
pub fn poll_failed(feed: &'static str) {
    metrics::counter!("PollsFailed", "Feed" => feed).increment(1);
}

/// How old a feed's oldest run is that has no summary yet, and how many such runs there are; nothing where there is none:
/// an hour in which a metric is not written costs nothing.
/// Reported once: a gauge would be reported again by every later invocation of the process, when it is no more so.
pub fn open_runs(feed: &'static str, oldest: std::time::Duration, count: usize) {
    if count == 0 {
        return;
    }
    metrics::histogram!("OldestOpenRunSeconds", "Feed" => feed).record(oldest.as_secs_f64());
    metrics::histogram!("OpenRuns", "Feed" => feed).record(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
}

/// Counts a run that the sweep found stuck, by feed and by what is the matter.
pub fn stuck(feed: &'static str, matter: &'static str) {
    metrics::counter!("RunsStuck", "Feed" => feed, "Matter" => matter).increment(1);
}

/// Counts that posting is paused by the pipeline itself: once when it is, and with every probe after that.
pub fn paused() {
    metrics::counter!("PostingPaused").increment(1);
}

/// How many rows may be at Here to Help at once, told when it was looked at. Reported once, as [`open_runs`].
pub fn rows_at_once(rows: f64) {
    metrics::histogram!("RowsAtOnce").record(rows);
}

/// Counts a row that was settled, by feed and outcome.
pub fn settled(feed: &'static str, outcome: &'static str, rows: u64) {
    metrics::counter!("RowsSettled", "Feed" => feed, "Outcome" => outcome).increment(rows);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_a_sweep_saw_is_told_once_and_not_by_every_later_invocation() {
        start();
        open_runs("spl", Duration::from_secs(90), 2);
        let lines = drained().expect("lines");
        let told: Value = serde_json::from_slice(&lines).expect("one line");
        assert_eq!(told["OldestOpenRunSeconds"], json!([90.0]));
        assert_eq!(told["OpenRuns"], json!([2.0]));
        assert_eq!(told["Feed"], "spl");
        open_runs("spl", Duration::ZERO, 0);
        let later = drained().expect("lines");
        assert!(later.is_empty(), "{}", String::from_utf8_lossy(&later));
    }
}
