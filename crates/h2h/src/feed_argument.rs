//! `--feed`, as every command takes it.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use feeds::Feed;

/// Takes the name of a feed.
pub(crate) fn feed_name() -> impl TypedValueParser<Value = &'static Feed> {
    let names = feeds::all().iter().map(|feed| feed.name());
    PossibleValuesParser::new(names).try_map(|name| Feed::named(&name).ok_or("there is no such feed"))
}
