//! The feed that a sheet is for, by its header alone.

use std::cmp::Reverse;

use crate::feed::Feed;
use crate::feeds;
use crate::header::Header;
use crate::row::SheetRow;

impl Feed {
    /// The feed that these first rows of a sheet are most likely for: of its columns they show the largest share. None where
    /// they show a column of no feed.
    pub fn guess(rows: &[SheetRow]) -> Option<&'static Self> {
        let held = |feed: &Self| rows.iter().map(|row| Header::of(row).holds(feed)).max().unwrap_or(0);
        let shares = feeds::all().iter().map(|feed| (held(feed) * 1_000 / feed.columns.len(), *feed));
        shares.filter(|(share, _)| *share > 0).min_by_key(|(share, _)| Reverse(*share)).map(|(_, feed)| feed)
    }
}
