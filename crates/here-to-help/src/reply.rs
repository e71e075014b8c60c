//! The API's answers, as far as they are used. Fields that are not listed are ignored.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use wire::Held;

/// A help request with its resident (`docs/contract/here-to-help-api.md`, A.2).
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HelpRequestReply {
    /// The help request's id.
    pub id: i64,
    /// Whose request it is.
    pub resident_id: i64,
    /// The kind of help, `Shielding` for one.
    pub help_needed: Option<String>,
    /// The metadata stored with the request when it was made; empty where that was nothing or not a JSON object.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Map<String, Value>,
    /// All notes of the request in one string, which is JSON only if every one of them is: read them with
    /// [`Conversation::notes_of`](crate::Conversation::notes_of).
    pub case_notes: Option<String>,
    /// The resident and the address.
    #[serde(flatten)]
    pub held: Held,
}

/// One of a resident's help requests (A.5).
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResidentRequest {
    /// The help request's id.
    pub id: i64,
    /// The kind of help.
    pub help_needed: Option<String>,
    /// As [`HelpRequestReply::metadata`]; a follow-up has none.
    #[serde(default, deserialize_with = "metadata")]
    pub metadata: Map<String, Value>,
    /// As [`HelpRequestReply::case_notes`].
    pub case_notes: Option<String>,
}

impl HelpRequestReply {
    /// The row that made this request, `<run>/<row>`, if the ingestion did: the API stores it on insert and
    /// leaves it alone on a request that it already has.
    pub fn ingestion_row(&self) -> Option<&str> {
        self.metadata.get("ingestion_row")?.as_str()
    }
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
    pub(crate) case_note: Option<String>,
}

/// The API takes an object and gives a string that holds JSON, or null; an object is taken as well.
fn metadata<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(map) => map,
        Value::String(json) => serde_json::from_str(&json).unwrap_or_default(),
        _ => Map::new(),
    })
}

wire::debug_only!(HelpRequestReply { id, resident_id });
wire::debug_only!(ResidentRequest { id, help_needed });

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
