//! The last sheet of a run's feed, for the summary to compare with.

use std::collections::BTreeMap;

use feeds::{ComparedSheet, Outcome, TO_FIX};
use ledger::{Run, RunState};

use crate::{ReportError, Reporter};

/// How many runs before this one are looked at. Between two lists come corrections of the first.
const LOOKED_AT: i32 = 20;

/// A run that has its summary, and what became of its rows.
pub(crate) struct LastSheet {
    pub(crate) run: Run,
    pub(crate) settled: BTreeMap<Outcome, u64>,
}

impl Reporter {
    /// The last list of the feed before this one that was ingested; none where this is the first, or no list.
    pub(crate) async fn last_sheet(&self, run: &Run) -> Result<Option<LastSheet>, ReportError> {
        if !is_list(run) {
            return Ok(None);
        }
        let before = self.ledger.done_runs_before(run, LOOKED_AT).await?;
        let Some(run) = before.into_iter().find(|run| run.state == RunState::Reported && is_list(run)) else {
            return Ok(None);
        };
        let settled = self.ledger.progress(&run).await?.totals(&run);
        Ok(Some(LastSheet { run, settled }))
    }
}

/// True of a sheet with rows that is a list of its own, and not the corrected rows of another one: those are few, and say
/// nothing of the next list.
fn is_list(run: &Run) -> bool {
    let tab = run.checkpoint.as_ref().and_then(|checkpoint| checkpoint.evidence.tab.as_deref());
    run.has_rows() && tab != Some(TO_FIX)
}

/// The facts of a run that are compared; none of one whose header is not known.
pub(crate) fn compared<'a>(run: &'a Run, settled: &'a BTreeMap<Outcome, u64>) -> Option<ComparedSheet<'a>> {
    let header = run.header.as_ref()?;
    let evidence = run.checkpoint.as_ref().map(|checkpoint| &checkpoint.evidence);
    let blank = evidence.and_then(|evidence| evidence.blank_columns(header));
    Some(ComparedSheet { date: run.rules.as_of, columns: &header.columns, blank, settled })
}
