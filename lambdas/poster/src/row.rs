//! One row: claim, lease, post, settle.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use feeds::{Decision, Outcome, Post, Settlement};
use ledger::{ClaimedRow, GiveBack, LeaseGrant, LeaseKey, Leases, MessageError, RowClaim, RowMessage, RowRecord, Run};
use service::clock::until_over;
use service::deliveries::{Delivery, Disposal};
use service::invocation::{FENCE, describe};
use tracing::Instrument;

use crate::Poster;
use crate::batch::Batch;
use crate::health::AllWouldFail;
use crate::posting::Posting;
use crate::settling;
use crate::stopped::Stopped;

/// How long to wait for a resident's lease: the other poster mostly needs a few seconds.
const LEASE_WAIT: Duration = Duration::from_secs(2);
/// How many times its receives a row may be tried, by waiting where it could not be told whether the fault was the API's: it
/// must not keep the posters busy for ever.
const PATIENCE: u32 = 16;

impl Poster {
    /// Works on one message.
    pub(crate) async fn message(&self, delivery: &Delivery, batch: &Batch) -> Disposal {
        let pointer = match RowMessage::parse(&delivery.body) {
            Ok(pointer) => pointer,
            Err(error) => {
                tracing::error!(message_id = delivery.id, %error, "left for the dead-letter queue");
                return match error {
                    // It is given the time that it takes to deploy the function that knows it.
                    MessageError::OtherVersion => Disposal::retry(delivery.receives, self.retry),
                    MessageError::Unreadable { .. } => Disposal::Leave,
                };
            }
        };
        let span = tracing::info_span!(
            "row",
            run = pointer.row.run.as_str(),
            row = pointer.row.row,
            feed = pointer.feed.name()
        );
        async {
            match self.row(&pointer, delivery, batch).await {
                Ok(disposal) => disposal,
                Err(error) => {
                    tracing::warn!(error = describe(&error), receives = delivery.receives, "the row comes back later");
                    Disposal::retry(delivery.receives, self.retry)
                }
            }
        }
        .instrument(span)
        .await
    }

    async fn row(&self, pointer: &RowMessage, delivery: &Delivery, batch: &Batch) -> ledger::Result<Disposal> {
        let Some(run) = self.run_of(pointer, batch).await? else { return Ok(Disposal::Leave) };
        let row = match self.ledger.claim_row(&run, pointer.row.row, batch.deadline.fence()).await? {
            RowClaim::Mine(row) => *row,
            RowClaim::Settled(_) => return Ok(Disposal::Acknowledge),
            RowClaim::Held { until } => return Ok(self.send_again(delivery, until_over(until, (self.clock)())).await),
            RowClaim::Gone => {
                tracing::warn!("the row has expired, or its run was cancelled: nothing to do");
                return Ok(Disposal::Acknowledge);
            }
            RowClaim::Unknown => {
                tracing::error!("the message's run never had such a row: left for the dead-letter queue");
                return Ok(Disposal::Leave);
            }
        };
        let post = match decide(&run, &row.record) {
            Ok(post) => post,
            Err(settlement) => {
                settling::settle(&run, row, *settlement).await?;
                return Ok(Disposal::Acknowledge);
            }
        };
        let keys: Vec<LeaseKey> =
            feeds::identities(&post.request).iter().map(|id| LeaseKey::new(id.kind, &id.value)).collect();
        let leases = match row.lease(&keys).await {
            Ok(LeaseGrant::Granted(leases)) => leases,
            Ok(LeaseGrant::Held { .. }) => {
                row.give_back(GiveBack::Untouched).await?;
                return Ok(self.send_again(delivery, LEASE_WAIT).await);
            }
            Err(error) => return Err(given_back(row, error).await),
        };
        Box::pin(self.post(Work { run: &run, delivery, batch }, row, leases, *post)).await
    }

    async fn post(
        &self,
        work: Work<'_>,
        mut row: ClaimedRow,
        mut leases: Leases,
        post: Post,
    ) -> ledger::Result<Disposal> {
        let others_begun = match self.others_begun(&leases, &row, &post.request, work.batch).await {
            Ok(begun) => begun,
            Err(error) => {
                if !row.record.may_have_been_sent {
                    leases.nothing_was_applied();
                }
                settling::release(leases).await;
                return Err(given_back(row, error).await);
            }
        };
        let is_under_way = others_begun.iter().any(|begun| begun.may_have_made_the_resident && begun.is_open);
        if is_under_way && !row.record.may_have_been_sent {
            tracing::info!("another row of the same id has not come to its end: the row waits");
            leases.nothing_was_applied();
            settling::release(leases).await;
            row.give_back(GiveBack::Untouched).await?;
            return Ok(self.send_again(work.delivery, self.retry).await);
        }
        let may_wait = row.record.attempts < PATIENCE.saturating_mul(self.max_receives);
        let api = work.batch.calls.for_row(row.id.to_string());
        let posting = Posting::new(api, work.run.feed, &mut row, &mut leases, others_begun, post, &self.clock);
        let (stopped, next, may_be_on_its_way) = match Box::pin(self.speak(posting, &work, may_wait)).await {
            Ended::Settled(settlement) => {
                settling::settle(work.run, row, settlement).await?;
                settling::release(leases).await;
                self.went_through(work.batch).await;
                return Ok(Disposal::Acknowledge);
            }
            Ended::Stopped { stopped, next, may_be_on_its_way } => (stopped, next, may_be_on_its_way),
        };
        // What may still be on its way must arrive before anybody else speaks about this resident.
        let arrived_at = may_be_on_its_way.then(|| (self.clock)() + FENCE);
        let disposal = self.stopped(&work, row, stopped, next, arrived_at).await?;
        match arrived_at {
            Some(arrived_at) => settling::leave(leases, arrived_at).await,
            None => settling::release(leases).await,
        }
        Ok(disposal)
    }

