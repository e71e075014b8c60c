//! `$request3` and the like: bound where they are first seen, the same from then on, and different from every other.

use std::collections::HashMap;

/// The ids that the placeholders of a scenario stand for.
#[derive(Clone, Default)]
pub(crate) struct Ids(HashMap<String, i64>);

impl Ids {
    /// The name in a value that is nothing but a placeholder: `request3` of `$request3`.
    pub(crate) fn name_in(text: &str) -> Option<&str> {
        let name = text.strip_prefix('$')?;
        kind(name).is_some().then_some(name)
    }

    /// True if `name` may stand for `id`; from now on it does.
    pub(crate) fn bind(&mut self, name: &str, id: i64) -> bool {
        match self.0.get(name) {
            Some(bound) => *bound == id,
            None if self.0.iter().any(|(other, bound)| *bound == id && kind(other) == kind(name)) => false,
            None => {
                self.0.insert(name.to_owned(), id);
                true
            }
        }
    }

    /// A text with what its placeholders stand for.
    pub(crate) fn fill(&self, text: &str) -> String {
        let fill = |segment: &str| match Self::name_in(segment) {
            Some(name) => self.0.get(name).map_or_else(|| segment.to_owned(), ToString::to_string),
            None => segment.to_owned(),
        };
        text.split('/').map(fill).collect::<Vec<_>>().join("/")
    }
}

fn kind(name: &str) -> Option<&'static str> {
    ["request", "resident", "note"]
        .into_iter()
        .find(|kind| name.strip_prefix(kind).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())))
}
