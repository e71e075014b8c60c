//! The sparse index: lists of runs, and of rows that operators look after.

use std::collections::VecDeque;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, Utc};
use feeds::{Feed, Outcome};
use serde::Deserialize;

use crate::item::{Attribute, Item, read};
use crate::keys::{Key, row_of, run_of};
use crate::row::Settlement;
use crate::table::INDEX;
use crate::update::Update;
use crate::{Error, Ledger, Result, RowId, Run, retry};

const OPERATION: &str = "reading a list";
/// Sorts after every other character of a list's key.
const LAST: char = '\u{ffff}';

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

    /// The runs of a feed that are not done (see [`Run::is_open`]), oldest first. Runs that just changed may be missing
    /// or there already: the list is an index.
    ///
    /// # Errors
    /// Temporary ones, and [`Error::NewerVersion`].
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

    async fn run_keys(&self, list: String, from: &str) -> Result<Vec<Key>> {
        let mut pages = Pages::new(self, list, from, "");
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await? {
            keys.extend(page.iter().filter_map(|item| run_of(text(item, "pk")?)).map(|run| Key::run(&run)));
        }
        Ok(keys)
    }

    async fn runs_of(&self, keys: Vec<Key>) -> Result<Vec<Run>> {
        let runs = self.get_all(OPERATION, &keys).await?.into_iter();
        let mut runs = runs.map(|item| read(&"a run", item)).collect::<Result<Vec<Run>>>()?;
        runs.sort_by(|a, b| (a.claimed_at, &a.id).cmp(&(b.claimed_at, &b.id)));
        Ok(runs)
    }
}

/// One list of the index, page by page.
struct Pages {
    ledger: Ledger,
    list: String,
    first: String,
    last: String,
    after: Option<Item>,
    is_read: bool,
}

impl Pages {
    /// The entries of a list whose keys follow one text, up to the last that begins with another.
    fn new(ledger: &Ledger, list: String, first: &str, begins: &str) -> Self {
        // A blank sorts before all that our keys go on with; and DynamoDB takes no empty text here.
        let (first, last) = (format!("{first} "), format!("{begins}{LAST}"));
        Self { ledger: ledger.clone(), list, first, last, after: None, is_read: false }
    }

    async fn next(&mut self) -> Result<Option<Vec<Item>>> {
        if self.is_read {
            return Ok(None);
        }
        let request = self
            .ledger
            .client
            .query()
            .table_name(&*self.ledger.table)
            .index_name(INDEX)
            .key_condition_expression("list_pk = :list AND list_sk BETWEEN :first AND :last")
            .expression_attribute_values(":list", self.list.as_str().attribute())
            .expression_attribute_values(":first", self.first.as_str().attribute())
            .expression_attribute_values(":last", self.last.as_str().attribute())
            .set_exclusive_start_key(self.after.take());
        let answer = retry::call(retry::passes, || request.clone().send()).await;
        let answer = answer.map_err(|error| retry::error(OPERATION, &error))?;
        self.after = answer.last_evaluated_key;
        self.is_read = self.after.is_none();
        Ok(Some(answer.items.unwrap_or_default()))
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

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// An instant as text that sorts by time.
fn sortable(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl fmt::Debug for DeadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadRows").field("list", &self.pages.list).finish_non_exhaustive()
    }
}
