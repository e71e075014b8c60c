//! `orderBy` of `files.list`.

use std::cmp::Ordering;

use super::entry::{Content, Entry};

/// The keys to sort by, the first of which counts most. Without any, the order says nothing about time or name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order(Vec<(Key, Direction)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Created,
    Folder,
    Modified,
    Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl Order {
    /// Reads `folder,modifiedTime desc,name`.
    ///
    /// # Errors
    /// Names the key that is not simulated.
    pub(super) fn parse(text: Option<&str>) -> Result<Self, String> {
        let key = |text: &str| {
            let (name, direction) = match text.trim().strip_suffix(" desc") {
                Some(name) => (name, Direction::Descending),
                None => (text.trim(), Direction::Ascending),
            };
            let key = match name {
                "createdTime" => Key::Created,
                "folder" => Key::Folder,
                // Of the times that recency looks at, the files here have this one.
                "modifiedTime" | "recency" => Key::Modified,
                "name" => Key::Name,
                _ => return Err(format!("{name} is no key, or not simulated")),
            };
            Ok((key, direction))
        };
        text.map_or(Ok(Vec::new()), |text| text.split(',').map(key).collect()).map(Self)
    }

    pub(super) fn compare(&self, one: &Entry, two: &Entry) -> Ordering {
        let by_keys = self.0.iter().map(|(key, direction)| {
            let ascending = match key {
                Key::Created => one.created.cmp(&two.created),
                Key::Folder => (two.content == Content::Folder).cmp(&(one.content == Content::Folder)),
                Key::Modified => one.stamp.modified().cmp(&two.stamp.modified()),
                Key::Name => one.name.cmp(&two.name),
            };
            if *direction == Direction::Descending { ascending.reverse() } else { ascending }
        });
        by_keys.fold(Ordering::Equal, Ordering::then).then_with(|| one.id.cmp(&two.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_directions() {
        let order = Order::parse(Some("folder, name desc")).expect("an order");
        assert_eq!(order.0, [(Key::Folder, Direction::Ascending), (Key::Name, Direction::Descending)]);
        assert_eq!(Order::parse(None), Ok(Order::default()));
        for wrong in ["", "size", "name,", "name asc", "Name"] {
            assert!(Order::parse(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
