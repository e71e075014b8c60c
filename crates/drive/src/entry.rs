//! A file as Drive lists it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_with::{DisplayFromStr, serde_as};

use crate::Drive;
use crate::error::{Error, Subject};

/// The fields of an entry, as Google names them.
pub(crate) const FIELDS: &str = "id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,\
    headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)";

/// The type of a Google Sheet.
pub(crate) const SHEET: &str = "application/vnd.google-apps.spreadsheet";

/// The type of an XLSX file.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The types of what holds nothing itself.
pub(crate) const FOLDER: &str = "application/vnd.google-apps.folder";
const SHORTCUT: &str = "application/vnd.google-apps.shortcut";

/// A file as Drive lists it, in Google's own form.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Stays the same for the life of the file, whatever its name or folder.
    pub id: String,
    /// The name, which need not be the only one of its kind.
    pub name: String,
    /// The type that the file says it has; a CSV file has one of several.
    pub mime_type: String,
    /// The checksum of the content; Google's own documents have none.
    #[serde(default, rename = "md5Checksum")]
    pub md5: Option<String>,
    /// The size of the content in bytes.
    // Google writes 64-bit numbers as strings.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default)]
    pub size: Option<u64>,
    /// When it was made. A file from a desktop may bring an old time along.
    #[serde(rename = "createdTime")]
    pub created: DateTime<Utc>,
    /// When it was last changed.
    #[serde(rename = "modifiedTime")]
    pub modified: DateTime<Utc>,
    /// It lies in the trash.
    #[serde(default)]
    pub trashed: bool,
    /// The notes of programs on it.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) head_revision_id: Option<String>,
    #[serde(default)]
    pub(crate) version: Option<String>,
    #[serde(default)]
    pub(crate) last_modifying_user: User,
    #[serde(default)]
    pub(crate) capabilities: Capabilities,
}

/// Who modified a file last: nobody where that was not a signed-in user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    me: bool,
}

/// The account's rights to a file; one of which Google says nothing, it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Capabilities {
    can_download: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self { can_download: true }
    }
}

/// How a file can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Google Sheet: [`Drive::sheet`].
    Sheet,
    /// A file with content of its own: [`Drive::download`]. Name and type tell whether it is a CSV or an XLSX file.
    Blob,
    /// Not at all: another document of Google's.
    Document,
    /// It holds nothing itself: a folder or a shortcut.
    Other,
}

impl Entry {
    /// How the file can be read.
    pub fn kind(&self) -> Kind {
        match &self.md5 {
            _ if self.mime_type == SHEET => Kind::Sheet,
            Some(_) => Kind::Blob,
            None if [FOLDER, SHORTCUT].contains(&self.mime_type.as_str()) => Kind::Other,
            None => Kind::Document,
        }
    }

    /// The revision of what it holds. Of a file with content of its own it changes with the content alone; a Google Sheet
    /// has no such revision, and its version changes with everything, also with what nobody sees.
    pub fn revision(&self) -> Option<&str> {
        self.head_revision_id.as_deref().or(self.version.as_deref())
    }

    /// True if nobody but this account has modified it since it left the file in this revision. Google goes on changing
    /// a Google Sheet after it was converted, its time and version too, in the name of whoever uploaded it: what counts
    /// is who modified it last.
    pub fn is_as_left(&self, revision: &str) -> bool {
        self.revision() == Some(revision) || self.last_modifying_user.me
    }

    /// True if the account may download it. A viewer may not where the drive or the file forbids it.
    pub fn can_download(&self) -> bool {
        self.capabilities.can_download
    }
}

impl Drive {
    /// The file as Drive has it now; nothing if it was deleted, or is not shared with the account. A listing of its
    /// folder may know minutes earlier that somebody changed it.
    ///
    /// # Errors
    /// Whatever keeps Google from answering.
    pub async fn entry(&self, id: &str) -> Result<Option<Entry>, Error> {
        match self.existing_entry(id).await {
            Err(Error::NotFound(_)) => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// The same of a file that was there.
    pub(crate) async fn existing_entry(&self, id: &str) -> Result<Entry, Error> {
        self.json(&self.on_drive(Method::GET, &["files", id], FIELDS, Subject::File(id.to_owned()))).await
    }
}
