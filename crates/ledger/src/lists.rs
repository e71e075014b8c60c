//! The lists, in the sparse index: open and done runs, marked runs, dead rows.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use feeds::{Feed, Outcome, Settlement};
use futures::future::try_join_all;

use crate::dynamo::pages::Pages;
use crate::dynamo::table::{INDEX, INDEX_KEYS};
use crate::dynamo::{Attribute, Item, Update, read, text};
use crate::keys::{Key, run_of};
use crate::{Ledger, Result, Run, RunId, Token};

const OPEN: &str = "OPEN";
const DONE: &str = "FEED";
/// How many entries of a list are asked for at once: a long one keeps nobody else waiting.
const PAGE: i32 = 250;
pub(crate) const MARKED: &str = "MARKED";
pub(crate) const DEAD: &str = "DEAD";

impl Ledger {
    /// The runs of a feed that are [not done](Run::is_open), oldest first. An index: it may be a moment behind.
    pub async fn open_runs(&self, feed: &Feed) -> Result<Vec<Run>> {
        self.runs_of_ids(&self.open_run_ids(feed).await?.into_iter().collect()).await
    }

    /// The runs of a feed that were claimed since an instant, oldest first, whatever their state.
    pub async fn runs(&self, feed: &Feed, since: DateTime<Utc>) -> Result<Vec<Run>> {
        // The open ones first: one that is done in between is found twice rather than not at all.
        let mut runs = BTreeSet::new();
        for list in [OPEN, DONE] {
            runs.extend(self.listed_runs(list, feed, &sortable(since)).await?);
        }
        self.runs_of_ids(&runs).await
    }

    /// The runs of the same feed that are done and were claimed before this one, the latest first, at most so many. An index:
    /// it may be a moment behind.
    pub async fn done_runs_before(&self, run: &Run, most: i32) -> Result<Vec<Run>> {
        let query = self.query(INDEX_KEYS, &format!("{DONE}#{}", run.feed), " ", &sortable(run.claimed_at));
        let query = query.index_name(INDEX).scan_index_forward(false).limit(most);
        let page = Pages::of("reading a list", query).next().await?.unwrap_or_default();
        let ids = page.into_iter().filter_map(|item| run_of(text(&item, "pk")?)).collect();
        let mut runs = self.runs_of_ids(&ids).await?;
        runs.reverse();
        Ok(runs)
    }

    /// The ids of [`Ledger::open_runs`], oldest first, for those who go on with the others where one cannot be read.
    pub async fn open_run_ids(&self, feed: &Feed) -> Result<Vec<RunId>> {
        self.listed_runs(OPEN, feed, "").await
    }

    /// The ids of all runs that begin like this, for people write a few digits of them. An index: it may be behind.
    pub async fn runs_beginning(&self, prefix: &str) -> Result<BTreeSet<RunId>> {
        let mut runs = BTreeSet::new();
        for (list, feed) in feeds::all().iter().flat_map(|feed| [(OPEN, feed), (DONE, feed)]) {
            let ids = self.listed_runs(list, feed, "").await?;
            runs.extend(ids.into_iter().filter(|run| run.as_str().starts_with(prefix)));
        }
        Ok(runs)
    }

    /// The ids of all runs of these feeds that were claimed since an instant, the latest first: what the index alone tells. An
    /// index: it may be a moment behind.
    pub async fn latest_run_ids(&self, feeds: &[&Feed], since: DateTime<Utc>) -> Result<Vec<RunId>> {
        let since = sortable(since);
        let lists = feeds.iter().flat_map(|feed| [OPEN, DONE].map(|list| (list, feed)));
        let listed = |item: Item| Some((text(&item, "list_sk")?.to_owned(), run_of(text(&item, "pk")?)?));
        let lists = lists.map(|(list, feed)| self.list(list, feed, &since, "", listed));
        // By key: claimed at, then id. One that is done in between is listed twice.
        let runs: BTreeSet<(String, RunId)> = try_join_all(lists).await?.into_iter().flatten().collect();
        Ok(runs.into_iter().rev().map(|(_, run)| run).collect())
    }

    /// These runs, oldest first; those that the ledger does not know are left out.
    pub async fn runs_of_ids(&self, ids: &BTreeSet<RunId>) -> Result<Vec<Run>> {
        let keys: Vec<Key> = ids.iter().map(Key::run).collect();
        let runs = self.get_all("reading a list of runs", &keys).await?.into_iter();
        let mut runs = runs.map(|item| read("a run", item)).collect::<Result<Vec<Run>>>()?;
        runs.sort_by(|a, b| (a.claimed_at, &a.id).cmp(&(b.claimed_at, &b.id)));
        Ok(runs)
    }

    async fn listed_runs(&self, list: &str, feed: &Feed, from: &str) -> Result<Vec<RunId>> {
        self.list(list, feed, from, "", |item| run_of(text(&item, "pk")?)).await
    }

    /// The entries of a feed's list whose keys follow one text, up to the last that begins with another, as `entry` reads
    /// them.
    pub(crate) async fn list<T>(
        &self,
        list: &str,
        feed: &Feed,
        first: &str,
        begins: &str,
        mut entry: impl FnMut(Item) -> Option<T>,
    ) -> Result<Vec<T>> {
        // A blank sorts before all that our keys go on with, and U+FFFF after; and DynamoDB takes no empty text here.
        let (first, last) = (format!("{first} "), format!("{begins}\u{ffff}"));
        let query = self.query(INDEX_KEYS, &format!("{list}#{feed}"), &first, &last).index_name(INDEX).limit(PAGE);
        let mut pages = Pages::of("reading a list", query);
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await? {
            entries.extend(page.into_iter().filter_map(&mut entry));
        }
        Ok(entries)
    }
}

/// An instant as text that sorts by time.
fn sortable(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Where a run stands: among the open ones, or those that are done.
pub(crate) fn run_keys(run: &Run, is_open: bool) -> Item {
    keys(if is_open { OPEN } else { DONE }, run.feed, &format!("{}#{}", sortable(run.claimed_at), run.id))
}

/// Marks a run by the progress of a lane: its summary may have become wrong. Each mark is another one.
pub(crate) fn mark(progress: Update, feed: &Feed) -> Update {
    progress.set_all(keys(MARKED, feed, Token::random().as_str()))
}

/// Lists a row that operators look after, and takes any other off the list.
pub(crate) fn list_row(update: Update, feed: &Feed, settlement: &Settlement, now: DateTime<Utc>) -> Update {
    match settlement.outcome {
        Outcome::DeadLettered | Outcome::Uncertain | Outcome::Failed => {
            let class = settlement.error_class.as_deref().unwrap_or(settlement.outcome.as_str());
            update.set_all(keys(DEAD, feed, &format!("{class}#{}", sortable(now))))
        }
        _ => unlist(update),
    }
}

/// Takes an item off its list.
pub(crate) fn unlist(update: Update) -> Update {
    update.remove("list_pk").remove("list_sk")
}

fn keys(list: &str, feed: &Feed, sort: &str) -> Item {
    let list = format!("{list}#{feed}");
    Item::from([("list_pk".to_owned(), list.as_str().attribute()), ("list_sk".to_owned(), sort.attribute())])
}
