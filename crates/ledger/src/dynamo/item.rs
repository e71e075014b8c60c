//! Items and attributes: from and to Rust, with the version that wrote them.

use std::collections::HashMap;
use std::fmt::Display;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::keys::Key;
use crate::{Error, Result, Token};

/// An item as DynamoDB has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The version of every item that this code writes, in attribute `v`. It reads no newer one.
pub(crate) const VERSION: u32 = 1;

/// Reads an item that this version, or an older one, wrote.
pub(crate) fn read<T: DeserializeOwned>(what: impl Display, item: Item) -> Result<T> {
    let version = item.get("v").and_then(|v| v.as_n().ok()).and_then(|n| n.parse::<u32>().ok());
    if version.is_some_and(|version| version > VERSION) {
        return Err(Error::NewerVersion(what.to_string()));
    }
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(|_| Error::Corrupt(what.to_string()))
}

/// A text of an item, whichever version wrote the rest of it.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// An item to write, without its key.
pub(crate) fn write<T: Serialize>(what: impl Display, value: &T) -> Result<Item> {
    let item = serde_dynamo::aws_sdk_dynamodb_1::to_item(value);
    let mut item: Item = item.map_err(|_| Error::Corrupt(what.to_string()))?;
    item.insert("v".to_owned(), VERSION.attribute());
    Ok(item)
}

/// A structured attribute to write. What cannot be written becomes an empty set, which DynamoDB refuses.
pub(crate) fn structured<T: Serialize + ?Sized>(value: &T) -> AttributeValue {
    serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value).unwrap_or_else(|_| AttributeValue::Ss(Vec::new()))
}

/// When DynamoDB may delete an item, some days from now, in the seconds that its TTL wants.
pub(crate) fn expiry(now: DateTime<Utc>, days: i64) -> i64 {
    (now + TimeDelta::days(days)).timestamp()
}

/// A simple value that can be written as an attribute.
pub(crate) trait Attribute {
    fn attribute(self) -> AttributeValue;
}

impl Attribute for AttributeValue {
    fn attribute(self) -> AttributeValue {
        self
    }
}

impl Attribute for &str {
    fn attribute(self) -> AttributeValue {
        AttributeValue::S(self.to_owned())
    }
}

impl Attribute for &Token {
    fn attribute(self) -> AttributeValue {
        self.as_str().attribute()
    }
}

impl Attribute for bool {
    fn attribute(self) -> AttributeValue {
        AttributeValue::Bool(self)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Attribute for $number {
            fn attribute(self) -> AttributeValue {
                AttributeValue::N(self.to_string())
            }
        })*
    };
}
numbers!(i64, u32, u64);

/// Milliseconds since 1970, so that conditions can compare them.
impl Attribute for DateTime<Utc> {
    fn attribute(self) -> AttributeValue {
        self.timestamp_millis().attribute()
    }
}

impl Key {
    /// The key as the attributes that name it.
    pub(crate) fn item(&self) -> Item {
        [("pk", &self.pk), ("sk", &self.sk)].map(|(name, value)| (name.to_owned(), value.attribute())).into()
    }
}
