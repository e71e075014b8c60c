//! One list of the sparse index, page by page.

use super::item::{Attribute, Item};
use super::retry;
use super::table::INDEX;
use crate::{Ledger, Result};

/// Sorts after every other character of a list's key.
const LAST: char = '\u{ffff}';

/// The entries of a list that lie between two keys.
#[derive(Debug)]
pub(crate) struct Pages {
    ledger: Ledger,
    list: String,
    first: String,
    last: String,
    after: Option<Item>,
    is_read: bool,
}

impl Pages {
    /// The entries of a list whose keys follow one text, up to the last that begins with another.
    pub(crate) fn new(ledger: &Ledger, list: String, first: &str, begins: &str) -> Self {
        // A blank sorts before all that our keys go on with; and DynamoDB takes no empty text here.
        let (first, last) = (format!("{first} "), format!("{begins}{LAST}"));
        Self { ledger: ledger.clone(), list, first, last, after: None, is_read: false }
    }

    /// The next page, which may be empty; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Item>>> {
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
            .set_exclusive_start_key(self.after.clone());
        let answer = retry::send("reading a list", || request.clone().send()).await?;
        self.after = answer.last_evaluated_key;
        self.is_read = self.after.is_none();
        Ok(Some(answer.items.unwrap_or_default()))
    }
}
