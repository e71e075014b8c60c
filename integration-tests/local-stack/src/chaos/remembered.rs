//! The people whom the ingestion has reason to remember: a row of theirs has settled.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::DateTime;
use feeds::{Feed, Outcome};
use simulators::desk::Correction;

use super::sheets::KNOWS_EMAILS;
use crate::Stack;

/// The residents of the rows that have settled well, in the order of their ids: for a correction that only the memory of
/// one feed can tell from a blank field, those of that feed's rows.
pub(super) async fn residents(stack: &Stack, correction: Correction) -> Result<Vec<i64>> {
    let remembers = |feed: &&Feed| correction != Correction::Cleared || feed.name() == KNOWS_EMAILS;
    let mut remembered = BTreeSet::new();
    for feed in feeds::all().iter().copied().filter(remembers) {
        for run in stack.ledger.runs(feed, DateTime::UNIX_EPOCH).await? {
            let mut rows = stack.ledger.rows(&run);
            while let Some(row) = rows.next().await? {
                if matches!(row.outcome(), Some(Outcome::Created | Outcome::AlreadyKnown)) {
                    remembered.extend(row.resident_id());
                }
            }
        }
    }
    Ok(remembered.into_iter().collect())
}
