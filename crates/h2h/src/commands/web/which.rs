//! Which dead rows: as an address says it.

use anyhow::ensure;
use operations::dead::Selection;
use serde::Deserialize;

use crate::command_prelude::*;

/// Which dead rows; an empty word is none.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    pub(super) run: String,
    pub(super) row: String,
    pub(super) class: String,
    pub(super) feed: String,
    pub(super) all: bool,
}

impl Which {
    /// The selection that lists them: with nothing set, all.
    pub(super) async fn find(&self, ledger: &Ledger) -> anyhow::Result<Selection> {
        let run = if self.run.is_empty() { None } else { Some(named(&self.run)?) };
        let row = match self.row.as_str() {
            "" => None,
            row => Some(row.parse::<RowName>().map_err(anyhow::Error::msg)?.find(ledger).await?.1),
        };
        let class = (!self.class.is_empty()).then(|| self.class.clone());
        let feed = feeds::all().iter().copied().find(|feed| feed.name() == self.feed);
        ensure!(self.feed.is_empty() || feed.is_some(), "there is no such feed");
        Ok(Selection { run, row, class, feed, since: None })
    }

    /// The selection of those that something is to be done to: all of them only where that is said.
    pub(super) async fn find_meant(&self, ledger: &Ledger) -> anyhow::Result<Selection> {
        let selection = self.find(ledger).await?;
        ensure!(self.all || selection != Selection::default(), "say which rows");
        Ok(selection)
    }

    /// The same in an address.
    pub(super) fn query(&self) -> String {
        let words = [("run", &self.run), ("row", &self.row), ("class", &self.class), ("feed", &self.feed)];
        let set = words.into_iter().filter(|(_, word)| !word.is_empty()).map(|(name, word)| format!("{name}={word}"));
        set.chain(self.all.then(|| "all=true".to_owned())).collect::<Vec<_>>().join("&")
    }
}

/// A run's whole id.
pub(super) fn named(run: &str) -> anyhow::Result<RunId> {
    run.parse().context("which run?")
}

/// The run with this id.
pub(super) async fn run_of(ledger: &Ledger, run: &str) -> anyhow::Result<Run> {
    let id = named(run)?;
    ledger.run(&id).await?.with_context(|| format!("there is no run {id}"))
}
