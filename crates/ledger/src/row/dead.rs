//! The list of rows that operators look after, in the sparse index.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use serde::Deserialize;

use crate::dynamo::item::{Item, read, text};
use crate::dynamo::pages::Pages;
use crate::keys::{RowId, row_of, run_of};
use crate::lists;
use crate::{Error, Ledger, Result};

/// A row that is dead-lettered, uncertain or failed. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRow {
    /// Which row.
    pub id: RowId,
    /// The outcome that it was settled as.
    pub outcome: Outcome,
    /// The last error's class; the outcome's name where there was none.
    pub class: String,
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
}

/// A dead row that cannot be read here, for one: a newer version wrote it.
#[derive(Debug)]
pub struct UnreadableRow {
    /// Which row.
    pub id: RowId,
    /// Why.
    pub why: Error,
}

/// Dead rows by class, then time, page by page.
#[derive(Debug)]
pub struct DeadRows {
    pages: Pages,
    page: VecDeque<Item>,
}

impl DeadRows {
    /// The next row, if it can be read; none at the end.
    pub async fn next(&mut self) -> Result<Option<Result<DeadRow, UnreadableRow>>> {
        while self.page.is_empty() {
            match self.pages.next().await? {
                Some(page) => self.page = page.into(),
                None => return Ok(None),
            }
        }
        self.page.pop_front().map(dead_row).transpose()
    }
}

impl Ledger {
    /// The rows of a feed that are dead-lettered, uncertain or failed; of one error class, or of all. An index: rows
    /// that just changed may be missing or there still.
    pub fn dead_rows(&self, feed: &Feed, class: Option<&str>) -> DeadRows {
        let from = class.map_or_else(String::new, |class| format!("{class}#"));
        DeadRows { pages: Pages::of_list(self, &lists::dead(feed), &from, &from), page: VecDeque::new() }
    }
}

/// A row of the list. What has no row's key is in no list of ours.
fn dead_row(item: Item) -> Result<Result<DeadRow, UnreadableRow>> {
    #[derive(Deserialize)]
    struct Listed {
        outcome: Outcome,
        error_class: Option<String>,
        #[serde(with = "chrono::serde::ts_milliseconds")]
        settled_at: DateTime<Utc>,
        #[serde(default)]
        attempts: u32,
    }
    let run = text(&item, "pk").and_then(run_of);
    let id = run.zip(text(&item, "sk").and_then(row_of)).map(|(run, row)| RowId { run, row });
    let id = id.ok_or_else(|| Error::Corrupt("a row of the list of dead rows".to_owned()))?;
    Ok(match read(format_args!("row {id}"), item) {
        Ok(Listed { outcome, error_class, settled_at, attempts }) => {
            let class = error_class.unwrap_or_else(|| outcome.as_str().to_owned());
            Ok(DeadRow { id, outcome, class, settled_at, attempts })
        }
        Err(why) => Err(UnreadableRow { id, why }),
    })
}
