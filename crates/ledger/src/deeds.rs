//! What people did to a run, kept with it.

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::item::structured;
use crate::keys::Key;
use crate::split_lease::RunName;
use crate::update::Update;
use crate::{Ledger, Result, RunId};

/// Something that a person did to a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When.
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What; no personal data.
    pub what: String,
    /// Why, where that was asked for; no personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Ledger {
    /// Notes what a person did to a run that the ledger has.
    ///
    /// # Errors
    /// Temporary ones.
    pub async fn note_deed(&self, run: &RunId, by: &str, what: &str, why: Option<&str>) -> Result<()> {
        let deed = Deed { at: self.now(), by: by.to_owned(), what: what.to_owned(), why: why.map(ToOwned::to_owned) };
        let update = Update::new().append("deeds", structured(&RunName(run), &[deed])?);
        let update = update.when("attribute_exists(#state)");
        self.update("noting what was done", &Key::run(run), update).await.map(drop)
    }
}
