//! What the account as a whole may do.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    Drive,
    entry::SHEET,
    error::{Error, Subject},
    http::{Call, address},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    #[serde(default)]
    max_import_sizes: BTreeMap<String, String>,
}

impl Drive {
    /// The largest file, in bytes, that Google turns into a Google Sheet; nothing if Google does not say.
    ///
    /// # Errors
    /// Whatever keeps Google from answering.
    pub async fn max_import_size(&self) -> Result<Option<u64>, Error> {
        let query = [("fields", "maxImportSizes")];
        let call = Call::get(address(&self.api.shared.addresses.drive, &["about"], &query));
        let about: About = self.api.json(&call, &Subject::Account).await?;
        Ok(about.max_import_sizes.get(SHEET).and_then(|size| size.parse().ok()))
    }
}