    /// Speaks to the API about a row. Before it is given up, what may have been done is looked for once more.
    async fn speak(&self, mut posting: Posting<'_>, work: &Work<'_>, may_wait: bool) -> Ended {
        let stopped = match posting.run().await {
            Ok(settlement) => return Ended::Settled(settlement),
            Err(stopped) => stopped,
        };
        let on_its_way = stopped.may_be_on_its_way();
        let ended = |stopped: Stopped, next| {
            let may_be_on_its_way = on_its_way || stopped.may_be_on_its_way();
            Ended::Stopped { stopped, next, may_be_on_its_way }
        };
        if stopped.is_for_time() && may_wait {
            work.batch.close().await;
            return ended(stopped, Next::Wait);
        }
        let is_last = work.delivery.receives >= self.max_receives;
        match self.all_would_fail(&stopped, work.batch).await {
            AllWouldFail::Yes => return ended(stopped, Next::Wait),
            AllWouldFail::Unknown if is_last && may_wait => return ended(stopped, Next::Wait),
            AllWouldFail::Unknown | AllWouldFail::No => {}
        }
        if !is_last {
            return ended(stopped, Next::TryAgain);
        }
        match posting.look_once_more(stopped).await {
            Ok(settlement) => Ended::Settled(settlement),
            Err(stopped) if stopped.is_for_later() && may_wait => ended(stopped, Next::Wait),
            Err(stopped) => ended(stopped, Next::GiveUp),
        }
    }

    /// Posting did not come to its end: the row waits, comes back, or is settled for good.
    async fn stopped(
        &self,
        work: &Work<'_>,
        mut row: ClaimedRow,
        stopped: Stopped,
        next: Next,
        arrived_at: Option<DateTime<Utc>>,
    ) -> ledger::Result<Disposal> {
        let class = stopped.class();
        let error = describe(&stopped);
        if let Some(settlement) = settling::for_good(&stopped) {
            row.record.may_have_been_sent |= settlement.outcome == Outcome::Uncertain;
            tracing::warn!(error, class, outcome = settlement.outcome.as_str(), "the row is settled without success");
            settling::settle(work.run, row, settlement).await?;
            if stopped.is_refused() {
                self.went_through(work.batch).await;
            }
            return Ok(Disposal::Acknowledge);
        }
        let fence = arrived_at.map(|at| until_over(at, (self.clock)())).unwrap_or_default();
        let wait = stopped.retry_after().max(fence);
        let receives = work.delivery.receives;
        match next {
            Next::Wait => {
                tracing::info!(error, class, "the row waits, which uses up no receive");
                row.give_back(stopped.give_back()).await?;
                Ok(self.send_again(work.delivery, wait.max(self.retry)).await)
            }
            Next::TryAgain => {
                tracing::warn!(error, class, receives, "the row comes back later");
                row.give_back(stopped.give_back()).await?;
                Ok(Disposal::retry(receives, self.retry).not_before(wait))
            }
            Next::GiveUp => {
                let settlement = settling::given_up(&stopped);
                row.record.may_have_been_sent |= stopped.may_have_been_sent();
                tracing::error!(error, class, receives, "retries used up: the row is a dead letter");
                settling::settle(work.run, row, settlement).await?;
                Ok(Disposal::Leave)
            }
        }
    }

    /// The run that a message points to; none where the message is no good.
    async fn run_of(&self, pointer: &RowMessage, batch: &Batch) -> ledger::Result<Option<Arc<Run>>> {
        match self.run(pointer.row.run.clone(), batch).await? {
            Some(run) if run.feed == pointer.feed => Ok(Some(run)),
            Some(_) => {
                tracing::error!("the message is for another feed than its run: left for the dead-letter queue");
                Ok(None)
            }
            None => {
                tracing::error!("the ledger does not know the message's run: left for the dead-letter queue");
                Ok(None)
            }
        }
    }
}

/// Where the row that is worked on comes from.
struct Work<'a> {
    run: &'a Run,
    delivery: &'a Delivery,
    batch: &'a Batch,
}

/// How speaking to the API about a row ended.
enum Ended {
    Settled(Settlement),
    Stopped {
        stopped: Stopped,
        next: Next,
        /// Whether the API may still be working on a call of this row.
        may_be_on_its_way: bool,
    },
}

/// What becomes of a row that was not posted, unless it is settled for good.
enum Next {
    /// Every row would fail, or nobody can tell: it waits, and that uses up no receive.
    Wait,
    /// It comes back, one receive older.
    TryAgain,
    /// Its receives are used up.
    GiveUp,
}

/// Gives a row back for which nothing was sent, over an error of the ledger; what cannot be given back expires.
async fn given_back(row: ClaimedRow, error: ledger::Error) -> ledger::Error {
    if let Err(error) = row.give_back(GiveBack::Failed { error_class: "ledger".to_owned() }).await {
        tracing::warn!(%error, "the row is left until its claim expires");
    }
    error
}

/// What is to be sent for a row, decided again from the ledger's cells; or how it settles without.
pub(crate) fn decide(run: &Run, row: &RowRecord) -> Result<Box<Post>, Box<Settlement>> {
    let Some(header) = &run.header else { return Err(Box::new(settling::no_header())) };
    let judged =
        run.feed.judge(header, row.row, &row.cells, &run.rules).map_err(|_| Box::new(settling::no_header()))?;
    match judged.decision {
        Decision::Post(post) => Ok(post),
        Decision::Skipped { reason } => Err(Box::new(Settlement::skipped(reason))),
        Decision::Rejected { problems } => Err(Box::new(Settlement::rejected(&problems))),
    }
}
