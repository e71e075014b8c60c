//! Marks in the sparse index: runs whose summary may have become wrong since it was written.
//!
//! A mark is written with what makes another summary due, in the same transaction, and is taken off only where the
//! summary has that in it: whatever dies in between, the sweep finds the run. It stands on the progress of a lane, which
//! a move writes to anyway.

use std::collections::BTreeMap;

use feeds::Feed;

use super::due::is_report_owed;
use crate::dynamo::{Item, Update, text};
use crate::keys::{Key, run_of};
use crate::lists::{self, unlist};
use crate::{Ledger, Progress, Result, Run, RunId};

/// A mark as it was listed. Each time a lane is marked it is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    key: Key,
    token: String,
}

impl Ledger {
    /// The runs of a feed whose summary may be out of date, each with its marks. An index: what was marked a moment ago
    /// may be missing, and is there the next time.
    pub async fn marked_runs(&self, feed: &Feed) -> Result<BTreeMap<RunId, Vec<Mark>>> {
        let mark = |item: Item| {
            let text = |name| text(&item, name).map(str::to_owned);
            let key = Key { pk: text("pk")?, sk: text("sk")? };
            Some((run_of(&key.pk)?, Mark { key, token: text("list_sk")? }))
        };
        let mut marked: BTreeMap<RunId, Vec<Mark>> = BTreeMap::new();
        for (run, mark) in self.list(&lists::marked(feed), "", "", mark).await? {
            marked.entry(run).or_default().push(mark);
        }
        Ok(marked)
    }

    /// Takes marks off a run of which no summary is owed. Its run and progress must have been read after the marks were
    /// listed; what was marked again since stays marked.
    pub async fn unmark(&self, run: &Run, progress: &Progress, marks: &[Mark]) -> Result<()> {
        if is_report_owed(run, progress) {
            return Ok(());
        }
        for Mark { key, token } in marks {
            let update = unlist(Update::new()).unchanged("list_sk", Some(token.as_str()));
            self.update("taking a mark off", key, update).await?;
        }
        Ok(())
    }
}
