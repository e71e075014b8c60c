//! The entries of the folders.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Google's type of a spreadsheet.
pub(super) const SHEET: &str = "application/vnd.google-apps.spreadsheet";
/// Google's type of a folder.
pub(super) const FOLDER: &str = "application/vnd.google-apps.folder";
/// The type of an XLSX.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The type of a CSV.
pub(super) const CSV: &str = "text/csv";

/// Which of a feed's two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Where the data team drops files.
    Inbound,
    /// Where summaries are written.
    Outbound,
}

impl Direction {
    /// As the directory is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// A shared folder, written `spl/inbound`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Folder {
    /// The feed, as its directory is called.
    pub feed: String,
    /// Which of its two folders.
    pub direction: Direction,
}

impl Folder {
    /// The id under which Drive's interface knows the folder; the same after every start.
    pub(super) fn id(&self) -> String {
        format!("folder_{}_{}", self.feed, self.direction.name())
    }

    pub(super) fn path(&self, root: &Path) -> PathBuf {
        root.join(&self.feed).join(self.direction.name())
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.feed, self.direction.name())
    }
}

impl FromStr for Folder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("{text:?} is no folder: write it as feed/inbound or feed/outbound");
        let (feed, direction) = text.split_once('/').ok_or_else(unknown)?;
        let direction = match direction {
            "inbound" => Direction::Inbound,
            "outbound" => Direction::Outbound,
            _ => return Err(unknown()),
        };
        Ok(Self { feed: feed.to_owned(), direction })
    }
}

impl TryFrom<String> for Folder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Folder> for String {
    fn from(folder: Folder) -> Self {
        folder.to_string()
    }
}

/// The kind of file, to Drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Content {
    Folder,
    Sheet,
    Blob { mime: String },
}

impl Content {
    pub(super) fn mime(&self) -> &str {
        match self {
            Self::Folder => FOLDER,
            Self::Sheet => SHEET,
            Self::Blob { mime } => mime,
        }
    }
}

/// How the file on disk looked when it was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    inode: u64,
    /// Nanoseconds since 1970, where the file system knows; tells a new file from an old one whose inode it got.
    born: Option<u64>,
    pub(super) size: u64,
    modified: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let nanoseconds = |time: SystemTime| {
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        };
        Self {
            inode: metadata.ino(),
            born: metadata.created().ok().map(nanoseconds),
            size: metadata.len(),
            modified: metadata.modified().map_or(0, nanoseconds),
        }
    }

    /// True if it is the same file, renamed or written to meanwhile.
    pub(super) fn same_file(&self, other: &Self) -> bool {
        let unchanged = (self.size, self.modified) == (other.size, other.modified);
        self.inode == other.inode && if self.born.is_some() { self.born == other.born } else { unchanged }
    }

    pub(super) fn modified(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(i64::try_from(self.modified).unwrap_or(i64::MAX))
    }

    /// When the file's upload was complete, if it has just come. Drive shows a file once it is, and so it has not been modified
    /// since then; one that was moved here brings an older modification time along.
    pub(super) fn created(&self) -> DateTime<Utc> {
        let complete = self.modified.max(self.born.unwrap_or_default());
        DateTime::from_timestamp_nanos(i64::try_from(complete).unwrap_or(i64::MAX))
    }
}

/// Who changed a file last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum By {
    Person,
    Service,
}

/// A file of Drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) folder: Folder,
    /// The file's name in its directory.
    pub(super) on_disk: String,
    /// The file's name in Drive.
    pub(super) name: String,
    pub(super) content: Content,
    pub(super) properties: BTreeMap<String, String>,
    pub(super) trashed: bool,
    pub(super) created: DateTime<Utc>,
    /// Grows with every change.
    pub(super) version: u64,
    /// Grows when the content is replaced.
    pub(super) revision: u64,
    pub(super) changed_by: By,
    pub(super) stamp: Stamp,
    /// Of a blob, once it was asked for; forgotten when the file changes.
    pub(super) md5: Option<String>,
}

impl Entry {
    pub(super) fn path(&self, root: &Path) -> PathBuf {
        if self.trashed { trash(root).join(&self.id) } else { self.folder.path(root).join(&self.on_disk) }
    }
}

/// Where trashed files lie.
pub(super) fn trash(root: &Path) -> PathBuf {
    root.join(".trash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_written_with_a_slash() {
        let folder: Folder = "self-isolation/outbound".parse().expect("a folder");
        assert_eq!(folder.to_string(), "self-isolation/outbound");
        assert_eq!(folder.id(), "folder_self-isolation_outbound");
        for wrong in ["spl", "spl/", "spl/inbound/x", "inbound"] {
            assert!(wrong.parse::<Folder>().is_err(), "{wrong}");
        }
    }
}
