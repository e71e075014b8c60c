//! Ends a row's turn in the ledger: settled, or its claim and leases given back.

use chrono::{DateTime, Utc};
use feeds::Settlement;
use lambda_support::metrics;
use ledger::{ClaimedRow, GiveBack, Leases, Run};

/// Gives a row back for which nothing was sent, over an error of the ledger; what cannot be given back expires.
pub(super) async fn given_back(row: ClaimedRow, error: ledger::Error) -> ledger::Error {
    if let Err(error) = row.give_back(GiveBack::Failed { error_class: "ledger".to_owned() }).await {
        tracing::warn!(%error, "the row is left until its claim expires");
    }
    error
}

/// Settles a row and counts it.
pub(super) async fn settle(run: &Run, row: ClaimedRow, settlement: Settlement) -> ledger::Result<()> {
    let (outcome, attempts) = (settlement.outcome.as_str(), row.record.attempts);
    row.settle(settlement).await?;
    metrics::settled(run.feed.name(), outcome, 1);
    tracing::info!(outcome, attempts, "settled");
    Ok(())
}

/// Leaves leases to expire then.
pub(super) async fn leave(leases: Leases, until: DateTime<Utc>) {
    if let Err(error) = leases.leave_until(until).await {
        tracing::warn!(%error, "the leases expire with the claim");
    }
}

/// Gives leases back; those that cannot be given back expire.
pub(super) async fn release(leases: Leases) {
    if let Err(error) = leases.release().await {
        tracing::warn!(%error, "the leases are left to expire");
    }
}
