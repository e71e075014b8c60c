//! The dead-letter queue: the messages of rows whose retries are used up.

use std::time::Duration;

use aws::queue::{BATCH, Depth, QueueError, Sqs, insist, refused};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName,
};
use chrono::{DateTime, Utc};
use ledger::{MessageError, RowId, RowMessage};

use crate::Result;

/// How long a received dead letter stays invisible to others: what one batch takes, and how long an interrupted redrive
/// keeps those that it had in its hands.
const IN_HAND: Duration = Duration::from_secs(20);
/// How long a dead letter that stays is kept out of the way while the others are gone through.
const ASIDE: Duration = Duration::from_secs(900);
/// A receive that waits asks all of SQS's servers; one that does not may miss messages.
const WAIT: Duration = Duration::from_secs(1);

/// The dead-letter queue.
#[derive(Clone, Debug)]
pub struct DeadLetterQueue {
    client: aws_sdk_sqs::Client,
    url: String,
}

/// A dead letter that was received.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The message's id: another one after every redrive, the same each time it is received.
    pub id: String,
    /// The row that it points to, if it is a row message.
    pub row: Result<RowId, MessageError>,
    /// When it was sent to the rows queue first, which SQS leaves alone when it moves a message here.
    pub sent_at: DateTime<Utc>,
    receipt: String,
}

impl DeadLetterQueue {
    /// The queue at this URL.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// How many dead letters there are. Touches none.
    pub async fn depth(&self) -> Result<Depth> {
        Ok(Sqs::new(self.client.clone(), &self.url).depth().await?)
    }

    /// The next dead letters, invisible to others for a while; none where all have been seen.
    pub async fn receive(&self) -> Result<Vec<DeadLetter>> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .visibility_timeout(seconds(IN_HAND))
            .wait_time_seconds(seconds(WAIT))
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .send()
            .await;
        let answer = answer.map_err(QueueError::of(&self.url, "receive"))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(letter).collect())
    }

    /// Takes dead letters off the queue; how many SQS has deleted. Those that it refuses again and again stay.
    pub async fn delete(&self, letters: &[DeadLetter]) -> Result<u64> {
        let mut deleted = 0;
        for batch in letters.chunks(BATCH) {
            let refused = insist(batch, |left| self.delete_batch(left)).await?;
            deleted += (batch.len() - refused.len()) as u64;
        }
        Ok(deleted)
    }

    /// Keeps dead letters out of the way for a while. Those for which it fails are back before that.
    pub async fn hide(&self, letters: &[DeadLetter]) {
        self.show_in(letters, ASIDE).await;
    }

    /// Lets others see dead letters again. Those for which it fails come back by themselves a little later.
    pub async fn make_visible(&self, letters: &[DeadLetter]) {
        self.show_in(letters, Duration::ZERO).await;
    }

    async fn show_in(&self, letters: &[DeadLetter], wait: Duration) {
        for batch in letters.chunks(BATCH) {
            let entry = |(index, letter): (usize, &DeadLetter)| {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(index.to_string());
                entry.receipt_handle(&letter.receipt).visibility_timeout(seconds(wait)).build().ok()
            };
            let entries = batch.iter().enumerate().filter_map(entry).collect();
            let request = self.client.change_message_visibility_batch().queue_url(&self.url);
            let _they_come_back_by_themselves = request.set_entries(Some(entries)).send().await;
        }
    }

    /// Deletes one batch and returns what SQS did not delete.
    async fn delete_batch<'l>(&self, letters: Vec<&'l DeadLetter>) -> Result<Vec<&'l DeadLetter>> {
        let entry = |(index, letter): (usize, &&DeadLetter)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(index.to_string());
            entry.receipt_handle(&letter.receipt).build().ok()
        };
        let entries = letters.iter().enumerate().filter_map(entry).collect();
        let request = self.client.delete_message_batch().queue_url(&self.url).set_entries(Some(entries));
        let answer = request.send().await.map_err(QueueError::of(&self.url, "delete"))?;
        Ok(refused(&answer.failed, &letters))
    }
}

fn letter(message: Message) -> Option<DeadLetter> {
    let sent = message.attributes.as_ref().and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp));
    let sent_at = sent.and_then(|millis| DateTime::from_timestamp_millis(millis.parse().ok()?));
    Some(DeadLetter {
        id: message.message_id?,
        receipt: message.receipt_handle?,
        row: RowMessage::parse(message.body.as_deref().unwrap_or_default()).map(|message| message.row),
        // One that does not say counts as sent a moment ago: it is left alone rather than taken off.
        sent_at: sent_at.unwrap_or(DateTime::<Utc>::MAX_UTC),
    })
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
