//! The list of rows that operators look after, in the sparse index.

use std::collections::VecDeque;
use std::fmt;

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use serde::Deserialize;

use crate::item::{Item, read};
use crate::keys::{row_of, run_of};
use crate::pages::{Pages, sortable};
use crate::settle::Settlement;
use crate::update::Update;
use crate::{Error, Ledger, Result, RowId};

/// A row that is dead-lettered, uncertain or failed. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRow {
    /// Which row.
    pub id: RowId,
    /// What it was settled as.
    pub outcome: Outcome,
    /// The last error's class; the outcome's name where there was none.
    pub class: String,
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
}

/// Dead rows by class, then time, page by page.
pub struct DeadRows {
    pages: Pages,
    page: VecDeque<Item>,
}

impl DeadRows {
    /// The next row; none at the end.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn next(&mut self) -> Result<Option<DeadRow>> {
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
        DeadRows { pages: Pages::new(self, format!("DEAD#{feed}"), &from, &from), page: VecDeque::new() }
    }
}

/// Lists a row that operators look after, and takes any other off the list.
pub(crate) fn list_row(update: Update, feed: &Feed, settlement: &Settlement, now: DateTime<Utc>) -> Update {
    match settlement.outcome {
        Outcome::DeadLettered | Outcome::Uncertain | Outcome::Failed => {
            let class = settlement.error_class.as_deref().unwrap_or(settlement.outcome.as_str());
            update.set("list_pk", format!("DEAD#{feed}")).set("list_sk", format!("{class}#{}", sortable(now)))
        }
        _ => update.remove("list_pk").remove("list_sk"),
    }
}

fn dead_row(item: Item) -> Result<DeadRow> {
    #[derive(Deserialize)]
    struct Listed {
        pk: String,
        sk: String,
        outcome: Outcome,
        error_class: Option<String>,
        #[serde(with = "chrono::serde::ts_milliseconds")]
        settled_at: DateTime<Utc>,
        #[serde(default)]
        attempts: u32,
    }
    let what = "a row of the list of dead rows";
    let Listed { pk, sk, outcome, error_class, settled_at, attempts } = read(&what, item)?;
    let id = run_of(&pk).zip(row_of(&sk)).map(|(run, row)| RowId { run, row });
    let id = id.ok_or_else(|| Error::Corrupt { what: what.to_owned() })?;
    let class = error_class.unwrap_or_else(|| outcome.as_str().to_owned());
    Ok(DeadRow { id, outcome, class, settled_at, attempts })
}

impl fmt::Debug for DeadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadRows").field("list", &self.pages.list).finish_non_exhaustive()
    }
}
