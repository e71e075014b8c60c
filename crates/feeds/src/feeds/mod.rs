//! The registry. A feed is one file here and one line in [`ALL`].

mod contact_tracing;
mod generic;
mod nsss;
mod self_isolation;
mod spl;

use crate::Feed;

static ALL: [&Feed; 5] = [&contact_tracing::FEED, &nsss::FEED, &spl::FEED, &self_isolation::FEED, &generic::FEED];

/// Every feed, in the order in which they are listed to people.
pub fn all() -> &'static [&'static Feed] {
    &ALL
}
