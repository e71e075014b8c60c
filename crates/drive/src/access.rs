//! The account's rights, and its view of a folder.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use crate::{
    Drive, Entry,
    addresses::address,
    entry::SHEET,
    error::{Error, Subject},
    http::Call,
};

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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    #[serde(default)]
    max_import_sizes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Folder {
    drive_id: Option<String>,
    #[serde(default)]
    capabilities: Capabilities,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Capabilities {
    can_add_children: bool,
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
        let found: Folder = self.api.json(&self.api.on_drive(Method::GET, &["files", folder], fields, subject)).await?;
        Ok(match found {
            Folder { drive_id: None, .. } => Access::NotOnSharedDrive,
            Folder { capabilities: Capabilities { can_add_children: true }, .. } => Access::Write,
            Folder { .. } => Access::ReadOnly,
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
        let url = address(&self.api.shared.addresses.drive, &["about"], &[("fields", "maxImportSizes")]);
        let about: About = self.api.json(&Call::get(url, Subject::Account)).await?;
        Ok(about.max_import_sizes.get(SHEET).and_then(|size| size.parse().ok()))
    }
}
