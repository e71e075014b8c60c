//! The API's answers, as far as they are used. Fields that are not listed are ignored.

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use wire::Held;

/// A help request with its resident (`docs/contract/here-to-help-api.md`, A.2).
#[derive(Clone, Deserialize)]
#[serde(from = "FullRequest")]
pub struct HelpRequestReply {
    /// The help request's id.
    pub id: i64,
    /// Whose request it is.
    pub resident_id: i64,
    /// The kind of help, `Shielding` for one.
    pub help_needed: Option<String>,
    /// The metadata stored with the request when it was made; empty where that was nothing or not a JSON object.
    pub metadata: Map<String, Value>,
    /// All notes of the request in one string, which is JSON only if every one of them is: read them with
    /// [`Conversation::notes_of`](crate::Conversation::notes_of).
    pub case_notes: Option<String>,
    /// The resident and the address.
    pub held: Held,
}

/// One of a resident's help requests (A.5).
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResidentRequest {
    /// The help request's id.
    pub id: i64,
    /// The kind of help.
    #[serde(default)]
    pub help_needed: Option<String>,
    /// As [`HelpRequestReply::metadata`]; a follow-up has none.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Map<String, Value>,
    /// As [`HelpRequestReply::case_notes`].
    #[serde(default)]
    pub case_notes: Option<String>,
}

impl HelpRequestReply {
    /// The row that made this request, `<run>/<row>`, if the ingestion did: the API stores it on insert and
    /// leaves it alone on a request that it already has.
    pub fn ingestion_row(&self) -> Option<&str> {
        ingestion_row(&self.metadata)
    }
}

impl ResidentRequest {
    /// As [`HelpRequestReply::ingestion_row`].
    pub fn ingestion_row(&self) -> Option<&str> {
        ingestion_row(&self.metadata)
    }
}

fn ingestion_row(metadata: &Map<String, Value>) -> Option<&str> {
    metadata.get("ingestion_row")?.as_str()
}

/// Answer of A.1.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Created {
    pub(crate) id: i64,
}

/// Entry of the answer of A.4.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StoredNote {
    #[serde(default)]
    pub(crate) case_note: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FullRequest {
    id: i64,
    resident_id: i64,
    #[serde(default)]
    help_needed: Option<String>,
    #[serde(default, deserialize_with = "metadata")]
    metadata: Map<String, Value>,
    #[serde(default)]
    case_notes: Option<String>,
    #[serde(default)]
    nhs_number: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    dob_day: Option<String>,
    #[serde(default)]
    dob_month: Option<String>,
    #[serde(default)]
    dob_year: Option<String>,
    #[serde(default)]
    address_first_line: Option<String>,
    #[serde(default)]
    address_second_line: Option<String>,
    #[serde(default)]
    address_third_line: Option<String>,
    #[serde(default)]
    postcode: Option<String>,
    #[serde(default)]
    uprn: Option<String>,
    #[serde(default)]
    ward: Option<String>,
}

impl From<FullRequest> for HelpRequestReply {
    fn from(request: FullRequest) -> Self {
        let held = Held {
            nhs_number: request.nhs_number,
            first_name: request.first_name,
            last_name: request.last_name,
            dob_day: request.dob_day,
            dob_month: request.dob_month,
            dob_year: request.dob_year,
            address_first_line: request.address_first_line,
            address_second_line: request.address_second_line,
            address_third_line: request.address_third_line,
            postcode: request.postcode,
            uprn: request.uprn,
            ward: request.ward,
        };
        Self {
            id: request.id,
            resident_id: request.resident_id,
            help_needed: request.help_needed,
            metadata: request.metadata,
            case_notes: request.case_notes,
            held,
        }
    }
}

/// The API takes an object and gives a string that holds JSON, or null; an object is taken as well.
fn metadata<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(map) => map,
        Value::String(json) => serde_json::from_str(&json).unwrap_or_default(),
        _ => Map::new(),
    })
}

/// Personal data is never printed.
impl fmt::Debug for HelpRequestReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HelpRequestReply {{ id: {}, resident_id: {}, .. }}", self.id, self.resident_id)
    }
}

/// Notes and metadata are never printed.
impl fmt::Debug for ResidentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentRequest {{ id: {}, help_needed: {:?}, .. }}", self.id, self.help_needed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_read_from_a_string_an_object_or_nothing() {
        let row = |metadata: Value| {
            let reply = json!({ "Id": 1, "ResidentId": 2, "Metadata": metadata, "HelpRequestCalls": [] });
            let reply: HelpRequestReply = serde_json::from_value(reply).expect("a reply");
            (reply.metadata.len(), reply.ingestion_row().map(str::to_owned))
        };
        let found = Some("0a1b/17".to_owned());
        assert_eq!(row(json!("{\"nsss_id\": \"9\", \"ingestion_row\": \"0a1b/17\"}")), (2, found.clone()));
        assert_eq!(row(json!({ "ingestion_row": "0a1b/17" })), (1, found));
        for nothing in [json!(null), json!(""), json!("[1]"), json!("not json"), json!(7)] {
            assert_eq!(row(nothing), (0, None));
        }
    }

    #[test]
    fn only_the_ids_are_required() {
        let reply: HelpRequestReply = serde_json::from_value(json!({ "Id": 1, "ResidentId": 2 })).expect("a reply");
        assert_eq!((reply.id, reply.resident_id, reply.case_notes), (1, 2, None));
        assert!(reply.held.first_name.is_none() && reply.metadata.is_empty());
        for broken in [json!({ "Id": 1 }), json!({ "ResidentId": 2 }), json!({ "Id": "1", "ResidentId": 2 })] {
            assert!(serde_json::from_value::<HelpRequestReply>(broken).is_err());
        }
    }

    #[test]
    fn nothing_personal_is_printed() {
        let canary = "CANARY";
        let reply = json!({
            "Id": 1, "ResidentId": 2, "FirstName": canary, "NhsNumber": canary, "CaseNotes": canary,
            "Metadata": { "nsss_id": canary }, "AddressFirstLine": canary, "Postcode": canary,
        });
        let full: HelpRequestReply = serde_json::from_value(reply.clone()).expect("a reply");
        let one: ResidentRequest = serde_json::from_value(reply).expect("a reply");
        let printed = format!("{full:?} {one:?}");
        assert!(!printed.contains(canary), "{printed}");
    }
}
