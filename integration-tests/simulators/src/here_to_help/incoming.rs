//! A call as it arrived.

use axum::{
    body::{Bytes, to_bytes},
    extract::{Query, Request},
    http::{HeaderMap, header::CONTENT_TYPE},
};
use serde_json::Value;

use super::{call::Call, fields::Problem, folding::name_key, refusal::Refusal};

/// What the gateway takes at most, in bytes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// A call: which, with what.
pub(super) struct Incoming {
    pub(super) call: Call,
    pub(super) ids: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) correlation: Option<String>,
    pub(super) key: Option<String>,
    is_json: bool,
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
            is_json: is_json(&parts.headers),
        })
    }

    /// The body of a call that has one; another media type than JSON is refused by the framework.
    pub(super) fn json(&self) -> Result<&[u8], Refusal> {
        if self.is_json { Ok(&self.body) } else { Err(Refusal::UnsupportedMediaType) }
    }

    /// The id at `place` in the path.
    pub(super) fn id(&self, place: usize) -> Result<i64, Refusal> {
        let raw = self.ids.get(place).map(String::as_str).unwrap_or_default();
        raw.parse::<i32>().map(i64::from).map_err(|_| {
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

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
