//! One row: claim → lease → deliver → decide → apply.

mod accents;
mod decide;
mod delivery;
mod end;
mod ensure;
mod in_doubt;
mod looking;
mod memory;
mod reconcile;
mod request;
mod settlements;

use std::sync::Arc;
use std::time::Duration;

use feeds::{Outcome, Post, Settlement};
use lambda_support::clock::until_over;
use lambda_support::deliveries::{Delivery, Disposition};
use lambda_support::invocation::{FENCE, describe};
use ledger::{ClaimedRow, GiveBack, LeaseGrant, LeaseKey, Leases, RowClaim, RowMessage, Run};
use tracing::Instrument;
use wire::HelpRequest;

use crate::Poster;
use crate::batch::Batch;
use crate::failure::PostFailure;
use crate::row::decide::{Attempt, Decision, decide};
use crate::row::delivery::RowDelivery;
use crate::row::end::{given_back, release, sent_and_given_back, settle};
use crate::row::in_doubt::InDoubtRow;
use crate::row::memory::Memory;
use crate::row::request::request_of;

/// How long to wait for a resident's lease: the other poster mostly needs a few seconds.
const LEASE_WAIT: Duration = Duration::from_secs(2);

/// One message of a batch, and the run that it is of.
struct Turn<'a> {
    message: &'a RowMessage,
    delivery: &'a Delivery,
    batch: &'a Batch,
    run: Arc<Run>,
}

/// A row that its owner may speak about.
struct Leased {
    row: ClaimedRow,
    leases: Leases,
    in_doubt: Vec<InDoubtRow>,
}

/// Why a turn ends before anything is sent.
enum Early {
    Disposed(Disposition),
    Failed(ledger::Error),
}

impl Poster {
    /// Works on one message.
    pub(crate) async fn message(&self, delivery: &Delivery, batch: &Batch) -> Disposition {
        let message = match RowMessage::parse(&delivery.body) {
            Ok(message) => message,
            Err(error) => return Disposition::of_bad_message(delivery, error, self.retry),
        };
        let (run, row, feed) = (message.row.run.as_str(), message.row.row, message.feed.name());
        let span = tracing::info_span!("row", run, row, feed);
        async {
            match self.row(&message, delivery, batch).await {
                Ok(disposition) | Err(Early::Disposed(disposition)) => disposition,
                Err(Early::Failed(error)) => {
                    tracing::warn!(
                        error = describe(&error),
                        receive_count = delivery.receive_count,
                        "the row comes back later"
                    );
                    Disposition::retry_after_failure(delivery.receive_count, self.retry)
                }
            }
        }
        .instrument(span)
        .await
    }

    async fn row(&self, message: &RowMessage, delivery: &Delivery, batch: &Batch) -> Result<Disposition, Early> {
        let turn = Turn { message, delivery, batch, run: self.run_of(message, batch).await? };
        let row = self.claim(&turn).await?;
        let post = match request_of(&turn.run, &row.record) {
            Ok(post) => *post,
            Err(settlement) => {
                settle(&turn.run, row, *settlement).await?;
                return Ok(Disposition::Ack);
            }
        };
        let mut leased = self.lease(&turn, row, &post.request).await?;
        let delivered = Box::pin(self.deliver(&turn, &mut leased, post)).await;
        Ok(Box::pin(self.apply(&turn, leased, delivered)).await?)
    }

    /// The run that the message points to.
    async fn run_of(&self, message: &RowMessage, batch: &Batch) -> Result<Arc<Run>, Early> {
        match self.run(message.row.run.clone(), batch).await? {
            Some(run) if run.feed == message.feed => return Ok(run),
            Some(_) => tracing::error!("the message is for another feed than its run: left for the dead-letter queue"),
            None => tracing::error!("the ledger does not know the message's run: left for the dead-letter queue"),
        }
        Err(Early::Disposed(Disposition::Reject))
    }

    /// The right to work on the row.
    async fn claim(&self, turn: &Turn<'_>) -> Result<ClaimedRow, Early> {
        let disposition =
            match self.ledger.claim_row(&turn.run, turn.message.row.row, turn.batch.deadline.claim_expiry()).await? {
                RowClaim::Mine(row) => return Ok(*row),
                RowClaim::Settled(_) => Disposition::Ack,
                RowClaim::Held { until } => self.send_again(turn.delivery, until_over(until, (self.clock)())).await,
                RowClaim::Gone => {
                    tracing::warn!("the row has expired, or its run was cancelled: nothing to do");
                    Disposition::Ack
                }
                RowClaim::Unknown => {
                    tracing::error!("the message's run never had such a row: left for the dead-letter queue");
                    Disposition::Reject
                }
            };
        Err(Early::Disposed(disposition))
    }

