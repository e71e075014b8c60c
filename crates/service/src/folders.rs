//! The feeds' folders in Google Drive, by their settings.

use std::collections::BTreeMap;

use feeds::Feed;

use crate::settings::{Environment, SettingError};

/// Which of a feed's two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Where the sheets are dropped: `<FEED>_INBOUND_FOLDER_ID`.
    Inbound,
    /// Where the summaries are put: `<FEED>_OUTBOUND_FOLDER_ID`.
    Outbound,
}

/// Each feed's folder of one direction, where it is set.
#[derive(Clone, Debug)]
pub struct Folders {
    direction: Direction,
    ids: BTreeMap<&'static str, String>,
}

impl Folders {
    /// Reads what is set. A feed's folder may be missing; it is asked for when it is needed.
    pub fn from_env(environment: &Environment<'_>, direction: Direction) -> Self {
        let id = |feed: &&'static Feed| Some((feed.name(), environment.text(&direction.setting(feed))?));
        Self { direction, ids: feeds::all().iter().filter_map(id).collect() }
    }

    /// The id of a feed's folder.
    ///
    /// # Errors
    /// [`SettingError::Missing`] where it is not set.
    pub fn of(&self, feed: &Feed) -> Result<&str, SettingError> {
        self.ids.get(feed.name()).map(String::as_str).ok_or_else(|| SettingError::Missing {
            name: self.direction.setting(feed),
            meaning: self.direction.meaning(),
        })
    }
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

    fn meaning(self) -> &'static str {
        match self {
            Self::Inbound => "the id of the feed's inbound folder in Google Drive",
            Self::Outbound => "the id of the feed's outbound folder in Google Drive",
        }
    }
}
