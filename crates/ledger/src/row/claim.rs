//! Claiming a row: at most one poster works on it.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use feeds::Outcome;

use super::item::KEPT_SETTLED;
use crate::dynamo::{Update, VERSION, Written};
use crate::keys::Key;
use crate::token::held;
use crate::{ClaimedRow, Ledger, Result, RowId, RowRecord, Run, RunState, Token};

const OPERATION: &str = "claiming a row";

/// The answer to a poster's claim.
#[derive(Debug)]
pub enum RowClaim {
    /// Ours, to post and settle.
    Mine(Box<ClaimedRow>),
    /// Another poster works on it, until then at most.
    Held {
        /// When its claim expires.
        until: DateTime<Utc>,
    },
    /// Done: created, already known, skipped, rejected or failed.
    Settled(Outcome),
    /// The row has expired, or its run is not one that posts.
    Gone,
    /// The run never had such a row.
    Unknown,
}

impl Ledger {
    /// Claims a row for posting until the owner's deadline + 35 s. One that was settled as dead-lettered or uncertain
    /// is claimed again: this is a redrive.
    pub async fn claim_row(&self, run: &Run, row: u32, until: DateTime<Utc>) -> Result<RowClaim> {
        if !matches!(run.state, RunState::Enqueueing | RunState::Posting | RunState::Reported) {
            return Ok(RowClaim::Gone);
        }
        let id = RowId { run: run.id.clone(), row };
        let key = Key::row(&run.id, run.lanes, row);
        let (token, until) = (Token::random(), until.trunc_subsecs(3));
        let claim = || {
            Update::new()
                .set("claim", &token)
                .set("claim_until", until)
                .add("attempts", 1u64)
                .when("#v = :version AND #reading = :reading AND #expires_at > :now")
                .bind("version", VERSION)
                .bind("reading", run.generation)
                .bind("now", self.now().timestamp())
        };
        let mine = |record: RowRecord| {
            RowClaim::Mine(Box::new(ClaimedRow {
                id: id.clone(),
                record,
                ledger: self.clone(),
                feed: run.feed,
                run_claimed_at: run.claimed_at,
                lanes: run.lanes,
                token: token.clone(),
                until,
            }))
        };

        let mut claimed = self.update(OPERATION, &key, if_free(claim())).await?;
        loop {
            let item = match claimed {
                Written::Done(item) => return Ok(mine(RowRecord::read(&id, item)?)),
                Written::Refused(Some(item)) => item,
                Written::Refused(None) => return Ok(self.missing(run, row)),
            };
            let seen = RowRecord::read(&id, item)?;
            if seen.generation != run.generation {
                return Ok(self.missing(run, row));
            }
            if !seen.is_kept(self.now()) {
                return Ok(RowClaim::Gone);
            }
            claimed = match (&seen.claim, seen.outcome()) {
                // Our own claim, whose answer was lost.
                (Some(holder), _) if *holder == token => return Ok(mine(seen)),
                (Some(holder), _) => {
                    if let Some(until) = held(Some(holder), seen.claimed_until, self.now()) {
                        return Ok(RowClaim::Held { until });
                    }
                    self.update(OPERATION, &key, take_over(claim(), holder)).await?
                }
                (None, Some(outcome)) if !is_redriven(outcome) => return Ok(RowClaim::Settled(outcome)),
                // Given back since.
                (None, _) => self.update(OPERATION, &key, if_free(claim())).await?,
            };
        }
    }

    /// A row that is not there has expired, unless it was never read, or no row of the run can have expired yet.
    fn missing(&self, run: &Run, row: u32) -> RowClaim {
        let is_beyond = run.checkpoint.as_ref().is_none_or(|read| read.last_row < row);
        let is_too_soon = self.now() < run.claimed_at + TimeDelta::days(KEPT_SETTLED);
        if is_beyond || is_too_soon { RowClaim::Unknown } else { RowClaim::Gone }
    }
}

/// True where a message for a row that ended like this is a redrive; for another outcome it is a duplicate.
fn is_redriven(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::DeadLettered | Outcome::Uncertain)
}

/// A claim on a row that nobody has claimed and that is not done.
fn if_free(claim: Update) -> Update {
    claim
        .unchanged("claim", None::<&Token>)
        .when("attribute_not_exists(#outcome) OR #outcome IN (:dead, :uncertain)")
        .bind("dead", Outcome::DeadLettered.as_str())
        .bind("uncertain", Outcome::Uncertain.as_str())
}

/// A claim in place of one that expired. Its owner never gave it back, so it may have sent something.
fn take_over(claim: Update, expired: &Token) -> Update {
    claim.set("may_have_been_sent", true).unchanged("claim", Some(expired))
}
