//! Reading and writing single items.

use std::fmt::Display;

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use chrono::{DateTime, Utc};

use crate::item::{Attribute, Item};
use crate::keys::Key;
use crate::update::Update;
use crate::{Error, Ledger, Result, retry};

/// What became of a conditional update.
pub(crate) enum Written {
    /// Made: the item as it is now.
    Done(Item),
    /// The condition does not hold: the item as it stands, if there is one. The update may have been made before, and
    /// its answer lost.
    Refused(Option<Item>),
}

impl Ledger {
    /// An item, strongly consistent.
    pub(crate) async fn get(&self, operation: &'static str, key: &Key) -> Result<Option<Item>> {
        let request = self.client.get_item().table_name(&*self.table).consistent_read(true);
        let request = request.key("pk", key.pk.as_str().attribute()).key("sk", key.sk.as_str().attribute());
        let answer = retry::call(retry::passes, || request.clone().send()).await;
        Ok(answer.map_err(|error| retry::error(operation, &error))?.item)
    }

    /// Changes an item under the update's condition.
    pub(crate) async fn update(&self, operation: &'static str, key: &Key, update: Update) -> Result<Written> {
        let request = self
            .client
            .update_item()
            .table_name(&*self.table)
            .key("pk", key.pk.as_str().attribute())
            .key("sk", key.sk.as_str().attribute())
            .update_expression(update.expression())
            .set_condition_expression(update.condition())
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values((!update.values.is_empty()).then_some(update.values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match retry::call(retry::passes, || request.clone().send()).await {
            Ok(answer) => Ok(Written::Done(answer.attributes.unwrap_or_default())),
            Err(error) => {
                let refused = error.as_service_error().filter(|error| error.is_conditional_check_failed_exception());
                match refused.and_then(refusing_item) {
                    Some(item) => Ok(Written::Refused(Some(item))),
                    None if refused.is_some() => Ok(Written::Refused(self.get(operation, key).await?)),
                    None => Err(retry::error(operation, &error)),
                }
            }
        }
    }

    /// Refuses an owner whose time is up, even where nobody has taken over: what it does now may be undone by whoever
    /// does.
    pub(crate) fn check_time(&self, until: DateTime<Utc>, what: &dyn Display) -> Result<()> {
        if self.now() < until { Ok(()) } else { Err(lost(what)) }
    }
}

/// The owner has lost what it claimed.
pub(crate) fn lost(what: &dyn Display) -> Error {
    Error::LostClaim { what: what.to_string() }
}

fn refusing_item(error: &aws_sdk_dynamodb::operation::update_item::UpdateItemError) -> Option<Item> {
    use aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException;
    match error {
        ConditionalCheckFailedException(refusal) => refusal.item().cloned(),
        _ => None,
    }
}
