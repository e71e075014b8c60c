//! An answer, before it is written to the connection.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::Value;

/// Status, body and headers; and why, where it is a no.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) reason: Option<&'static str>,
    body: Body,
    header: Option<(&'static str, String)>,
}

/// A body and its media type.
#[derive(Debug)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Problem(Value),
}

impl Reply {
    pub(super) const fn new(status: StatusCode, body: Body) -> Self {
        Self { status, reason: None, body, header: None }
    }

    /// An answer of 200, of a call that may be refused.
    pub(super) fn ok<E>(body: Value) -> Result<Self, E> {
        Ok(Self::new(StatusCode::OK, Body::Json(body)))
    }

    pub(super) fn created(body: Value) -> Self {
        Self::new(StatusCode::CREATED, Body::Json(body))
    }

    pub(super) fn because(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    pub(super) fn with_header(self, name: &'static str, value: String) -> Self {
        Self { header: Some((name, value)), ..self }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let (media_type, text) = match self.body {
            Body::Empty => (None, String::new()),
            Body::Json(value) => (Some("application/json; charset=utf-8"), value.to_string()),
            Body::Problem(value) => (Some("application/problem+json; charset=utf-8"), value.to_string()),
        };
        let mut response = (self.status, text).into_response();
        response.headers_mut().remove(CONTENT_TYPE);
        if let Some(media_type) = media_type {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
        response
    }
}
