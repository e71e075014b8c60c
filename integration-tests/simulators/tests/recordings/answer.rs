//! An answer of the simulator.

use reqwest::{Response, header};
use serde_json::Value;

pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) body: Option<Value>,
    pub(crate) location: Option<String>,
}

impl Got {
    pub(crate) async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let (location, media_type) = (header(header::LOCATION), header(header::CONTENT_TYPE));
        let text = response.text().await.expect("a body");
        let body: Option<Value> = serde_json::from_str(&text).ok();
        let kind = match media_type.as_deref() {
            None if text.is_empty() => "empty",
            Some("application/problem+json; charset=utf-8") => "problem",
            Some("application/json; charset=utf-8") if status >= 400 && body.as_ref().is_some_and(Value::is_string) => {
                "text"
            }
            Some("application/json; charset=utf-8") if body.is_some() => "json",
            _ => "other",
        };
        Self { status, kind, body, location }
    }
}