    /// The right to speak about the resident and the request.
    async fn lease(&self, turn: &Turn<'_>, row: ClaimedRow, request: &HelpRequest) -> Result<Leased, Early> {
        let keys: Vec<LeaseKey> =
            wire::identities(request).iter().map(|id| self.hash_key.lease(id.kind, &id.value)).collect();
        let mut leases = match row.lease(&keys).await {
            Ok(LeaseGrant::Granted(leases)) => leases,
            Ok(LeaseGrant::Held { .. }) => return Err(self.wait(turn, row, LEASE_WAIT).await?),
            Err(error) => return Err(given_back(row, error).await.into()),
        };
        let in_doubt = self.in_doubt(&leases, &row, request, turn.batch).await;
        // A row that may have been sent waits for nobody: two such rows would wait for each other.
        let is_under_way = |other: &InDoubtRow| other.may_have_made_the_resident && other.is_open;
        match in_doubt {
            Ok(in_doubt) if row.record.may_have_been_sent || !in_doubt.iter().any(is_under_way) => {
                Ok(Leased { row, leases, in_doubt })
            }
            Ok(_) => {
                tracing::info!("another row of the same id has not come to its end: the row waits");
                // Nothing was sent: no mark of this row needs to stay.
                leases.all_is_known();
                release(leases).await;
                Err(self.wait(turn, row, self.retry).await?)
            }
            Err(error) => {
                if !row.record.may_have_been_sent {
                    leases.all_is_known();
                }
                release(leases).await;
                Err(given_back(row, error).await.into())
            }
        }
    }

    /// Nothing was tried: the row waits for somebody else.
    async fn wait(&self, turn: &Turn<'_>, row: ClaimedRow, wait: Duration) -> ledger::Result<Early> {
        row.give_back(GiveBack::Untouched).await?;
        Ok(Early::Disposed(self.send_again(turn.delivery, wait).await))
    }

    /// Speaks to the API about the row, and decides what becomes of one that was not delivered. Before it is given up, what may
    /// have been done is looked for once more.
    async fn deliver(
        &self,
        turn: &Turn<'_>,
        Leased { row, leases, in_doubt }: &mut Leased,
        post: Post,
    ) -> Result<Settlement, (PostFailure, Decision)> {
        let attempt = Attempt {
            receive_count: turn.delivery.receive_count,
            max_receives: self.max_receives,
            claims: row.record.attempts,
            first_wait: self.retry,
        };
        let api = turn.batch.calls.for_row(row.id.to_string());
        let memory = Memory::new(&self.hash_key, leases, turn.run.feed, row.version(), &post);
        let mut delivery = RowDelivery::new(api, row, memory, in_doubt, post, &self.clock);
        let failure = match Box::pin(delivery.write()).await {
            Ok(settlement) => return Ok(settlement),
            Err(failure) => failure,
        };
        let health = self.health_after(&failure.cause, turn.batch).await;
        match decide(&failure, attempt, health) {
            Decision::DeadLetter(_) => match Box::pin(delivery.verify(failure)).await {
                Ok(settlement) => Ok(settlement),
                Err(failure) => {
                    let decision = decide(&failure, attempt, health);
                    Err((failure, decision))
                }
            },
            decision => Err((failure, decision)),
        }
    }

    /// Writes down what became of the row, and says what becomes of its message. First what the leases remember: a row whose
    /// memory was not written is not settled, but comes back.
    async fn apply(
        &self,
        turn: &Turn<'_>,
        Leased { mut row, leases, .. }: Leased,
        delivered: Result<Settlement, (PostFailure, Decision)>,
    ) -> ledger::Result<Disposition> {
        let (failure, decision) = match delivered {
            Ok(settlement) => {
                if let Err(error) = leases.release().await {
                    return Err(sent_and_given_back(row, error).await);
                }
                settle(&turn.run, row, settlement).await?;
                self.went_through(turn.batch).await;
                return Ok(Disposition::Ack);
            }
            Err(failed) => failed,
        };
        // What may still be on its way must arrive before anybody else speaks about this resident.
        let remembered = if failure.may_be_on_its_way {
            leases.leave_until((self.clock)() + FENCE).await
        } else {
            leases.release().await
        };
        if let Err(error) = &remembered {
            tracing::warn!(error = describe(error), "what was done is not remembered: the row looks again");
        }
        let (class, error, receive_count) =
            (failure.cause.class(), describe(&failure.cause), turn.delivery.receive_count);
        let disposition = match (decision, remembered) {
            (Decision::Settle(_) | Decision::DeadLetter(_), Err(error)) => {
                return Err(sent_and_given_back(row, error).await);
            }
            (Decision::Settle(settlement), Ok(())) => {
                tracing::warn!(
                    error,
                    class,
                    outcome = settlement.outcome.as_str(),
                    "the row is settled without success"
                );
                row.record.may_have_been_sent |= settlement.outcome == Outcome::Uncertain;
                settle(&turn.run, row, settlement).await?;
                // The API judged a row: it works.
                if failure.cause.is_refused() {
                    self.went_through(turn.batch).await;
                }
                Disposition::Ack
            }
            (Decision::DeadLetter(settlement), Ok(())) => {
                tracing::error!(error, class, receive_count, "retries used up: the row is a dead letter");
                row.record.may_have_been_sent |= failure.may_have_been_sent();
                settle(&turn.run, row, settlement).await?;
                Disposition::Reject
            }
            (Decision::Snooze(wait), _) => {
                tracing::info!(error, class, "the row waits, which uses up no receive");
                row.give_back(failure.give_back()).await?;
                self.send_again(turn.delivery, wait).await
            }
            (Decision::Retry(after), _) => {
                tracing::warn!(error, class, receive_count, "the row comes back later");
                row.give_back(failure.give_back()).await?;
                Disposition::Retry { after }
            }
        };
        Ok(disposition)
    }
}

impl From<ledger::Error> for Early {
    fn from(error: ledger::Error) -> Self {
        Self::Failed(error)
    }
}
