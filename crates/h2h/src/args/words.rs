//! Words of which one is taken: feeds, outcomes, states.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use feeds::Feed;

/// Reads a feed's name.
pub(crate) fn feed_names() -> impl TypedValueParser<Value = &'static Feed> {
    one_of(feeds::all(), |feed| feed.name())
}

/// Reads the word of one of these.
pub(crate) fn one_of<T>(all: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.iter().map(|one| word(*one)))
        .try_map(move |text| all.iter().copied().find(|one| word(*one) == text).ok_or("there is no such word"))
}
