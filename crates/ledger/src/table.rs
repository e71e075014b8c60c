//! The table, for tests and the local stack; `infra` makes the same one in terraform.

use aws_sdk_dynamodb::Client;

use crate::Result;

/// The sparse index of the lists.
pub const INDEX: &str = "lists";
/// The attribute by which DynamoDB deletes what has expired, in seconds since 1970.
pub const TTL_ATTRIBUTE: &str = "expires_at";

/// Makes the table with its index, stream (new images) and TTL, and waits until it is ready. One that is there already
/// stays.
///
/// # Errors
/// What DynamoDB refuses.
pub async fn create(client: &Client, name: &str) -> Result<()> {
    todo!("{client:?} {name}")
}
