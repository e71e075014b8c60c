//! The rows of a file that was read whole are enqueued, in order, with a checkpoint.

use lambda_support::invocation::Deadline;
use ledger::{Enqueueing, RowMessage};

use crate::error::SplitError;
use crate::poll::{RESERVE, Splitter};

/// Rows between two checkpoints. A crash before the checkpoint sends them twice, which is harmless.
const CHUNK: usize = 500;

impl Splitter {
    /// Enqueues what is to be posted, if there is time for it.
    pub(crate) async fn enqueue(&self, mut enqueueing: Enqueueing, deadline: Deadline) -> Result<(), SplitError> {
        loop {
            if deadline.left() < RESERVE {
                tracing::info!(
                    rows_enqueued = enqueueing.run().rows_enqueued,
                    "time is nearly up: the next schedule goes on"
                );
                return Ok(enqueueing.release().await?);
            }
            match self.enqueue_chunk(&mut enqueueing).await {
                Ok(true) => {}
                Ok(false) => {
                    let run = enqueueing.all_enqueued().await?;
                    tracing::info!(rows_read = run.rows_read, rows_enqueued = run.rows_enqueued, "split");
                    return Ok(());
                }
                Err(error) => {
                    enqueueing.release().await?;
                    return Err(error);
                }
            }
        }
    }

    /// Sends the next rows; whether there were any.
    async fn enqueue_chunk(&self, enqueueing: &mut Enqueueing) -> Result<bool, SplitError> {
        let rows = enqueueing.next_rows(CHUNK).await?;
        let Some(&last) = rows.last() else { return Ok(false) };
        let run = enqueueing.run();
        let bodies: Vec<String> = rows.iter().map(|row| RowMessage::new(&run.id, *row, run.feed).body()).collect();
        self.queue.send(&bodies).await?;
        enqueueing.enqueued_up_to(last, rows.len() as u64).await?;
        Ok(true)
    }
}
