//! The registry. A feed is one file here and one entry in [`ALL`]; what else a new one needs: docs/architecture.md.

mod contact_tracing;
mod generic;
mod nsss;
mod self_isolation;
mod spl;

use serde::{Deserialize, Deserializer, de};

use crate::feed::Feed;

static ALL: [&Feed; 5] = [&contact_tracing::FEED, &nsss::FEED, &spl::FEED, &self_isolation::FEED, &generic::FEED];

/// Every feed, in the order in which they are listed to people.
pub fn all() -> &'static [&'static Feed] {
    &ALL
}

impl Feed {
    /// The feed of this name, such as `contact-tracing`.
    pub fn named(name: &str) -> Option<&'static Self> {
        all().iter().copied().find(|feed| feed.name == name)
    }
}

impl<'de> Deserialize<'de> for &'static Feed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Feed::named(&name).ok_or_else(|| de::Error::custom(format_args!("there is no feed \"{name}\"")))
    }
}
