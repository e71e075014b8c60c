//! An SQS queue, as much of it as the pipeline needs.

use std::future::Future;
use std::time::Duration;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use serde::Serialize;

/// SQS's limit for one batch.
pub const BATCH: usize = 10;
/// SQS's longest delay, and so the longest wait by one re-send.
pub const LONGEST_DELAY: Duration = Duration::from_secs(900);
/// SQS's longest visibility timeout.
const LONGEST_VISIBILITY: Duration = Duration::from_secs(12 * 3600);
/// How often what SQS refused of a batch is sent again.
const BATCH_ATTEMPTS: u32 = 5;

/// A queue that could not be used. Names the queue and SQS's error code.
#[derive(Debug, thiserror::Error)]
#[error("the queue {queue} did not take a call ({operation}: {code}): nothing is lost, it is tried again")]
pub struct QueueError {
    /// The queue's name.
    pub queue: String,
    /// The operation that was asked for.
    pub operation: &'static str,
    /// SQS's error code, or `unreachable`.
    pub code: String,
}

impl QueueError {
    /// SQS's answer, or that there was none, when the queue at this URL was asked.
    pub fn of(url: &str, operation: &'static str, error: Option<&impl ProvideErrorMetadata>) -> Self {
        let code = error.and_then(ProvideErrorMetadata::code).unwrap_or("unreachable").to_owned();
        Self { queue: name(url).to_owned(), operation, code }
    }
}

/// The name of the queue at a URL.
fn name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// How many messages a queue holds, about: SQS counts them over its servers and may be a minute late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// To be received, now or once their delay is over.
    pub visible: u64,
    /// Received by somebody, and neither deleted nor back yet.
    pub in_flight: u64,
}

impl Depth {
    /// All of them.
    pub fn all(self) -> u64 {
        self.visible + self.in_flight
    }
}

/// Where messages go. Two implementations: SQS, and the tests' list.
pub trait Queue: Send + Sync {
    /// Sends messages, and returns once all of them are in the queue.
    fn send(&self, bodies: &[String]) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Sends one message that appears after a while (at most [`LONGEST_DELAY`]).
    fn send_later(&self, body: &str, delay: Duration) -> impl Future<Output = Result<(), QueueError>> + Send;
}

/// A queue on SQS.
#[derive(Clone, Debug)]
pub struct Sqs {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Sqs {
    /// The queue at this URL.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Lets a received message appear again after `wait`: how a failed message comes back later than its neighbours.
    ///
    /// # Errors
    /// [`QueueError`]; the message then comes back after the queue's own visibility timeout.
    pub async fn change_visibility(&self, receipt_handle: &str, wait: Duration) -> Result<(), QueueError> {
        let seconds = i32::try_from(wait.min(LONGEST_VISIBILITY).as_secs()).unwrap_or(i32::MAX);
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt_handle)
            .visibility_timeout(seconds)
            .send()
            .await
            .map_err(|error| self.error("change visibility", error.as_service_error()))?;
        Ok(())
    }

    /// How many messages there are.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn depth(&self) -> Result<Depth, QueueError> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesDelayed as Delayed,
            ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = request.set_attribute_names(Some(vec![Visible, Delayed, InFlight])).send().await;
        let answer = answer.map_err(|error| self.error("count", error.as_service_error()))?;
        let all = answer.attributes.unwrap_or_default();
        let count = |name| all.get(&name).and_then(|count| count.parse::<u64>().ok());
        let depth = || Some(Depth { visible: count(Visible)? + count(Delayed)?, in_flight: count(InFlight)? });
        depth().ok_or_else(|| QueueError {
            queue: name(&self.url).to_owned(),
            operation: "count",
            code: "an answer without a number".to_owned(),
        })
    }

    fn error(&self, operation: &'static str, error: Option<&impl ProvideErrorMetadata>) -> QueueError {
        QueueError::of(&self.url, operation, error)
    }

    /// Sends one batch and returns what SQS did not take.
    async fn send_batch<'b>(&self, bodies: &[&'b String]) -> Result<Vec<&'b String>, QueueError> {
        let mut entries = Vec::with_capacity(bodies.len());
        for (index, body) in bodies.iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(*body).build();
            entries.push(entry.map_err(|_| QueueError {
                queue: name(&self.url).to_owned(),
                operation: "send",
                code: "a message that cannot be built".to_owned(),
            })?);
        }
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| self.error("send", error.as_service_error()))?;
        let refused = answer.failed.iter().filter_map(|entry| entry.id.parse::<usize>().ok());
        Ok(refused.filter_map(|index| bodies.get(index).copied()).collect())
    }
}

impl Queue for Sqs {
    async fn send(&self, bodies: &[String]) -> Result<(), QueueError> {
        for batch in bodies.chunks(BATCH) {
            let mut left: Vec<&String> = batch.iter().collect();
            let mut attempt = 0;
            while !left.is_empty() {
                if attempt == BATCH_ATTEMPTS {
                    let code = "refused part of a batch".to_owned();
                    return Err(QueueError { queue: name(&self.url).to_owned(), operation: "send", code });
                }
                if attempt > 0 {
                    tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
                }
                left = self.send_batch(&left).await?;
                attempt += 1;
            }
        }
        Ok(())
    }

    async fn send_later(&self, body: &str, delay: Duration) -> Result<(), QueueError> {
        let seconds = i32::try_from(delay.min(LONGEST_DELAY).as_secs()).unwrap_or(i32::MAX);
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .delay_seconds(seconds)
            .send()
            .await
            .map_err(|error| self.error("send later", error.as_service_error()))?;
        Ok(())
    }
}
