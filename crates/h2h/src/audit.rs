//! Who did what to a run, and why: kept with the run.

use std::collections::BTreeMap;

use ledger::{AuditEntry, DeadRow, Ledger, RunId};

use crate::confirm::who;
use crate::render::{count, instant};

/// Notes with each run that something is done to so many of its rows. Noted before it is done: what is interrupted was
/// started by somebody too.
pub(crate) async fn note_rows(ledger: &Ledger, rows: &[DeadRow], done: &str, why: Option<&str>) -> ledger::Result<()> {
    let mut by_run: BTreeMap<&RunId, u64> = BTreeMap::new();
    for dead in rows {
        *by_run.entry(&dead.id.run).or_default() += 1;
    }
    for (run, rows) in by_run {
        ledger.note_audit_entry(run, &who(), &format!("{done} {}", count(rows, "row", "rows")), why).await?;
    }
    Ok(())
}

/// The reason, and who gave it.
pub(crate) fn said(who: &str, why: &str) -> String {
    format!("{why} ({who})")
}

/// An audit entry on one line.
pub(crate) fn in_words(entry: &AuditEntry) -> String {
    let why = entry.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} by {}, {}{why}", entry.what, entry.by, instant(entry.at))
}
