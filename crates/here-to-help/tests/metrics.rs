//! The metrics of the API.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use serde_json::json;
use wire::HelpRequest;

use crate::api::{Answer, Api, CORRELATION, in_seconds};

/// Keeps what is counted, by name and dimensions.
#[derive(Default)]
struct Counted(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Counted {
    fn value(&self, metric: &str) -> Option<u64> {
        self.0.lock().expect("the counters").get(metric).map(|counter| counter.load(Ordering::Relaxed))
    }
}

impl Recorder for Counted {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let dimensions: Vec<String> = key.labels().map(|label| format!(" {}={}", label.key(), label.value())).collect();
        let mut counters = self.0.lock().expect("the counters");
        Counter::from_arc(counters.entry(format!("{}{}", key.name(), dimensions.concat())).or_default().clone())
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("{key} is a gauge")
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("{key} is a histogram")
    }
}

#[tokio::test]
async fn every_call_is_counted_with_its_time_and_what_failed_by_its_kind() {
    let counted = Counted::default();
    let _recording = metrics::set_default_local_recorder(&counted);
    let found = || Answer::json(200, json!([]));
    let api = Api::start([found(), Answer::text(429, ""), found(), Answer::never()]).await;

    let invocation = api.invocation();
    let row = invocation.for_row(CORRELATION);
    row.case_notes(45, 123).await.expect("an answer");
    row.case_notes(45, 123).await.expect("an answer, after a 429");
    let before = counted.value("ApiMilliseconds").expect("the time");

    const TIMEOUT: Duration = Duration::from_millis(200);
    let invocation = api.client(TIMEOUT).invocation(in_seconds(600));
    invocation.for_row(CORRELATION).create(&HelpRequest::default()).await.expect_err("no answer");
    let after = counted.value("ApiMilliseconds").expect("the time");

    assert!(u128::from(after - before) >= TIMEOUT.as_millis(), "{before} ms, then {after} ms");
    assert_eq!(counted.value("ApiCalls"), Some(4));
    assert_eq!(counted.value("ApiErrors Kind=busy"), Some(1));
    assert_eq!(counted.value("ApiErrors Kind=timed-out"), Some(1));
    assert_eq!(counted.0.lock().expect("the counters").len(), 4, "and nothing else");
}
