//! What the account may do with a folder.

use serde::{Deserialize, Serialize};

use crate::{
    Drive,
    error::{Error, Subject},
    http::{Call, address},
};

/// Whether summaries can be written into a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// They can.
    Write,
    /// The account may only look.
    ReadOnly,
    /// The folder is on somebody's own drive: what the account makes there would count against its own storage, and it
    /// has none.
    NotOnSharedDrive,
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
    /// Whether the account may put files into the folder. Asks only, and leaves nothing there.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]: the folder is not shared with the account at all. Otherwise whatever
    /// keeps Google from answering.
    pub async fn access(&self, folder: &str) -> Result<Access, Error> {
        let query = [("supportsAllDrives", "true"), ("fields", "driveId,capabilities(canAddChildren)")];
        let call = Call::get(address(&self.api.shared.addresses.drive, &["files", folder], &query));
        let found: Folder = self.api.json(&call, &Subject::Folder(folder.to_owned())).await?;
        Ok(match found {
            Folder { drive_id: None, .. } => Access::NotOnSharedDrive,
            Folder { capabilities: Capabilities { can_add_children: true }, .. } => Access::Write,
            Folder { .. } => Access::ReadOnly,
        })
    }
}
