//! Feeds on the command line.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use feeds::Feed;

/// Reads a feed's name.
pub(crate) fn feed_names() -> impl TypedValueParser<Value = &'static Feed> {
    let names = feeds::all().iter().map(|feed| feed.name());
    PossibleValuesParser::new(names).try_map(|name| Feed::named(&name).ok_or("there is no such feed"))
}
