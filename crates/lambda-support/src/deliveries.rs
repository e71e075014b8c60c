//! The messages that an event source mapping delivers, and what becomes of each.

use std::future::Future;
use std::time::Duration;

use aws::queue::Sqs;
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use ledger::MessageError;
use serde_json::Value;

use crate::panics;

/// A message as SQS delivers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The id by which a failure is reported.
    pub id: String,
    /// The message's text.
    pub body: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
    /// The receipt by which its visibility is changed.
    receipt: String,
}

/// The fate of a message once it was worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// Done with, or a message that waits has taken this one's place: SQS deletes it.
    Ack,
    /// A failed attempt: it comes back after a while, one receive older.
    Retry {
        /// When.
        after: Duration,
    },
    /// Not for this function to solve: it comes back at once, until its receives are used up and SQS moves it to the
    /// dead-letter queue, where people find it.
    Reject,
}

/// An event that is not a batch of SQS messages. Quotes nothing of it.
#[derive(Debug, thiserror::Error)]
#[error("the event is no batch of SQS messages with ids and receipts: check the function's event source mapping")]
pub struct NoBatch;

impl Disposition {
    /// A message that cannot be worked on. One of another version is given the time that it takes to deploy the function that
    /// knows it; one that is not ours has none to lose.
    pub fn of_bad_message(delivery: &Delivery, error: MessageError, first: Duration) -> Self {
        tracing::error!(message_id = delivery.id, %error, "left for the dead-letter queue");
        match error {
            MessageError::OtherVersion => Self::retry_after_failure(delivery.receive_count, first),
            MessageError::Unreadable { .. } => Self::Reject,
        }
    }

    /// A failed attempt that comes back.
    pub fn retry_after_failure(receive_count: u32, first: Duration) -> Self {
        Self::Retry { after: wait_after(receive_count, first) }
    }
}

/// The wait after a failed attempt: the first one doubled with each receive (a slow API is given time), an hour at most.
pub fn wait_after(receive_count: u32, first: Duration) -> Duration {
    const LONGEST: Duration = Duration::from_secs(3600);
    let doublings = receive_count.saturating_sub(1).min(16);
    first.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST)
}

/// Works on an event's messages one after the other and tells SQS which of them to keep. One that panics comes back
/// by the queue's own visibility timeout, and the others go on. After an error SQS keeps whatever it was.
pub async fn each<F: Future<Output = Disposition>>(
    event: Value,
    queue: &Sqs,
    mut work: impl FnMut(Delivery) -> F,
) -> Result<SqsBatchResponse, NoBatch> {
    let mut answer = SqsBatchResponse::default();
    for delivery in deliveries(event)? {
        let (id, receipt) = (delivery.id.clone(), delivery.receipt.clone());
        let after = match panics::contained(work(delivery)).await {
            Ok(Disposition::Ack) => continue,
            Ok(Disposition::Reject) => Some(Duration::ZERO),
            Ok(Disposition::Retry { after }) => Some(after),
            Err(_panicked) => None,
        };
        if let Some(after) = after
            && let Err(error) = queue.change_visibility(&receipt, after).await
        {
            tracing::warn!(%error, "the message comes back after the queue's own visibility timeout");
        }
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        answer.batch_item_failures.push(failure);
    }
    Ok(answer)
}

fn deliveries(event: Value) -> Result<Vec<Delivery>, NoBatch> {
    let event: SqsEvent = serde_json::from_value(event).map_err(|_| NoBatch)?;
    event.records.into_iter().map(|message| delivery(message).ok_or(NoBatch)).collect()
}

fn delivery(message: SqsMessage) -> Option<Delivery> {
    let id = message.message_id.filter(|id| !id.is_empty())?;
    let receive_count =
        message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1);
    Some(Delivery { id, receipt: message.receipt_handle?, body: message.body.unwrap_or_default(), receive_count })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: &str) -> Value {
        testkit::sqs::record(id, "{}", 3)
    }

    #[test]
    fn a_batch_is_read_with_its_receive_counts() {
        let read = deliveries(json!({ "Records": [message("a"), message("b")] })).expect("a batch");
        let read: Vec<_> = read.iter().map(|one| (one.id.as_str(), one.receive_count)).collect();
        assert_eq!(read, [("a", 3), ("b", 3)]);
    }

    /// AWS fails the whole batch for an unknown or empty item identifier, the local AWS deletes it: an id that could not
    /// be reported must never get that far.
    #[test]
    fn what_is_no_batch_is_refused_whole() {
        for event in [json!({}), json!([]), json!({ "feed": "spl" }), json!({ "Records": [message("")] })] {
            assert!(deliveries(event.clone()).is_err(), "{event}");
        }
    }

    #[tokio::test]
    async fn only_the_messages_that_failed_are_reported_and_a_panic_is_one_of_them() {
        let config = testkit::aws::sdk_config("http://127.0.0.1");
        let queue = Sqs::new(aws_sdk_sqs::Client::new(&config), "http://127.0.0.1/rows");
        let event = json!({ "Records": [message("fine"), message("poison"), message("bug"), message("fine too")] });
        let answer = each(event, &queue, |delivery| async move {
            match delivery.id.as_str() {
                "poison" => Disposition::Reject,
                "bug" => panic!("with words"),
                _ => Disposition::Ack,
            }
        })
        .await
        .expect("a batch");
        let failed: Vec<_> = answer.batch_item_failures.iter().map(|one| one.item_identifier.as_str()).collect();
        assert_eq!(failed, ["poison", "bug"]);
    }

    #[test]
    fn the_wait_doubles_and_ends_at_an_hour() {
        let waits = [1, 2, 3, 6, 7, 99].map(|receives| wait_after(receives, Duration::from_secs(60)));
        assert_eq!(waits, [60, 120, 240, 1920, 3600, 3600].map(Duration::from_secs));
    }
}
