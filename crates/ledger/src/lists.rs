//! The lists of runs, in the sparse index.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use feeds::Feed;

use crate::item::{Attribute, read, text};
use crate::keys::{Key, run_of};
use crate::pages::{Pages, sortable};
use crate::update::Update;
use crate::{Ledger, Result, Run, RunId};

impl Ledger {
    /// The runs of a feed that are not done (see [`Run::is_open`]), oldest first. Runs that just changed may be missing
    /// or there already: the list is an index.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`](crate::Error::NewerVersion).
    pub async fn open_runs(&self, feed: &Feed) -> Result<Vec<Run>> {
        let keys = self.run_keys(format!("OPEN#{feed}"), "").await?;
        self.runs_of(keys).await
    }

    /// The runs of a feed that were claimed since an instant, oldest first, whatever their state.
    ///
    /// # Errors
    /// As [`Ledger::open_runs`].
    pub async fn runs(&self, feed: &Feed, since: DateTime<Utc>) -> Result<Vec<Run>> {
        // The open ones first: one that is done in between is found twice rather than not at all.
        let since = sortable(since);
        let mut keys = self.run_keys(format!("OPEN#{feed}"), &since).await?;
        for key in self.run_keys(format!("FEED#{feed}"), &since).await? {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        self.runs_of(keys).await
    }

    /// The ids of [`Ledger::open_runs`], oldest first, for those who go on with the others where one cannot be read.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn open_run_ids(&self, feed: &Feed) -> Result<Vec<RunId>> {
        self.run_ids(format!("OPEN#{feed}"), "").await
    }

    /// The ids of all runs that begin like this, of any feed and age: people write a few digits of them. An index: a run
    /// that was claimed a moment ago may be missing.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn runs_beginning(&self, prefix: &str) -> Result<BTreeSet<RunId>> {
        let mut runs = BTreeSet::new();
        for feed in feeds::all() {
            for list in ["OPEN", "FEED"] {
                let ids = self.run_ids(format!("{list}#{feed}"), "").await?;
                runs.extend(ids.into_iter().filter(|run| run.as_str().starts_with(prefix)));
            }
        }
        Ok(runs)
    }

    /// These runs, oldest first; those that the ledger does not know are left out.
    ///
    /// # Errors
    /// As [`Ledger::open_runs`].
    pub async fn runs_of_ids(&self, ids: &BTreeSet<RunId>) -> Result<Vec<Run>> {
        self.runs_of(ids.iter().map(Key::run).collect()).await
    }

    async fn run_keys(&self, list: String, from: &str) -> Result<Vec<Key>> {
        Ok(self.run_ids(list, from).await?.iter().map(Key::run).collect())
    }

    async fn run_ids(&self, list: String, from: &str) -> Result<Vec<RunId>> {
        let mut pages = Pages::new(self, list, from, "");
        let mut ids = Vec::new();
        while let Some(page) = pages.next().await? {
            ids.extend(page.iter().filter_map(|item| run_of(text(item, "pk")?)));
        }
        Ok(ids)
    }

    async fn runs_of(&self, keys: Vec<Key>) -> Result<Vec<Run>> {
        let runs = self.get_all("reading a list of runs", &keys).await?.into_iter();
        let mut runs = runs.map(|item| read(&"a run", item)).collect::<Result<Vec<Run>>>()?;
        runs.sort_by(|a, b| (a.claimed_at, &a.id).cmp(&(b.claimed_at, &b.id)));
        Ok(runs)
    }
}

/// Where a run stands in the lists.
pub(crate) fn run_keys(run: &Run, is_open: bool) -> [(String, AttributeValue); 2] {
    let list = if is_open { "OPEN" } else { "FEED" };
    let sort = format!("{}#{}", sortable(run.claimed_at), run.id);
    [("list_pk".to_owned(), format!("{list}#{}", run.feed).attribute()), ("list_sk".to_owned(), sort.attribute())]
}

/// Moves a run in the lists.
pub(crate) fn list_run(update: Update, run: &Run, is_open: bool) -> Update {
    run_keys(run, is_open).into_iter().fold(update, |update, (name, value)| update.set(&name, value))
}
