//! Several items at once, all or none.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update as Change,
};

use super::item::Item;
use super::retry;
use super::update::Update;
use crate::keys::Key;
use crate::{Ledger, Result, Token};

/// Reasons of a cancelled transaction that pass by themselves.
const PASSING: [&str; 3] = ["ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"];
/// The reason that says that a condition does not hold.
const CONDITION: &str = "ConditionalCheckFailed";

/// One item's part in a transaction.
#[derive(Clone)]
pub(crate) enum Part {
    /// A new item; refused if there is one.
    Insert(Item),
    /// A change under the update's condition.
    Change(Update),
}

/// The result of a transaction.
pub(crate) enum Transacted {
    /// All of it was made.
    Done,
    /// None of it, for conditions do not hold: the items of those parts. Or made before, and its answer lost.
    Refused(Vec<Item>),
}

impl Ledger {
    /// Writes all parts or none. Conflicts with other transactions are waited out.
    pub(crate) async fn transact(&self, operation: &'static str, parts: Vec<(Key, Part)>) -> Result<Transacted> {
        let keys: Vec<Key> = parts.iter().map(|(key, _)| key.clone()).collect();
        let items = parts.into_iter().map(|(key, part)| self.transact_item(key, part));
        let items = items.collect::<Result<Vec<_>>>()?;
        // One idempotency token for all attempts: however often it is sent within ten minutes, DynamoDB makes it once.
        let token = Token::random();
        let request = self.client.transact_write_items().set_transact_items(Some(items));
        let request = request.client_request_token(token.as_str());
        let Err(error) = retry::call(passes, || request.clone().send()).await else { return Ok(Transacted::Done) };
        let refused = reasons(&error).iter().zip(&keys).filter(|(reason, _)| reason.code() == Some(CONDITION));
        let refused: Vec<_> = refused.collect();
        if refused.is_empty() {
            return Err(retry::failed(operation, passes(&error), cause(&error)));
        }
        let mut items = Vec::new();
        for (reason, key) in refused {
            items.extend(match reason.item() {
                Some(item) => Some(item.clone()),
                None => self.get(operation, key).await?,
            });
        }
        Ok(Transacted::Refused(items))
    }

    fn transact_item(&self, key: Key, part: Part) -> Result<TransactWriteItem> {
        let old = ReturnValuesOnConditionCheckFailure::AllOld;
        let item = TransactWriteItem::builder();
        let item = match part {
            Part::Insert(mut attributes) => {
                attributes.extend(key.item());
                let put = Put::builder().table_name(&*self.table).set_item(Some(attributes));
                let put = put.condition_expression("attribute_not_exists(pk)");
                let put = put.return_values_on_condition_check_failure(old).build();
                item.put(retry::built(put)?)
            }
            Part::Change(update) => {
                let change = Change::builder()
                    .table_name(&*self.table)
                    .set_key(Some(key.item()))
                    .update_expression(update.expression())
                    .set_condition_expression(update.condition())
                    .set_expression_attribute_names(Some(update.names))
                    .set_expression_attribute_values(Some(update.values))
                    .return_values_on_condition_check_failure(old)
                    .build();
                item.update(retry::built(change)?)
            }
        };
        Ok(item.build())
    }
}

fn reasons(error: &SdkError<TransactWriteItemsError>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => cancelled.cancellation_reasons(),
        _ => &[],
    }
}

/// A condition that does not hold is final, even beside a conflict.
fn passes(error: &SdkError<TransactWriteItemsError>) -> bool {
    let codes = || reasons(error).iter().filter_map(CancellationReason::code);
    let is_conflict = codes().any(|code| PASSING.contains(&code)) && !codes().any(|code| code == CONDITION);
    is_conflict || retry::passes(error)
}

/// The reasons' codes, or the error's.
fn cause(error: &SdkError<TransactWriteItemsError>) -> String {
    let codes: Vec<_> = reasons(error).iter().filter_map(CancellationReason::code).collect();
    if codes.is_empty() { retry::cause(error) } else { codes.join(", ") }
}
