//! The feeds' folders in Google Drive, by their settings.

use std::collections::BTreeMap;

use feeds::{Direction, Feed};

use crate::settings::{Environment, SettingError};

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
