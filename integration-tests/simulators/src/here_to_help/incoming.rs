//! A call as it arrived.

use axum::{
    body::{Bytes, to_bytes},
    extract::{Query, Request},
    http::{HeaderMap, Uri, header::CONTENT_TYPE},
};
use serde_json::Value;

use super::{call::Call, fields::Problem, folding::name_key, refusal::Refusal};

/// The most that the gateway takes, in bytes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// A call: which, with what.
pub(super) struct Incoming {
    pub(super) call: Call,
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) correlation: Option<String>,
    pub(super) key: Option<String>,
    charset: Option<Charset>,
}

/// A JSON media type's way of writing letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    Utf8,
    Utf16,
}

impl Incoming {
    pub(super) async fn read(request: Request) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let (call, ids) = Call::recognise(&parts.method, parts.uri.path());
        let Query(query) = Query::try_from_uri(&parts.uri).unwrap_or_default();
        let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| Refusal::TooLong)?;
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        Ok(Self {
            call,
            ids,
            query,
            body,
            correlation: header("x-correlation-id"),
            key: header("x-api-key"),
            charset: Charset::of(&parts.headers),
        })
    }

    /// The body of a call that has one; another media type than JSON is refused by the framework.
    pub(super) fn json(&self) -> Result<String, Refusal> {
        let text = match self.charset.ok_or(Refusal::UnsupportedMediaType)? {
            Charset::Utf8 => String::from_utf8(self.body.to_vec()).map_err(|_| {
                let text = "The JSON value could not be read: it is not UTF-8.".to_owned();
                Problem { reason: "not JSON", path: "$".to_owned(), text }
            })?,
            Charset::Utf16 => {
                let units: Vec<u16> =
                    self.body.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            }
        };
        Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
    }

    /// The id at `place` in the path.
    pub(super) fn id(&self, place: usize) -> Result<i64, Refusal> {
        let raw = self.ids.get(place).map(String::as_str).unwrap_or_default();
        int32(&unescaped(raw)).map(i64::from).ok_or_else(|| {
            let text = format!("The value '{raw}' is not valid.");
            Problem { reason: "id not an integer", path: "id".to_owned(), text }.into()
        })
    }

    /// A parameter of the query, by its name in any case.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let is_it = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.query.iter().find(is_it).map(|(_, value)| value.as_str())
    }

    /// First and last name, in body or query, as the API compares them.
    pub(super) fn name(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let part = |name: &str| {
            let in_body = || body.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?.1.as_str();
            self.parameter(name).or_else(in_body).map(name_key).unwrap_or_default()
        };
        format!("{} {}", part("FirstName"), part("LastName"))
    }

    /// All that was sent, for the errors that repeat it.
    pub(super) fn echo(&self) -> String {
        if self.body.is_empty() {
            self.query.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
        } else {
            String::from_utf8_lossy(&self.body).into_owned()
        }
    }
}

/// A segment of the path without its percent signs. A plus becomes a blank: before a number they are the same.
fn unescaped(segment: &str) -> String {
    let uri = format!("/?segment={segment}").parse::<Uri>().ok();
    let query = uri.and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    query.and_then(|Query(pairs)| pairs.into_iter().next()).map(|(_, value)| value).unwrap_or_default()
}

/// A whole number as .NET reads it: trimmed, hexadecimal after `0x`, `&h` or `#`.
fn int32(text: &str) -> Option<i32> {
    let text = text.trim();
    match ["0x", "&h", "#"].into_iter().find_map(|mark| text.strip_prefix(mark)) {
        Some(digits) => u32::from_str_radix(digits, 16).ok().map(u32::cast_signed),
        None => text.parse().ok(),
    }
}

impl Charset {
    /// None where the media type is not JSON, or its charset is not read.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
        let mut parts = media_type.split(';').map(str::trim);
        let kind = parts.next()?;
        let is_json = matches!(kind, "application/json" | "text/json")
            || (kind.starts_with("application/") && kind.ends_with("+json"));
        let charset = parts.find_map(|parameter| parameter.strip_prefix("charset=")).map(|name| name.trim_matches('"'));
        match charset {
            _ if !is_json => None,
            None | Some("utf-8") => Some(Self::Utf8),
            Some("utf-16") => Some(Self::Utf16),
            Some(_) => None,
        }
    }
}
