//! The time and the logs of the functions' invocations, as the local AWS's CloudWatch has them.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Stack;
use crate::ministack::{CREDENTIAL, REGION};

/// The bytes that CloudWatch charges for each event beside its text.
const EVENT: usize = 26;

/// A function's invocations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invocations {
    /// How many there were.
    pub count: u64,
    /// How long they took together.
    pub milliseconds: u64,
    /// The bytes that they logged, as CloudWatch charges for them.
    pub log_bytes: u64,
}

impl Invocations {
    /// Of a function, so far.
    pub async fn of(stack: &Stack, function: &str) -> Result<Self> {
        let client = reqwest::Client::new();
        let mut invocations = Self::default();
        let mut request = json!({ "logGroupName": format!("/aws/lambda/{function}") });
        loop {
            let answer = client
                .post(&stack.endpoints.aws)
                .header("x-amz-target", "Logs_20140328.FilterLogEvents")
                .header("content-type", "application/x-amz-json-1.1")
                .header(
                    "authorization",
                    format!("AWS4-HMAC-SHA256 Credential={CREDENTIAL}/19700101/{REGION}/logs/aws4_request"),
                )
                .body(request.to_string())
                .send()
                .await
                .context("the local AWS does not give the logs")?;
            let answer = answer.bytes().await.context("the local AWS does not give the logs")?;
            let answer: Value = serde_json::from_slice(&answer).context("the local AWS's logs are no JSON")?;
            let events = answer["events"].as_array().context("the local AWS gives no log")?;
            events.iter().filter_map(|event| event["message"].as_str()).for_each(|line| invocations.add(line));
            match answer["nextToken"].as_str() {
                Some(next) => request["nextToken"] = next.into(),
                None => return Ok(invocations),
            }
        }
    }

    fn add(&mut self, line: &str) {
        self.log_bytes += u64::try_from(line.len() + EVENT).unwrap_or_default();
        if let Some(milliseconds) = duration(line) {
            self.count += 1;
            self.milliseconds += milliseconds;
        }
    }
}

/// Of a line such as `REPORT RequestId: 1-2 Duration: 12.5 ms Billed Duration: 13 ms`: the time that is billed.
fn duration(line: &str) -> Option<u64> {
    let billed = line.strip_prefix("REPORT ")?.split("Billed Duration: ").nth(1)?;
    billed.split(' ').next()?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_is_an_invocation_and_every_line_is_charged() {
        let mut invocations = Invocations::default();
        invocations.add("REPORT RequestId: 1-2\tDuration: 12 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB");
        let log_bytes = invocations.log_bytes;
        invocations.add("{}");
        assert_eq!(invocations, Invocations { count: 1, milliseconds: 13, log_bytes: log_bytes + 28 });
    }
}
