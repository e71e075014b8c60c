//! Ends a row's turn in the ledger: settled, or its claim and leases given back.

use feeds::Settlement;
use lambda_support::metrics;
use ledger::{ClaimedRow, GiveBack, Leases, Run};

/// Gives a row back for which nothing was sent, over an error of the ledger.
pub(super) async fn given_back(row: ClaimedRow, error: ledger::Error) -> ledger::Error {
    over(row, GiveBack::Failed { error_class: "ledger".to_owned() }, error).await
}

/// Gives a row back for which something was sent, over an error of the ledger.
pub(super) async fn sent_and_given_back(row: ClaimedRow, error: ledger::Error) -> ledger::Error {
    over(row, GiveBack::MayHaveBeenSent { error_class: "ledger".to_owned() }, error).await
}

/// What cannot be given back expires.
async fn over(row: ClaimedRow, how: GiveBack, error: ledger::Error) -> ledger::Error {
    if let Err(error) = row.give_back(how).await {
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

/// Gives leases back; those that cannot be given back expire.
pub(super) async fn release(leases: Leases) {
    if let Err(error) = leases.release().await {
        tracing::warn!(%error, "the leases are left to expire");
    }
}
