//! How many rows may be at Here to Help at once: one item, which the posters share.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::dynamo::{Update, VERSION, Written, read, structured};
use crate::keys::Key;
use crate::{Ledger, Result};

const WHAT: &str = "the limit of rows at once";

/// The limit as it was read, to be changed only if it still stands so. What it holds is the posters' own affair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ApiLimit<T> {
    /// The limit.
    pub limit: T,
    changes: u64,
}

impl Ledger {
    /// The limit, strongly consistent; as it begins where nothing was noted yet.
    pub async fn api_limit<T: DeserializeOwned + Default>(&self) -> Result<ApiLimit<T>> {
        let item = self.get("reading the limit of rows at once", &Key::api_limit()).await?;
        item.map_or_else(|| Ok(ApiLimit { limit: T::default(), changes: 0 }), |item| read(WHAT, item))
    }

    /// Notes another limit, if it still stands as it was `seen`, else gives none: of many who want to, one does.
    pub async fn note_api_limit<T: Serialize>(&self, seen: u64, limit: T) -> Result<Option<ApiLimit<T>>> {
        let changes = seen + 1;
        let update = Update::new()
            .set("v", VERSION)
            .set("limit", structured(&limit))
            .set("changes", changes)
            .unchanged("changes", (seen > 0).then_some(seen));
        match self.update("noting the limit of rows at once", &Key::api_limit(), update).await? {
            Written::Done(_) => Ok(Some(ApiLimit { limit, changes })),
            Written::Refused(_) => Ok(None),
        }
    }
}

impl<T> ApiLimit<T> {
    /// Counts the changes.
    pub fn changes(&self) -> u64 {
        self.changes
    }
}
