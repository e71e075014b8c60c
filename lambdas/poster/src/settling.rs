//! How a row settles, in words for the summary.

use chrono::{DateTime, Utc};
use feeds::{Outcome, Settlement};
use ledger::{ClaimedRow, Leases, Run};
use service::metrics;

use crate::stopped::{Sent, Stopped};

const TECHNICAL_TEAM: &str = "nothing: the technical team sends it again";
const TECHNICAL_TEAM_LOOKS: &str =
    "nothing: the technical team looks it up in Here to Help and sends again what is missing";

/// Settles a row and counts it.
pub(crate) async fn settle(run: &Run, row: ClaimedRow, settlement: Settlement) -> ledger::Result<()> {
    let outcome = settlement.outcome;
    let attempts = row.record.attempts;
    row.settle(settlement).await?;
    metrics::settled(run.feed.name(), outcome.as_str(), 1);
    tracing::info!(outcome = outcome.as_str(), attempts, "settled");
    Ok(())
}

/// Leaves leases to expire then.
pub(crate) async fn leave(leases: Leases, until: DateTime<Utc>) {
    if let Err(error) = leases.leave_until(until).await {
        tracing::warn!(%error, "the leases expire with the claim");
    }
}

/// Gives leases back; those that cannot be given back expire.
pub(crate) async fn release(leases: Leases) {
    if let Err(error) = leases.release().await {
        tracing::warn!(%error, "the leases are left to expire");
    }
}

/// A row whose run has no header: the splitter never leaves one behind.
pub(crate) fn no_header() -> Settlement {
    Settlement::new(Outcome::DeadLettered)
        .because("the sheet's header is not in the ledger", TECHNICAL_TEAM)
        .of_class("no-header")
}

/// The settlement of a row that no retry can help, if this is one.
pub(crate) fn for_good(stopped: &Stopped) -> Option<Settlement> {
    let settlement = match stopped {
        Stopped::Api { error, sent, request } if stopped.is_refused() => {
            refused(error.status().unwrap_or(400), *sent, *request)
        }
        Stopped::CannotTell => Settlement::new(Outcome::Uncertain).because(
            "it, or another row of this person, was sent, and no answer came: Here to Help may hold this person without a request",
            TECHNICAL_TEAM_LOOKS,
        ),
        Stopped::Api { .. } | Stopped::Ledger(_) => return None,
    };
    Some(settlement.of_class(stopped.class()))
}

/// The settlement of a row whose data the API does not take: all of it, or what was to be added to a request that is made.
fn refused(status: u16, sent: Sent, request: Option<i64>) -> Settlement {
    match (request, sent) {
        (Some(id), _) => Settlement::new(Outcome::Failed).because(
            format!("Here to Help holds help request {id}, but did not take all of the row's data (status {status})"),
            format!(
                "check the row for unusual characters or very long texts, and complete help request {id} in Here to Help by hand"
            ),
        ),
        (None, Sent::Unknown) => Settlement::new(Outcome::Uncertain).because(
            format!("it was sent, no answer came, and the next time its data was refused (status {status})"),
            TECHNICAL_TEAM_LOOKS,
        ),
        (None, Sent::Nothing | Sent::NotThere) => Settlement::new(Outcome::Failed).because(
            format!("Here to Help does not take the row's data (status {status})"),
            "check the row for unusual characters or very long texts, correct it and drop it again",
        ),
    }
}

/// The settlement of a row whose retries are used up.
pub(crate) fn given_up(stopped: &Stopped) -> Settlement {
    let settlement = if stopped.is_unresolved() {
        Settlement::new(Outcome::Uncertain)
            .because("it was sent, and what became of it could not be learnt", TECHNICAL_TEAM_LOOKS)
    } else {
        Settlement::new(Outcome::DeadLettered)
            .because("Here to Help could not take it, however often it was tried", TECHNICAL_TEAM)
    };
    settlement.of_class(stopped.class())
}
