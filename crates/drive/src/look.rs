//! A folder as `h2h` sees it: through its own eyes, or through those of a function that can sign in where a person cannot.

use serde::{Deserialize, Serialize};

use crate::{Access, Drive, Entry, error::Error};

/// What is there to be seen of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What the account may do with it.
    pub access: Access,
    /// Every file of it that is not in the trash.
    pub files: Vec<Entry>,
}

impl Drive {
    /// Looks at a folder. Only asks: nothing changes.
    ///
    /// # Errors
    /// As [`Drive::list`] and [`Drive::access`].
    pub async fn look(&self, folder: &str) -> Result<Look, Error> {
        let files = self.list(folder).await?;
        let access = self.access(folder).await?;
        Ok(Look { access, files })
    }
}
