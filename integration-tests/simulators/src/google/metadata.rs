//! The metadata that a client may give of a file, and what becomes of it.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use serde_json::Value;

use super::entry::{By, Content, FOLDER, Folder, SHEET};
use super::error::ApiError;
use super::faults::Faults;
use super::store::Store;
use super::view::View;

/// The largest JSON body that is looked at.
const MAX_BODY: usize = 1 << 20;

/// The metadata that a client may give of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Metadata {
    pub(super) name: Option<String>,
    pub(super) mime: Option<String>,
    parents: Option<Vec<String>>,
    properties: BTreeMap<String, String>,
    trashed: Option<bool>,
}

impl Metadata {
    pub(super) async fn read(body: Body) -> Result<Self, ApiError> {
        let bytes = to_bytes(body, MAX_BODY).await.map_err(|_| ApiError::bad_request("the body cannot be read"))?;
        Self::parse(&bytes)
    }

    /// An empty body says nothing. A key that is not simulated is an error.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ApiError> {
        let mut metadata = Self::default();
        if bytes.is_empty() {
            return Ok(metadata);
        }
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| ApiError::new(StatusCode::BAD_REQUEST, "parseError", format!("Parse Error: {error}")))?;
        let Value::Object(fields) = value else { return Err(ApiError::bad_request("the body is not an object")) };
        for (key, value) in fields {
            let wrong = |_| ApiError::bad_request(format!("Invalid value for {key}"));
            match key.as_str() {
                "name" => metadata.name = serde_json::from_value(value).map_err(wrong)?,
                "mimeType" => metadata.mime = serde_json::from_value(value).map_err(wrong)?,
                "parents" => metadata.parents = serde_json::from_value(value).map_err(wrong)?,
                "properties" => metadata.properties = serde_json::from_value(value).map_err(wrong)?,
                "trashed" => metadata.trashed = serde_json::from_value(value).map_err(wrong)?,
                _ => return Err(ApiError::bad_request(format!("{key} is not writable, or not simulated"))),
            }
        }
        for (key, value) in &metadata.properties {
            if key.len() + value.len() > 124 {
                return Err(ApiError::bad_request(format!("property {key}: key and value are more than 124 bytes")));
            }
        }
        Ok(metadata)
    }

    /// The folder in which a new file is to be made.
    pub(super) fn place(&self, store: &Store, view: &View, faults: &Faults) -> Result<Folder, ApiError> {
        let parent = match self.parents.as_deref() {
            // Without a folder it would be the account's own drive, where it has no room.
            None | Some([]) => return Err(ApiError::no_storage()),
            Some([parent]) => parent,
            Some(_) => return Err(ApiError::bad_request("A file has one parent.")),
        };
        let folder = store.folders()?.into_iter().find(|folder| folder.id() == *parent && view.shows(folder));
        let folder = folder.ok_or_else(|| ApiError::file_not_found(parent))?;
        if faults.not_on_shared_drive.contains(&folder) { Err(ApiError::no_storage()) } else { Ok(folder) }
    }

    pub(super) fn content(&self) -> Result<Content, ApiError> {
        match self.mime.as_deref() {
            Some(SHEET) => Ok(Content::Sheet),
            Some(FOLDER) => Err(ApiError::bad_request("making folders is not simulated")),
            mime => Ok(Content::Blob { mime: mime.unwrap_or("application/octet-stream").to_owned() }),
        }
    }

    pub(super) fn new_properties(&self) -> Result<BTreeMap<String, String>, ApiError> {
        if self.properties.len() > 30 {
            return Err(ApiError::bad_request("A file has at most 30 properties."));
        }
        Ok(self.properties.clone())
    }

    /// Changes a file as this says: its name, or puts it in the bin.
    pub(super) fn apply(&self, store: &mut Store, id: &str) -> Result<(), ApiError> {
        if self.parents.is_some() {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "fieldNotWritable",
                "The parents field is not directly writable in update requests.",
            ));
        }
        if !self.properties.is_empty() || self.trashed == Some(false) {
            return Err(ApiError::bad_request("other properties, and out of the bin again, are not simulated"));
        }
        if let Some(name) = &self.name {
            store.rename(id, name, By::Service)?;
        }
        if self.trashed.is_some() {
            store.trash(id, By::Service)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_that_is_not_simulated_is_an_error() {
        assert_eq!(Metadata::parse(b"").expect("nothing said"), Metadata::default());
        for body in [
            &br#"{"id":"x"}"#[..],
            br#"{"Name":"x"}"#,
            br#"{"trashed":"yes"}"#,
            br#"{"properties":{"run":1}}"#,
            br"[]",
            br"{",
        ] {
            assert!(Metadata::parse(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
        let long = format!(r#"{{"properties":{{"run":"{}"}}}}"#, "x".repeat(122));
        assert!(Metadata::parse(long.as_bytes()).is_err(), "125 bytes");
    }
}
