//! The items that a query finds, page by page.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use super::item::{Attribute, Item};
use super::retry;
use crate::{Ledger, Result};

/// The pages of a query from the first one on.
#[derive(Debug)]
pub(crate) struct Pages {
    operation: &'static str,
    query: QueryFluentBuilder,
    is_read: bool,
}

impl Pages {
    /// The pages that one query finds.
    pub(crate) fn of(operation: &'static str, query: QueryFluentBuilder) -> Self {
        Self { operation, query, is_read: false }
    }

    /// True once the last page was given.
    pub(crate) fn is_read(&self) -> bool {
        self.is_read
    }

    /// The next page, which may be empty; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Item>>> {
        if self.is_read {
            return Ok(None);
        }
        let answer = retry::send(self.operation, || self.query.clone().send()).await?;
        self.is_read = answer.last_evaluated_key.is_none();
        self.query = self.query.clone().set_exclusive_start_key(answer.last_evaluated_key);
        Ok(Some(answer.items.unwrap_or_default()))
    }
}

impl Ledger {
    /// A query of the items that stand under one key between two others.
    pub(crate) fn query(&self, keys: [&str; 2], hash: &str, first: &str, last: &str) -> QueryFluentBuilder {
        let [hash_key, range_key] = keys;
        self.client
            .query()
            .table_name(&*self.table)
            .key_condition_expression(format!("{hash_key} = :hash AND {range_key} BETWEEN :first AND :last"))
            .expression_attribute_values(":hash", hash.attribute())
            .expression_attribute_values(":first", first.attribute())
            .expression_attribute_values(":last", last.attribute())
    }
}
