//! The feeds' folders in Google Drive, as they are named in settings.

use crate::Feed;

/// One of a feed's two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Where the sheets are dropped: `<FEED>_INBOUND_FOLDER_ID`.
    Inbound,
    /// Where the summaries are put: `<FEED>_OUTBOUND_FOLDER_ID`.
    Outbound,
}

impl Direction {
    /// The name of the setting that holds the folder's id.
    pub fn setting(self, feed: &Feed) -> String {
        let direction = match self {
            Self::Inbound => "INBOUND",
            Self::Outbound => "OUTBOUND",
        };
        format!("{}_{direction}_FOLDER_ID", feed.settings_prefix())
    }

    /// The setting's meaning, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Inbound => "the id of the feed's inbound folder in Google Drive",
            Self::Outbound => "the id of the feed's outbound folder in Google Drive",
        }
    }
}
