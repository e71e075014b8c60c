//! CloudWatch's part: it makes metrics of what the functions print of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::ministack::{CREDENTIAL, REGION};

/// How often the logs are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Reads the functions' logs; it ends when this is dropped.
pub(crate) struct Metrics(JoinHandle<()>);

impl Metrics {
    /// Tells the local AWS at this URL what these functions print, from the beginning of their logs.
    pub(crate) fn tell(aws: &str, logs: &Path, functions: [&str; 3]) -> Self {
        let (aws, mut logs) =
            (aws.to_owned(), functions.map(|name| Log { path: logs.join(name).with_extension("log"), read: 0 }));
        Self(tokio::spawn(async move {
            let client = reqwest::Client::new();
            let mut ticks = tokio::time::interval(EVERY);
            loop {
                ticks.tick().await;
                for (namespace, data) in by_namespace(logs.iter_mut().flat_map(Log::more)) {
                    let body = json!({ "Namespace": namespace, "MetricData": data }).to_string();
                    let scope =
                        format!("AWS4-HMAC-SHA256 Credential={CREDENTIAL}/19700101/{REGION}/monitoring/aws4_request");
                    let request = client
                        .post(&aws)
                        .header("x-amz-target", "GraniteServiceVersion20100801.PutMetricData")
                        .header("content-type", "application/x-amz-json-1.0")
                        .header("authorization", scope)
                        .body(body);
                    let _not_told_where_the_stack_ends = request.send().await;
                }
            }
        }))
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A log, and how much of it was read.
struct Log {
    path: PathBuf,
    read: u64,
}

impl Log {
    /// The whole lines that were printed since.
    fn more(&mut self) -> Vec<String> {
        let mut new = Vec::new();
        let read = File::open(&self.path).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.read))?;
            log.read_to_end(&mut new)
        });
        // There is no log before the first invocation.
        let whole = read.ok().and_then(|_| new.iter().rposition(|byte| *byte == b'\n')).map_or(0, |end| end + 1);
        new.truncate(whole);
        self.read += whole as u64;
        String::from_utf8_lossy(&new).lines().map(str::to_owned).collect()
    }
}

/// The metrics of these lines as PutMetricData takes them.
fn by_namespace(lines: impl Iterator<Item = String>) -> BTreeMap<String, Vec<Value>> {
    let mut told: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let lines = lines.filter(|line| line.starts_with("{\"_aws\"")).filter_map(|line| serde_json::from_str(&line).ok());
    for line in lines.collect::<Vec<Value>>() {
        let about = &line["_aws"]["CloudWatchMetrics"][0];
        let namespace = about["Namespace"].as_str().unwrap_or_default().to_owned();
        let metrics = about["Metrics"].as_array().into_iter().flatten();
        told.entry(namespace).or_default().extend(metrics.filter_map(|metric| datum(&line, metric["Name"].as_str()?)));
    }
    told
}

/// What a line of the embedded metric format says of one of its metrics.
fn datum(line: &Value, name: &str) -> Option<Value> {
    let dimensions = line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0].as_array()?;
    let dimension = |name: &Value| Some(json!({ "Name": name, "Value": line[name.as_str()?] }));
    let dimensions: Vec<Value> = dimensions.iter().filter_map(dimension).collect();
    let seconds = line["_aws"]["Timestamp"].as_u64()? / 1_000;
    let mut datum = json!({ "MetricName": name, "Dimensions": dimensions, "Timestamp": seconds });
    let value = &line[name];
    datum[if value.is_array() { "Values" } else { "Value" }] = value.clone();
    Some(datum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_with_its_dimensions_once_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("poster.log");
        let line = r#"{"_aws":{"Timestamp":1615204800500,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["Feed"]],"Metrics":[{"Name":"Rows"},{"Name":"Age"}]}]},"Feed":"spl","Rows":3,"Age":[90.0]}"#;
        let (first, second) = line.split_at(40);
        std::fs::write(&path, format!("{{\"level\":\"INFO\"}}\n{first}")).expect("written");
        let mut log = Log { path: path.clone(), read: 0 };
        assert_eq!(by_namespace(log.more().into_iter()), BTreeMap::new());
        std::fs::write(&path, format!("{{\"level\":\"INFO\"}}\n{first}{second}\n")).expect("written");
        let told = by_namespace(log.more().into_iter());
        let feed = json!([{ "Name": "Feed", "Value": "spl" }]);
        let rows = json!({ "MetricName": "Rows", "Dimensions": feed, "Timestamp": 1_615_204_800, "Value": 3 });
        let age = json!({ "MetricName": "Age", "Dimensions": feed, "Timestamp": 1_615_204_800, "Values": [90.0] });
        assert_eq!(told, BTreeMap::from([("N".to_owned(), vec![rows, age])]));
        assert!(log.more().is_empty());
    }
}
