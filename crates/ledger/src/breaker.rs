//! The circuit breaker: one for all posters.

use std::fmt;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dynamo::{Attribute, Update, VERSION, Written, read, structured};
use crate::keys::Key;
use crate::{Ledger, Result, Token};

const WHAT: &str = "the circuit breaker";

/// The state of the circuit breaker. Its words, in the table and for people, are those of posting: operators pause and resume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
pub enum BreakerState {
    /// Rows are posted as usual.
    #[default]
    #[serde(rename = "running")]
    #[strum(serialize = "running")]
    Closed,
    /// No row is posted.
    #[serde(rename = "paused")]
    #[strum(serialize = "paused")]
    Open,
    /// A few rows are posted, to see whether the API is well again.
    #[serde(rename = "trying")]
    #[strum(serialize = "trying")]
    HalfOpen,
}

impl BreakerState {
    /// The word for it in the ledger, in logs and for people.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Who set the circuit breaker. What a function pauses, the functions end again; a person's pause only a person ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// It was never touched.
    #[default]
    Nobody,
    /// A function of the pipeline.
    Function(String),
    /// A person, through `h2h`.
    Person(String),
}

/// A name alone is a person's.
impl From<&str> for By {
    fn from(name: &str) -> Self {
        Self::Person(name.to_owned())
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Function(name) => write!(f, "the {name}"),
            Self::Person(name) => f.write_str(name),
        }
    }
}

/// The circuit breaker as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitBreaker {
    /// Its state.
    #[serde(rename = "posting")]
    pub state: BreakerState,
    /// Why; no personal data.
    pub why: String,
    /// By whom.
    pub by: By,
    /// Since when.
    #[serde(with = "ts_milliseconds")]
    pub since: DateTime<Utc>,
    /// Since it is [trying](BreakerState::HalfOpen): whether a row went through.
    #[serde(default)]
    pub row_went_through: bool,
    /// Counts the changes: a change is made only to what was seen.
    pub(crate) changes: u64,
}

impl Ledger {
    /// The circuit breaker, strongly consistent. Closed if it was never touched.
    pub async fn breaker(&self) -> Result<CircuitBreaker> {
        let item = self.get("reading the circuit breaker", &Key::breaker()).await?;
        item.map_or_else(|| Ok(CircuitBreaker::default()), |item| read(WHAT, item))
    }

    /// Sets the circuit breaker, if it still stands as it was `seen`, else gives none: of many who want to, one does.
    pub async fn set_breaker(
        &self,
        seen: &CircuitBreaker,
        state: BreakerState,
        why: &str,
        by: impl Into<By>,
    ) -> Result<Option<CircuitBreaker>> {
        let token = Token::random();
        let update = Update::new()
            .set("v", VERSION)
            .set("posting", structured(&state))
            .set("why", why)
            .set("by", structured(&by.into()))
            .set("since", self.now())
            .set("changes", seen.changes + 1)
            .set("token", &token)
            .remove("row_went_through")
            .unchanged("changes", (seen.changes > 0).then_some(seen.changes));
        match self.update("setting the circuit breaker", &Key::breaker(), update).await? {
            Written::Done(item) => read(WHAT, item).map(Some),
            // Our own change, whose answer was lost.
            Written::Refused(Some(item)) if item.get("token") == Some(&token.attribute()) => read(WHAT, item).map(Some),
            Written::Refused(_) => Ok(None),
        }
    }

    /// Notes that the API took a row while the circuit breaker was half open, if it still stands as it was `seen`.
    pub async fn row_went_through(&self, seen: &CircuitBreaker) -> Result<()> {
        let update = Update::new().set("row_went_through", true).unchanged("changes", Some(seen.changes));
        self.update("noting that a row went through", &Key::breaker(), update).await.map(drop)
    }
}
