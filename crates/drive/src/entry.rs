//! A file as Drive lists it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::{DisplayFromStr, serde_as};

use crate::Drive;
use crate::error::{Error, Subject};

/// The fields of an entry, as Google names them.
pub(crate) const FIELDS: &str = "id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,\
    headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)";

/// The types of a Google Sheet, of an XLSX file, and of what holds nothing itself.
pub(crate) const SHEET: &str = "application/vnd.google-apps.spreadsheet";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
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
    #[serde(rename = "md5Checksum")]
    pub md5: Option<String>,
    /// The size of the content in bytes.
    // Google writes 64-bit numbers as strings.
    #[serde_as(as = "Option<DisplayFromStr>")]
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
    head_revision_id: Option<String>,
    version: Option<String>,
    /// Nobody where that was not a signed-in user.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    last_modifying_user: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    capabilities: Value,
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
        self.revision() == Some(revision) || self.last_modifying_user["me"] == true
    }

    /// True if the account may download it. A viewer may not where the drive or the file forbids it; a right of which Google
    /// says nothing, it has.
    pub fn can_download(&self) -> bool {
        self.capabilities["canDownload"] != false
    }
}

impl Drive {
    /// The file as Drive has it now; nothing if it was deleted, or is not shared with the account. A listing of its
    /// folder may know minutes earlier that somebody changed it.
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
