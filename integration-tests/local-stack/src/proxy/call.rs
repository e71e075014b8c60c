//! A call that comes through a door.

use hyper::http::request::Parts;
use serde::Serialize;

/// The service that a door leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Service {
    /// The local AWS.
    Aws,
    /// Google Drive and Sheets.
    Google,
    /// The Here to Help API.
    HereToHelp,
}

/// Who calls what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// The function that calls.
    pub function: &'static str,
    /// The service that it calls.
    pub service: Service,
    /// AWS's name of the operation, such as `BatchWriteItem`; else the HTTP method.
    pub operation: String,
}

impl Call {
    pub(super) fn new(function: &'static str, service: Service, parts: &Parts) -> Self {
        let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        let operation = target.and_then(|target| target.rsplit('.').next()).unwrap_or(parts.method.as_str());
        Self { function, service, operation: operation.to_owned() }
    }
}
