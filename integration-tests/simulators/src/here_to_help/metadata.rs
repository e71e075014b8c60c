//! `Metadata`, a jsonb column: what is sent for it, what is kept, and the ids in both.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

use super::{entries::Entries, exception::Exception, jsonb};

/// The ids in `Metadata` by which a request is found (A.8 step 3, rules 2-4), in that order.
pub(super) const REQUEST_IDS: [&str; 3] = ["nsss_id", "spl_id", GENERIC_ID];

/// The one that is looked for among the resident's own requests only.
pub(super) const GENERIC_ID: &str = "generic_ingestion_id";

/// The metadata that is kept: the text of a jsonb. As JSON it is the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata(String);

/// The metadata that was sent, as it was written.
pub(super) struct Sent(Box<RawValue>);

impl Metadata {
    /// `metadata->>'key'`: the text of a text or number; nothing for null, or where the metadata is not an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        let entries: Entries = serde_json::from_str(&self.0).ok()?;
        let value = entries.get(key).filter(|value| *value != "null")?;
        Some(serde_json::from_str(value).unwrap_or_else(|_| value.to_owned()))
    }

    /// The text that the API shows.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl Sent {
    /// The metadata in the body of a POST, null apart.
    pub(super) fn in_body(body: &str) -> Option<Self> {
        let entries: Entries = serde_json::from_str(body).ok()?;
        let is_it = |(name, _): &(String, Box<RawValue>)| name.eq_ignore_ascii_case("Metadata");
        let value = entries.0.into_iter().rfind(is_it)?.1;
        (value.get() != "null").then_some(Self(value))
    }

    /// The id that is looked for: what .NET's `JsonElement.ToString` gives, so of a text the text, of null nothing, `True`
    /// and `False`, and the raw text of all else.
    pub(super) fn id(&self, key: &str) -> Result<Option<String>, Exception> {
        let Ok(entries) = serde_json::from_str::<Entries>(self.0.get()) else { return Ok(None) };
        let Some(value) = entries.get(key) else { return Ok(None) };
        let id = match value {
            "null" => String::new(),
            "true" => "True".to_owned(),
            "false" => "False".to_owned(),
            text if text.starts_with('"') => serde_json::from_str(text).map_err(|_| Exception::Jsonb)?,
            raw => raw.to_owned(),
        };
        if id.contains('\0') { Err(Exception::Nul) } else { Ok(Some(id)) }
    }

    /// The metadata that is kept of it.
    pub(super) fn kept(&self) -> Result<Metadata, Exception> {
        jsonb::text(self.0.get()).map(Metadata)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone()).map_err(ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Sent(raw).kept().map_err(|_| de::Error::custom("jsonb cannot hold this"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_the_raw_text_and_what_is_kept_is_a_jsonb() {
        for (value, sought, kept) in [
            (r#""0012""#, Some("0012"), Some("0012")),
            (r#""""#, Some(""), Some("")),
            ("12", Some("12"), Some("12")),
            ("1.50", Some("1.50"), Some("1.50")),
            ("1e2", Some("1e2"), Some("100")),
            ("true", Some("True"), Some("true")),
            (r#"{"a":1}"#, Some(r#"{"a":1}"#), Some(r#"{"a": 1}"#)),
            (r#"["a"]"#, Some(r#"["a"]"#), Some(r#"["a"]"#)),
            ("null", Some(""), None),
        ] {
            let sent = Sent::in_body(&format!(r#"{{"metadata": {{"nsss_id": {value}}}}}"#)).expect("metadata");
            assert_eq!(sent.id("nsss_id").expect("an id").as_deref(), sought, "{value}");
            assert_eq!(sent.kept().expect("a jsonb").get("nsss_id").as_deref(), kept, "{value}");
        }
    }

    #[test]
    fn only_an_object_has_keys() {
        for metadata in [r#"{"NSSS_ID": "12"}"#, r#""{\"nsss_id\": \"12\"}""#, r#"[{"nsss_id": 12}]"#, "12"] {
            let sent = Sent::in_body(&format!(r#"{{"Metadata": {metadata}}}"#)).expect("metadata");
            assert_eq!(sent.id("nsss_id"), Ok(None), "{metadata}");
            assert_eq!(sent.kept().expect("a jsonb").get("nsss_id"), None, "{metadata}");
        }
        assert!(Sent::in_body(r#"{"Metadata": null}"#).is_none() && Sent::in_body("{}").is_none());
    }
}
