//! The rows of the API's three tables, as the state shows them.
//!
//! They print what they hold: showing it is what the simulator is for. Nothing but made-up people belongs in it.

use serde::{Deserialize, Serialize};

use super::{
    fields::{Fields, text},
    metadata::Metadata,
};

/// A resident. As JSON: `Id`, and every field that is not null, by the API's names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resident {
    /// The resident's id
    #[serde(rename = "Id")]
    pub id: i64,
    /// The stored fields, without nulls
    #[serde(flatten)]
    pub fields: Fields,
}

/// A help request. As JSON: `Id`, `ResidentId`, every field that is not null, and `Metadata`, the value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HelpRequest {
    /// The help request's id
    #[serde(rename = "Id")]
    pub id: i64,
    /// Whose it is
    #[serde(rename = "ResidentId")]
    pub resident_id: i64,
    /// Its `Metadata`
    #[serde(rename = "Metadata", default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The other stored fields, without nulls
    #[serde(flatten)]
    pub fields: Fields,
}

/// A case note, verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CaseNote {
    /// The note's id
    pub id: i64,
    /// The resident it was added under (the request may be another's: nothing checks it)
    pub resident_id: i64,
    /// The request that it belongs to
    pub help_request_id: i64,
    /// The text that was stored, never parsed
    pub case_note: Option<String>,
}

impl Resident {
    /// A text of the resident, by the API's name of the field.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.fields, name)
    }
}

impl HelpRequest {
    /// A text of the request, by the API's name of the field.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        text(&self.fields, name)
    }

    /// Postgres's answer to `metadata->>'key'`: the text of a text or number, nothing for null.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<String> {
        self.metadata.as_ref()?.get(key)
    }
}

impl CaseNote {
    /// The note's words: its `note` where it is JSON with one, else the whole.
    #[must_use]
    pub fn says(&self) -> Option<String> {
        let raw = self.case_note.as_deref()?;
        let note = serde_json::from_str::<serde_json::Value>(raw).ok();
        let note = note.as_ref().and_then(|note| note.get("note")).and_then(serde_json::Value::as_str);
        Some(note.unwrap_or(raw).to_owned())
    }
}
