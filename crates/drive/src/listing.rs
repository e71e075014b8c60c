//! A folder's files: all of them, or an error.

use serde::Deserialize;

use crate::{
    Drive, Entry,
    entry::FIELDS,
    error::{Error, Subject},
    http::{Call, address},
    retry::Policy,
};

const FOLDER: &str = "application/vnd.google-apps.folder";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    files: Vec<Entry>,
    next_page_token: Option<String>,
    #[serde(default)]
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
        let mut attempts = self.api.attempts(Policy::Listing);
        let entries = loop {
            match self.list_once(folder).await {
                Err(error) => attempts.after(error).await?,
                Ok(entries) => break entries,
            }
        };
        if entries.is_empty() {
            // An id that the account may not see can look just like an empty folder.
            self.check_folder(folder).await?;
        }
        Ok(entries)
    }

    /// Page by page. A page token that Google takes back makes the listing incomplete: it starts anew.
    async fn list_once(&self, folder: &str) -> Result<Vec<Entry>, Error> {
        let subject = Subject::Folder(folder.to_owned());
        let mut entries: Vec<Entry> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let call = self.page_call(folder, token.as_deref());
            let page: Page = match self.api.json(&call, &subject).await {
                Err(Error::Refused { .. } | Error::NotFound { .. }) if token.is_some() => {
                    return Err(incomplete(folder));
                }
                answer => answer?,
            };
            if page.incomplete_search {
                return Err(incomplete(folder));
            }
            entries.extend(page.files);
            match page.next_page_token {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        // A file that is added while pages are read can shift another one onto a second page.
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        entries.dedup_by(|a, b| a.id == b.id);
        Ok(entries)
    }

    fn page_call(&self, folder: &str, token: Option<&str>) -> Call {
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
        Call::get(address(&self.api.shared.addresses.drive, &["files"], &query))
    }

    async fn check_folder(&self, folder: &str) -> Result<(), Error> {
        let query = [("supportsAllDrives", "true"), ("fields", "mimeType,trashed")];
        let call = Call::get(address(&self.api.shared.addresses.drive, &["files", folder], &query));
        let found: Folder = self.api.json(&call, &Subject::Folder(folder.to_owned())).await?;
        let problem = match found {
            Folder { trashed: true, .. } => "is in the trash",
            Folder { mime_type, .. } if mime_type != FOLDER => "is not a folder",
            _ => return Ok(()),
        };
        Err(Error::BadFolder { folder: folder.to_owned(), problem })
    }
}

fn incomplete(folder: &str) -> Error {
    Error::IncompleteListing { folder: folder.to_owned() }
}
