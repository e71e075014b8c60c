//! How long the Here to Help API took of late: one item, which each poster writes over at most once a minute.

use std::num::NonZeroU32;

use chrono::serde::ts_milliseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dynamo::{Update, VERSION, read, structured};
use crate::keys::Key;
use crate::{Ledger, Result};

/// How long the API took, as the poster saw it that reported it last, for `h2h status`. No personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiSpeed {
    /// When it was reported.
    #[serde(with = "ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The median of the POSTs of help requests, in milliseconds.
    pub post_ms: u64,
    /// Of how many.
    pub posts: u64,
    /// The median of a row's other calls, in milliseconds.
    pub other_ms: u64,
    /// How many calls a second the posters may make together.
    pub calls_per_second: NonZeroU32,
    /// How many posters may run at once.
    pub posters: NonZeroU32,
}

impl Ledger {
    /// Notes it, over what another poster noted.
    pub async fn note_api_speed(&self, speed: &ApiSpeed) -> Result<()> {
        let update = Update::new().set("v", VERSION).set("speed", structured(speed));
        self.update("noting how long the API takes", &Key::api_speed(), update).await.map(drop)
    }

    /// The speed that was noted last; none where no POST was ever answered.
    pub async fn api_speed(&self) -> Result<Option<ApiSpeed>> {
        #[derive(Deserialize)]
        struct Noted {
            speed: ApiSpeed,
        }
        let item = self.get("reading how long the API takes", &Key::api_speed()).await?;
        item.map(|item| read::<Noted>("how long the API takes", item).map(|noted| noted.speed)).transpose()
    }
}
