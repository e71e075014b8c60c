//! A folder's files: all of them, or an error.

use reqwest::Method;
use serde::Deserialize;

use crate::entry::{FIELDS, FOLDER};
use crate::error::{Error, Subject};
use crate::http::{Call, address};
use crate::{Drive, Entry};

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
    /// the message says whom to share it with. Otherwise whatever keeps Google from answering.
    pub async fn list(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let entries = self.retry(Error::is_incomplete_listing, || self.list_once(folder)).await?;
        if entries.is_empty() {
            // An id that the account may not see can look just like an empty folder.
            self.check_folder(folder).await?;
        }
        Ok(entries)
    }

    /// Page by page. A page token that Google takes back makes the listing incomplete: it starts anew.
    async fn list_once(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let incomplete = || Error::IncompleteListing(folder.to_owned());
        let mut entries: Vec<Entry> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page: Page = match self.json(&self.page_call(folder, token.as_deref())).await {
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

    fn page_call(&self, folder: &str, token: Option<&str>) -> Call {
        let subject = Subject::Folder(folder.to_owned());
        let folder = folder.replace('\\', "\\\\").replace('\'', "\\'");
        let q = format!("'{folder}' in parents and trashed=false");
        let fields = format!("nextPageToken,incompleteSearch,files({FIELDS})");
        let mut query = vec![
            ("q", q.as_str()),
            ("pageSize", "1000"),
            ("supportsAllDrives", "true"),
            ("includeItemsFromAllDrives", "true"),
            ("fields", &fields),
        ];
        query.extend(token.map(|token| ("pageToken", token)));
        Call::new(Method::GET, address(&self.shared.drive, &["files"], &query), subject)
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
}
