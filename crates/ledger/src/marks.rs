//! Marks in the sparse index: runs whose summary may have become wrong since it was written.
//!
//! A mark is written with what makes another summary due, in the same transaction, and is taken off only where the
//! summary has that in it: whatever dies in between, the sweep finds the run. It stands on the progress of a lane, which
//! a move writes to anyway.

use std::collections::BTreeMap;

use feeds::Feed;

use crate::item::text;
use crate::keys::{Key, run_of};
use crate::pages::Pages;
use crate::report::is_report_owed;
use crate::update::Update;
use crate::{Ledger, Progress, Result, Run, RunId, Token};

/// A mark as it was listed. Each time a lane is marked it is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    key: Key,
    token: String,
}

/// Marks a lane's progress.
pub(crate) fn mark(progress: Update, feed: &Feed) -> Update {
    progress.set("list_pk", list(feed)).set("list_sk", &Token::random())
}

fn list(feed: &Feed) -> String {
    format!("MARKED#{feed}")
}

impl Ledger {
    /// The runs of a feed whose summary may be out of date, each with its marks. An index: what was marked a moment ago
    /// may be missing, and is there the next time.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn marked_runs(&self, feed: &Feed) -> Result<BTreeMap<RunId, Vec<Mark>>> {
        let mut pages = Pages::new(self, list(feed), "", "");
        let mut marked: BTreeMap<RunId, Vec<Mark>> = BTreeMap::new();
        while let Some(page) = pages.next().await? {
            for item in page {
                let (Some(pk), Some(sk), Some(token)) = (text(&item, "pk"), text(&item, "sk"), text(&item, "list_sk"))
                else {
                    continue;
                };
                if let Some(run) = run_of(pk) {
                    let key = Key { pk: pk.to_owned(), sk: sk.to_owned() };
                    marked.entry(run).or_default().push(Mark { key, token: token.to_owned() });
                }
            }
        }
        Ok(marked)
    }

    /// Takes marks off a run of which no summary is owed. Its run and progress must have been read after the marks were
    /// listed; what was marked again since stays marked.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn unmark(&self, run: &Run, progress: &Progress, marks: &[Mark]) -> Result<()> {
        if is_report_owed(run, progress) {
            return Ok(());
        }
        for Mark { key, token } in marks {
            let update = Update::new().remove("list_pk").remove("list_sk");
            let update = update.when("#list_sk = :listed").bind("listed", token.as_str());
            self.update("taking a mark off", key, update).await?;
        }
        Ok(())
    }
}
