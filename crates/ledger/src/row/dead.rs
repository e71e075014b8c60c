//! The list of rows that operators look after, in the sparse index.

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use serde::Deserialize;

use crate::dynamo::{Item, read, text};
use crate::keys::{row_of, run_of};
use crate::lists::DEAD;
use crate::{Error, Ledger, Result, RowId};

/// A row that is dead-lettered, uncertain or failed. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRow {
    /// Which row.
    pub id: RowId,
    /// Its feed.
    pub feed: &'static Feed,
    /// The outcome that it was settled as.
    pub outcome: Outcome,
    /// The last error's class; the outcome's name where there was none.
    pub class: String,
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: u32,
}

/// A dead row that cannot be read here, or whose run cannot: a newer version wrote it. Nothing is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Which row.
    pub id: RowId,
    /// Its feed.
    pub feed: &'static Feed,
    /// Why it cannot be read, in words.
    pub why: String,
}

impl DeadRow {
    /// True if sending it again makes the poster try it again, where its run is not cancelled. A failed row is the
    /// API's answer to what the row says: it is corrected in the sheet.
    pub fn can_be_redriven(&self) -> bool {
        matches!(self.outcome, Outcome::DeadLettered | Outcome::Uncertain)
    }
}

impl Ledger {
    /// The rows of a feed that are dead-lettered, uncertain or failed, by class, then time; of one error class, or of
    /// all. An index: rows that just changed may be missing or there still.
    pub async fn dead_rows(
        &self,
        feed: &'static Feed,
        class: Option<&str>,
    ) -> Result<Vec<Result<DeadRow, UnreadableRow>>> {
        let from = class.map_or_else(String::new, |class| format!("{class}#"));
        let rows = self.list(DEAD, feed, &from, &from, |item| Some(dead_row(feed, item))).await?;
        rows.into_iter().collect()
    }
}

/// A row of the list. What has no row's key is in no list of ours.
fn dead_row(feed: &'static Feed, item: Item) -> Result<Result<DeadRow, UnreadableRow>> {
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
            Ok(DeadRow { id, feed, outcome, class, settled_at, attempts })
        }
        Err(why) => Err(UnreadableRow { id, feed, why: why.to_string() }),
    })
}
