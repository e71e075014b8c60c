//! The fencing token with which an owner proves its claim.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A random fencing token, one for each claim. Every write of the owner is conditional on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A token that nobody else has.
    pub fn random() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// The token as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Until when a claim holds, unless it has expired.
pub(crate) fn held(token: Option<&Token>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    token.and(until).filter(|until| now < *until)
}
