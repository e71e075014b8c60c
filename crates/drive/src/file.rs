//! A file of our own: found again, or made.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Drive;
use crate::entry::{SHEET, XLSX};
use crate::error::{Error, Subject};
use crate::http::{Call, address};

/// As what a file is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A Google Sheet: what is uploaded is converted.
    Sheet,
    /// An XLSX file, left as it is.
    Xlsx,
}

impl Form {
    /// The form in which a file of so many bytes can be stored: Google does not convert more than
    /// [`Drive::max_import_size`].
    pub fn of(bytes: u64, max_import_size: Option<u64>) -> Self {
        if max_import_size.is_some_and(|most| bytes > most) { Self::Xlsx } else { Self::Sheet }
    }
}

impl Drive {
    /// The id of the file in the folder that bears these properties, whatever its name; an empty one of this form is made
    /// if there is none.
    ///
    /// Two can only be there after a creation whose answer was lost. Then the oldest stays, and the others that bear
    /// the name it is made with go to the trash; a copy that somebody made under another name is theirs.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::BadFolder`], [`Error::NoStorage`]: the folder is not
    /// what it should be.
    pub async fn find_or_create(
        &self,
        folder: &str,
        name: &str,
        properties: &BTreeMap<String, String>,
        form: Form,
    ) -> Result<String, Error> {
        let mime_type = match form {
            Form::Sheet => SHEET,
            Form::Xlsx => XLSX,
        };
        let file = json!({"name": name, "mimeType": mime_type, "parents": [folder], "properties": properties});
        let call = self.on_drive(Method::POST, &["files"], "id", Subject::Folder(folder.to_owned())).json(&file);
        let find_or_create = || async {
            let mut found = self.list(folder).await?;
            found.retain(|entry| properties.iter().all(|(name, value)| entry.properties.get(name) == Some(value)));
            found.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
            let mut found = found.into_iter();
            let oldest = found.next();
            for double in found.filter(|entry| entry.name == name) {
                self.trash(&double.id).await?;
            }
            match oldest {
                Some(oldest) => Ok(oldest.id),
                None => self.create(folder, &call).await,
            }
        };
        self.retry(|error| matches!(error, Error::LostCreate(..)), find_or_create).await
    }

    /// Creates once only: after a lost answer it must be looked for first.
    async fn create(&self, folder: &str, call: &Call) -> Result<String, Error> {
        match self.json_once(call).await {
            Ok(Created { id }) => Ok(id),
            Err(lost) if lost.is_transient() => Err(Error::LostCreate(folder.to_owned(), Box::new(lost))),
            Err(error) => Err(error),
        }
    }

    /// The largest file, in bytes, that Google turns into a Google Sheet; nothing if Google does not say.
    pub async fn max_import_size(&self) -> Result<Option<u64>, Error> {
        let url = address(&self.shared.drive, &["about"], &[("fields", "maxImportSizes")]);
        let about: Value = self.json(&Call::new(Method::GET, url, Subject::Account)).await?;
        Ok(about["maxImportSizes"][SHEET].as_str().and_then(|size| size.parse().ok()))
    }
    /// Puts a file into the trash.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]: it cannot be thrown away.
    pub async fn trash(&self, file: &str) -> Result<(), Error> {
        let call = self.on_drive(Method::PATCH, &["files", file], "id", Subject::File(file.to_owned()));
        self.json(&call.json(&json!({"trashed": true}))).await.map(|_: Value| ())
    }
}

#[derive(Deserialize)]
struct Created {
    id: String,
}
