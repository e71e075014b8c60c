//! An SQS queue, as much of it as the pipeline needs.

use std::future::Future;
use std::time::Duration;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{BatchResultErrorEntry, QueueAttributeName, SendMessageBatchRequestEntry};
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
    queue: String,
    operation: &'static str,
    code: String,
}

impl QueueError {
    /// SQS's answer, or that there was none, when the queue at this URL was asked.
    pub fn of<E: ProvideErrorMetadata>(url: &str, operation: &'static str) -> impl Fn(SdkError<E>) -> Self {
        move |error| Self::new(url, operation, error.code().unwrap_or("unreachable"))
    }

    fn new(url: &str, operation: &'static str, code: &str) -> Self {
        Self { queue: url.rsplit('/').next().unwrap_or(url).to_owned(), operation, code: code.to_owned() }
    }
}

/// Makes a call for a batch, and again for what SQS refuses of it; what it refuses again and again.
pub async fn insist<'a, T, E, F: Future<Output = Result<Vec<&'a T>, E>>>(
    batch: &'a [T],
    call: impl Fn(Vec<&'a T>) -> F,
) -> Result<Vec<&'a T>, E> {
    let mut left: Vec<&T> = batch.iter().collect();
    for attempt in 0..BATCH_ATTEMPTS {
        if left.is_empty() {
            break;
        }
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
        }
        left = call(left).await?;
    }
    Ok(left)
}

/// Those of a batch that SQS refused: the entries' ids are their places in it.
pub fn refused<'a, T>(failed: &[BatchResultErrorEntry], batch: &[&'a T]) -> Vec<&'a T> {
    let refused = failed.iter().filter_map(|entry| entry.id.parse::<usize>().ok());
    refused.filter_map(|index| batch.get(index).copied()).collect()
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

    /// Lets a received message appear again after `wait`; after an error, after the queue's own visibility timeout.
    pub async fn change_visibility(&self, receipt_handle: &str, wait: Duration) -> Result<(), QueueError> {
        let seconds = i32::try_from(wait.min(LONGEST_VISIBILITY).as_secs()).unwrap_or(i32::MAX);
        let request = self.client.change_message_visibility().queue_url(&self.url);
        let request = request.receipt_handle(receipt_handle).visibility_timeout(seconds);
        request.send().await.map(drop).map_err(QueueError::of(&self.url, "change visibility"))
    }

    /// How many messages there are.
    pub async fn depth(&self) -> Result<Depth, QueueError> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesDelayed as Delayed,
            ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let request = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = request.set_attribute_names(Some(vec![Visible, Delayed, InFlight])).send().await;
        let all = answer.map_err(QueueError::of(&self.url, "count"))?.attributes.unwrap_or_default();
        let count = |name| all.get(&name).and_then(|count| count.parse::<u64>().ok());
        let depth = || Some(Depth { visible: count(Visible)? + count(Delayed)?, in_flight: count(InFlight)? });
        depth().ok_or_else(|| QueueError::new(&self.url, "count", "an answer without a number"))
    }

    /// Sends messages, and returns once all of them are in the queue.
    pub async fn send(&self, bodies: &[String]) -> Result<(), QueueError> {
        for batch in bodies.chunks(BATCH) {
            if !insist(batch, |left| self.send_batch(left)).await?.is_empty() {
                return Err(QueueError::new(&self.url, "send", "refused part of a batch"));
            }
        }
        Ok(())
    }

    /// Sends one message that appears after a while (at most [`LONGEST_DELAY`]).
    pub async fn send_later(&self, body: &str, delay: Duration) -> Result<(), QueueError> {
        let seconds = i32::try_from(delay.min(LONGEST_DELAY).as_secs()).unwrap_or(i32::MAX);
        let request = self.client.send_message().queue_url(&self.url).message_body(body).delay_seconds(seconds);
        request.send().await.map(drop).map_err(QueueError::of(&self.url, "send later"))
    }

    /// Sends one batch and returns what SQS did not take.
    async fn send_batch<'b>(&self, bodies: Vec<&'b String>) -> Result<Vec<&'b String>, QueueError> {
        let entry = |(index, body): (usize, &&String)| {
            SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(*body).build()
        };
        let entries = bodies.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>();
        let entries = entries.map_err(|_| QueueError::new(&self.url, "send", "a message that cannot be built"))?;
        let request = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let answer = request.send().await.map_err(QueueError::of(&self.url, "send"))?;
        Ok(refused(&answer.failed, &bodies))
    }
}
