//! The table, for tests and the local stack; `infra` makes the same one in terraform.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType, TableStatus, TimeToLiveSpecification, TimeToLiveStatus,
};

use super::retry;
use crate::{Error, Result};

/// The sparse index of the lists, by [`INDEX_KEYS`].
pub const INDEX: &str = "lists";
/// The index's keys: hash, then range.
pub const INDEX_KEYS: [&str; 2] = ["list_pk", "list_sk"];
/// The attributes that the index holds beside the keys: nothing personal.
pub const INDEX_ATTRIBUTES: [&str; 4] = ["attempts", "error_class", "outcome", "settled_at"];
/// The table's keys: hash, then range.
pub const KEYS: [&str; 2] = ["pk", "sk"];
/// The attribute by which DynamoDB deletes what has expired, in seconds since 1970.
pub const TTL_ATTRIBUTE: &str = "expires_at";

const OPERATION: &str = "creating the table";

/// Makes the table with its index, stream (new images) and TTL, and waits until it is ready. One that is there stays.
pub async fn create(client: &Client, name: &str) -> Result<()> {
    let request = retry::built(creation(client, name))?;
    if let Err(error) = request.send().await
        && !error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception())
    {
        return Err(retry::error(OPERATION, &error));
    }
    wait_until_active(client, name).await?;
    enable_ttl(client, name).await
}

fn creation(client: &Client, name: &str) -> Result<CreateTableFluentBuilder, BuildError> {
    let definition = |key| AttributeDefinition::builder().attribute_name(key).attribute_type(ScalarAttributeType::S);
    let definitions = KEYS.into_iter().chain(INDEX_KEYS).map(|key| definition(key).build());
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
    let projection = Projection::builder().projection_type(ProjectionType::Include);
    let index = GlobalSecondaryIndex::builder()
        .index_name(INDEX)
        .projection(projection.set_non_key_attributes(Some(INDEX_ATTRIBUTES.map(str::to_owned).to_vec())).build())
        .set_key_schema(Some(schema(INDEX_KEYS)?));
    Ok(client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(definitions.collect::<Result<_, _>>()?))
        .set_key_schema(Some(schema(KEYS)?))
        .global_secondary_indexes(index.build()?)
        .stream_specification(stream.build()?))
}

async fn wait_until_active(client: &Client, name: &str) -> Result<()> {
    let mut waits = retry::waits();
    loop {
        let answer = retry::send(OPERATION, || client.describe_table().table_name(name).send()).await?;
        if answer.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        let too_long = || Error::Unavailable(OPERATION, "not active yet".to_owned());
        tokio::time::sleep(waits.next_wait().ok_or_else(too_long)?).await;
    }
}

async fn enable_ttl(client: &Client, name: &str) -> Result<()> {
    let answer = retry::send(OPERATION, || client.describe_time_to_live().table_name(name).send()).await?;
    let status = answer.time_to_live_description().and_then(|ttl| ttl.time_to_live_status());
    if matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)) {
        return Ok(());
    }
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(TTL_ATTRIBUTE).build();
    let request = client.update_time_to_live().table_name(name).time_to_live_specification(retry::built(ttl)?);
    retry::send(OPERATION, || request.clone().send()).await.map(drop)
}

fn schema([hash, range]: [&str; 2]) -> Result<Vec<KeySchemaElement>, BuildError> {
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![key(hash, KeyType::Hash)?, key(range, KeyType::Range)?])
}
