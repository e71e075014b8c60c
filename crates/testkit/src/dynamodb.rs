//! A DynamoDB in the test's own process, and its items as they lie there.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, StreamSpecification};

use crate::aws::sdk_config_without_retries;
use crate::proxy::Proxy;
use crate::server::listen;

/// The name of the ledger's table in tests.
pub const TABLE: &str = "ledger";

/// An item by its attributes' names.
pub type Item = HashMap<String, AttributeValue>;

/// The database. Its items are looked at and changed past the ledger.
#[derive(Clone, Debug)]
pub struct Dynamodb {
    /// Where its clients call it.
    pub url: String,
    /// A client.
    pub client: Client,
}

impl Dynamodb {
    /// Starts one without a table.
    pub async fn start() -> Self {
        let (listener, url) = listen().await;
        let database = dynoxide::Database::memory().expect("a database");
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        let client = Client::new(&sdk_config_without_retries(&url));
        Self { url, client }
    }

    /// A proxy before it, and a client that calls it through that.
    pub async fn proxied(&self) -> (Proxy, Client) {
        let (proxy, url) = Proxy::start(self.url.clone()).await;
        (proxy, Client::new(&sdk_config_without_retries(&url)))
    }

    /// Switches off the stream of [`TABLE`]: Dynoxide looks at the whole stream at each write, and nobody reads it here.
    pub async fn without_stream(&self) {
        let no_stream = StreamSpecification::builder().stream_enabled(false).build().expect("complete");
        let request = self.client.update_table().table_name(TABLE).stream_specification(no_stream);
        request.send().await.expect("no stream");
    }

    /// An item.
    pub async fn item(&self, pk: &str, sk: &str) -> Option<Item> {
        let request = self.client.get_item().table_name(TABLE).consistent_read(true);
        request.key("pk", text(pk)).key("sk", text(sk)).send().await.expect("an answer").item
    }

    /// Sets an attribute of an item.
    pub async fn set(&self, pk: &str, sk: &str, name: &str, value: AttributeValue) {
        let request = self.client.update_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        let request = request.update_expression("SET #name = :value").expression_attribute_names("#name", name);
        request.expression_attribute_values(":value", value).send().await.expect("set");
    }

    /// Makes an item one of a newer version, which nobody can read.
    pub async fn set_newer_version(&self, pk: &str, sk: &str) {
        self.set(pk, sk, "v", AttributeValue::N("99".to_owned())).await;
    }

    /// Deletes an item, as DynamoDB does once it has expired.
    pub async fn delete(&self, pk: &str, sk: &str) {
        let request = self.client.delete_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
        request.send().await.expect("deleted");
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
