//! Google's two forms of an error: Drive's, with a list of reasons, and that of the newer APIs (Sheets), with a status in words.

use std::io;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::calls::Api;

/// Why a call was refused, or broke by a fault that was asked for.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    reason: &'static str,
    message: String,
    /// The parameter or header that is wrong, as Drive names it: `("parameter", "q")`.
    location: Option<(&'static str, &'static str)>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { status, reason, message: message.into(), location: None }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "badRequest", message)
    }

    /// A query parameter whose value is not understood.
    pub(super) fn invalid(parameter: &'static str, why: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, "invalid", format!("Invalid Value: {}", why.into()));
        error.location = Some(("parameter", parameter));
        error
    }

    /// Not there, not shared, or on a shared drive that the caller did not ask for: Drive does not tell which.
    pub(super) fn file_not_found(id: &str) -> Self {
        let mut error = Self::new(StatusCode::NOT_FOUND, "notFound", format!("File not found: {id}."));
        error.location = Some(("parameter", "fileId"));
        error
    }

    pub(super) fn unauthenticated() -> Self {
        let mut error = Self::new(
            StatusCode::UNAUTHORIZED,
            "authError",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other \
             valid authentication credential.",
        );
        error.location = Some(("header", "Authorization"));
        error
    }

    pub(super) fn insufficient_scopes() -> Self {
        Self::new(StatusCode::FORBIDDEN, "insufficientPermissions", "Request had insufficient authentication scopes.")
    }

    pub(super) fn no_storage() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "storageQuotaExceeded",
            "Service Accounts do not have storage quota. Leverage shared drives, or use OAuth delegation instead.",
        )
    }

    pub(super) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "uploadTooLarge", message)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internalError", message)
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn summary(&self) -> String {
        format!("{}: {}", self.reason, self.message)
    }

    pub(super) fn into_response(self, api: Api) -> Response {
        let body = match api {
            Api::Drive => self.in_drive_form(),
            Api::Sheets => json!({"error": {
                "code": self.status.as_u16(), "message": self.message, "status": self.status_name(),
            }}),
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let realm = HeaderValue::from_static("Bearer realm=\"https://accounts.google.com/\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
        }
        response
    }

    fn in_drive_form(&self) -> Value {
        let mut detail = json!({"message": self.message, "domain": self.domain(), "reason": self.reason});
        if let Some((kind, name)) = self.location {
            detail["location"] = name.into();
            detail["locationType"] = kind.into();
        }
        let mut error = json!({"code": self.status.as_u16(), "message": self.message, "errors": [detail]});
        if matches!(self.reason, "authError" | "insufficientPermissions") {
            error["status"] = self.status_name().into();
        }
        json!({ "error": error })
    }

    fn domain(&self) -> &'static str {
        match self.reason {
            "rateLimitExceeded" | "userRateLimitExceeded" => "usageLimits",
            _ => "global",
        }
    }

    fn status_name(&self) -> &'static str {
        match (self.status.as_u16(), self.reason) {
            (400, "failedPrecondition") => "FAILED_PRECONDITION",
            (400, _) => "INVALID_ARGUMENT",
            (401, _) => "UNAUTHENTICATED",
            (403, _) => "PERMISSION_DENIED",
            (404, _) => "NOT_FOUND",
            (429, _) => "RESOURCE_EXHAUSTED",
            (503, _) => "UNAVAILABLE",
            _ => "INTERNAL",
        }
    }
}

/// The disk under the simulator failed: nothing that the client did.
impl From<io::Error> for ApiError {
    fn from(error: io::Error) -> Self {
        Self::internal(format!("the simulator's disk: {error}"))
    }
}
