//! Reading and writing single items.

use std::fmt::Display;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use chrono::{DateTime, Utc};

use super::item::Item;
use super::retry;
use super::update::Update;
use crate::keys::Key;
use crate::{Error, Ledger, Result};

/// The result of a conditional update.
pub(crate) enum Written {
    /// Made: the item as it is now.
    Done(Item),
    /// The condition does not hold: the item as it stands, if any. It may have been made before, and its answer lost.
    Refused(Option<Item>),
}

impl Ledger {
    /// An item, strongly consistent.
    pub(crate) async fn get(&self, operation: &'static str, key: &Key) -> Result<Option<Item>> {
        let request = self.client.get_item().table_name(&*self.table).consistent_read(true);
        let request = request.set_key(Some(key.item()));
        Ok(retry::send(operation, || request.clone().send()).await?.item)
    }

    /// Changes an item under the update's condition.
    pub(crate) async fn update(&self, operation: &'static str, key: &Key, update: Update) -> Result<Written> {
        let request = self
            .client
            .update_item()
            .table_name(&*self.table)
            .set_key(Some(key.item()))
            .update_expression(update.expression())
            .set_condition_expression(update.condition())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values((!update.values.is_empty()).then_some(update.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match retry::call(retry::passes, || request.clone().send()).await {
            Ok(answer) => Ok(Written::Done(answer.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    Ok(Written::Refused(match refusal.item() {
                        Some(item) => Some(item.clone()),
                        None => self.get(operation, key).await?,
                    }))
                }
                _ => Err(retry::error(operation, &error)),
            },
        }
    }

    /// Refuses an owner whose time is up, even where nobody has taken over: whoever does may undo what it does now.
    pub(crate) fn check_time(&self, until: DateTime<Utc>, what: impl Display) -> Result<()> {
        if self.now() < until { Ok(()) } else { Err(lost(what)) }
    }
}

/// The owner has lost what it claimed.
pub(crate) fn lost(what: impl Display) -> Error {
    Error::LostClaim(what.to_string())
}
