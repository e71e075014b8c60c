//! The account's rights, and its view of a folder.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entry::SHEET;
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

impl Drive {
    /// Tells if the account may put files into the folder. Asks only, and leaves nothing there.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]: the folder is not shared with the account at all. Otherwise whatever
    /// keeps Google from answering.
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

    /// Looks at a folder. Only asks: nothing changes.
    ///
    /// # Errors
    /// As [`Drive::list`] and [`Drive::access`].
    pub async fn look(&self, folder: &str) -> Result<Look, Error> {
        let files = self.list(folder).await?;
        let access = self.access(folder).await?;
        Ok(Look { access, files })
    }

    /// The largest file, in bytes, that Google turns into a Google Sheet; nothing if Google does not say.
    ///
    /// # Errors
    /// Whatever keeps Google from answering.
    pub async fn max_import_size(&self) -> Result<Option<u64>, Error> {
        let url = address(&self.shared.drive, &["about"], &[("fields", "maxImportSizes")]);
        let about: Value = self.json(&Call::new(Method::GET, url, Subject::Account)).await?;
        Ok(about["maxImportSizes"][SHEET].as_str().and_then(|size| size.parse().ok()))
    }
}
