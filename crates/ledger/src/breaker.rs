//! The switch: whether posting is paused.

use std::fmt;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dynamo::item::{Attribute, VERSION, read, structured};
use crate::dynamo::store::Written;
use crate::dynamo::update::Update;
use crate::keys::Key;
use crate::{Ledger, Result, Token};

const WHAT: &str = "the switch";

/// Whether rows are posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Posting {
    /// As usual.
    Running,
    /// Not at all.
    Paused,
    /// A few rows, to see whether it is well again.
    Trying,
}

/// Who set the switch. What a function pauses, the functions end again; a person's pause only a person ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// It was never touched.
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

/// The switch as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Whether rows are posted.
    pub posting: Posting,
    /// Why; no personal data.
    pub why: String,
    /// By whom.
    pub by: By,
    /// Since when.
    #[serde(with = "ts_milliseconds")]
    pub since: DateTime<Utc>,
    /// Since it is [trying](Posting::Trying): whether a row went through.
    #[serde(default)]
    pub row_went_through: bool,
    /// Counts the changes: a change is made only to what was seen.
    pub(crate) changes: u64,
}

impl Ledger {
    /// The switch, strongly consistent. Running if it was never touched.
    pub async fn switch(&self) -> Result<Switch> {
        match self.get("reading the switch", &Key::switch()).await? {
            Some(item) => read(WHAT, item),
            None => Ok(Switch {
                posting: Posting::Running,
                why: String::new(),
                by: By::Nobody,
                since: DateTime::UNIX_EPOCH,
                row_went_through: false,
                changes: 0,
            }),
        }
    }

    /// Sets the switch, if it still stands as it was `seen`: of many who want to pause at once, one does. None if
    /// somebody else changed it meanwhile.
    pub async fn set_switch(
        &self,
        seen: &Switch,
        posting: Posting,
        why: &str,
        by: impl Into<By>,
    ) -> Result<Option<Switch>> {
        let token = Token::random();
        let update = Update::new()
            .set("v", VERSION)
            .set("posting", structured(&posting))
            .set("why", why)
            .set("by", structured(&by.into()))
            .set("since", self.now())
            .set("changes", seen.changes + 1)
            .set("token", &token)
            .remove("row_went_through")
            .unchanged("changes", (seen.changes > 0).then_some(seen.changes));
        match self.update("setting the switch", &Key::switch(), update).await? {
            Written::Done(item) => read(WHAT, item).map(Some),
            // Our own change, whose answer was lost.
            Written::Refused(Some(item)) if item.get("token") == Some(&token.attribute()) => read(WHAT, item).map(Some),
            Written::Refused(_) => Ok(None),
        }
    }

    /// Notes that the API took a row while the switch was trying, if it still stands as it was `seen`.
    pub async fn row_went_through(&self, seen: &Switch) -> Result<()> {
        let update = Update::new().set("row_went_through", true).unchanged("changes", Some(seen.changes));
        self.update("noting that a row went through", &Key::switch(), update).await.map(drop)
    }
}
