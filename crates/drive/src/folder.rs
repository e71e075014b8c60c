//! A folder: its files, all of them or an error, and what the account may do with it.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entry::{FIELDS, FOLDER};
use crate::error::{Error, Subject};
use crate::http::{Call, address};
use crate::{Drive, Entry};

/// The account's right to write summaries into a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// The account may write.
    Write,
    /// The account may only look.
    ReadOnly,
    /// The folder is on somebody's own drive: what the account makes there would count against its own storage, and it
    /// has none.
    NotOnSharedDrive,
}

/// A folder as `h2h` sees it: through its own eyes, or through those of a function that can sign in where a person cannot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The account's right to write into it.
    pub access: Access,
    /// Every file of it that is not in the trash.
    pub files: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Page {
    files: Vec<Entry>,
    next_page_token: Option<String>,
    incomplete_search: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Folder {
    mime_type: String,
    #[serde(default)]
    trashed: bool,
}

impl Drive {
    /// Every file of the folder that is not in the trash, in no particular order.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::BadFolder`]: the folder is not what it should be, and
    /// the message says whom to share it with.
    pub async fn list(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let is_incomplete = |error: &Error| matches!(error, Error::IncompleteListing(_));
        let entries = self.retry(is_incomplete, || self.list_once(folder)).await?;
        if entries.is_empty() {
            // An id that the account may not see can look just like an empty folder.
            self.check_folder(folder).await?;
        }
        Ok(entries)
    }

    /// Page by page. A page token that Google takes back makes the listing incomplete: it starts anew.
    async fn list_once(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let incomplete = || Error::IncompleteListing(folder.to_owned());
        let fields = format!("nextPageToken,incompleteSearch,files({FIELDS})");
        let quoted = folder.replace('\\', "\\\\").replace('\'', "\\'");
        let q = format!("'{quoted}' in parents and trashed=false");
        let mut entries: Vec<Entry> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut query = vec![
                ("q", q.as_str()),
                ("pageSize", "1000"),
                ("supportsAllDrives", "true"),
                ("includeItemsFromAllDrives", "true"),
                ("fields", &fields),
            ];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let url = address(&self.shared.drive, &["files"], &query);
            let page = self.json(&Call::new(Method::GET, url, Subject::Folder(folder.to_owned()))).await;
            let page: Page = match page {
                Err(Error::Refused(_) | Error::NotFound(_)) if token.is_some() => return Err(incomplete()),
                Ok(Page { incomplete_search: true, .. }) => return Err(incomplete()),
                answer => answer?,
            };
            entries.extend(page.files);
            token = page.next_page_token;
            if token.is_none() {
                break;
            }
        }
        // A file that is added while pages are read can shift another one onto a second page.
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        entries.dedup_by(|a, b| a.id == b.id);
        Ok(entries)
    }

    async fn check_folder(&self, folder: &str) -> Result<(), Error> {
        let subject = Subject::Folder(folder.to_owned());
        let call = self.on_drive(Method::GET, &["files", folder], "mimeType,trashed", subject);
        let problem = match self.json(&call).await? {
            Folder { trashed: true, .. } => "is in the trash",
            Folder { mime_type, .. } if mime_type != FOLDER => "is not a folder",
            _ => return Ok(()),
        };
        Err(Error::BadFolder(folder.to_owned(), problem))
    }
    /// Tells if the account may put files into the folder. Asks only, and leaves nothing there.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]: the folder is not shared with the account at all.
    pub async fn access(&self, folder: &str) -> Result<Access, Error> {
        let subject = Subject::Folder(folder.to_owned());
        let fields = "driveId,capabilities(canAddChildren)";
        let found: Value = self.json(&self.on_drive(Method::GET, &["files", folder], fields, subject)).await?;
        Ok(match found["capabilities"]["canAddChildren"] == true {
            _ if found["driveId"].is_null() => Access::NotOnSharedDrive,
            true => Access::Write,
            false => Access::ReadOnly,
        })
    }

    /// Looks at a folder. Only asks: nothing changes. Fails as [`Drive::list`] and [`Drive::access`] do.
    pub async fn look(&self, folder: &str) -> Result<Look, Error> {
        let files = self.list(folder).await?;
        let access = self.access(folder).await?;
        Ok(Look { access, files })
    }
}
