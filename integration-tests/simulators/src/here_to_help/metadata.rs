//! `Metadata`, a jsonb column: what `->>` gives, and the text that the API hands back for it.

use serde_json::Value;

/// The ids in `Metadata` by which a request is found (A.8 step 3, rules 2-4), in that order.
pub(super) const REQUEST_IDS: [&str; 3] = ["nsss_id", "spl_id", GENERIC_ID];

/// The one that is looked for among the resident's own requests only.
pub(super) const GENERIC_ID: &str = "generic_ingestion_id";

/// `metadata->>'key'`: numbers and texts alike; nothing for null, or where the metadata is no object.
pub(super) fn get(metadata: &Value, key: &str) -> Option<String> {
    match metadata.as_object()?.get(key)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(jsonb_text(other)),
    }
}

/// A jsonb as text: keys by length, then by bytes; a blank after each `:` and `,`.
pub(super) fn jsonb_text(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(jsonb_text).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => {
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_by_key(|(key, _)| (key.len(), key.as_bytes()));
            let entries: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), jsonb_text(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_jsonb_is_shown_as_postgres_shows_it() {
        let value = json!({"spl_id": "9434765919", "b": [1, null, {"x\"": true}], "a": {}});
        assert_eq!(jsonb_text(&value), r#"{"a": {}, "b": [1, null, {"x\"": true}], "spl_id": "9434765919"}"#);
    }

    #[test]
    fn only_an_object_has_keys_and_null_is_none() {
        for (metadata, expected) in [
            (json!({"nsss_id": "0012"}), Some("0012")),
            (json!({"nsss_id": 12}), Some("12")),
            (json!({"nsss_id": ""}), Some("")),
            (json!({"nsss_id": null}), None),
            (json!({"NSSS_ID": "12"}), None),
            (json!("{\"nsss_id\": \"12\"}"), None),
        ] {
            assert_eq!(get(&metadata, "nsss_id").as_deref(), expected, "{metadata}");
        }
    }
}
