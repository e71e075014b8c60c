//! The calls to the API: the routes of docs/contract/here-to-help-api.md by name.

use axum::http::Method;
use serde::{Deserialize, Serialize};

/// A call that the API knows, by the name it has in faults and in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// `POST v3/help-requests` (A.1)
    Create,
    /// `GET v3/help-requests?FirstName=…` (A.6b)
    Search,
    /// `GET v3/help-requests/{id}` (A.2)
    Read,
    /// `PATCH v3/help-requests/{id}` (A.6c)
    Patch,
    /// `POST v4/residents/{id}/help-requests/{id}/case-notes` (A.3)
    AddNote,
    /// `GET v4/residents/{id}/help-requests/{id}/case-notes` (A.4)
    RequestNotes,
    /// `GET v4/residents/{id}/case-notes` (A.4)
    ResidentNotes,
    /// `GET v4/residents/{id}/help-requests` (A.5)
    ResidentRequests,
    /// `POST v4/residents/{id}/help-requests` (A.6)
    FollowUp,
    /// `GET v3/healthcheck/ping` (A.7)
    Ping,
    /// `GET v3/healthcheck/error` (A.7), which fails on purpose
    PingError,
    /// A path that is there, by another method: 405
    WrongMethod,
    /// Anything else: 404
    Other,
}

impl Call {
    /// The call that a request makes, and the ids in its path, unparsed. Neither case nor one slash at the end counts.
    pub(super) fn recognise(method: &Method, path: &str) -> (Self, Vec<String>) {
        let path = path.to_lowercase();
        let path = path.strip_suffix('/').unwrap_or(&path);
        let segments: Vec<&str> = path.strip_prefix("/api/").unwrap_or_default().split('/').collect();
        let (ids, calls): (&[&str], &[(Method, Self)]) = match segments.as_slice() {
            ["v3", "help-requests"] => (&[], &[(Method::POST, Self::Create), (Method::GET, Self::Search)]),
            ["v3", "help-requests", id] => (&[id], &[(Method::GET, Self::Read), (Method::PATCH, Self::Patch)]),
            ["v4", "residents", resident, "help-requests", id, "case-notes"] => {
                (&[resident, id], &[(Method::POST, Self::AddNote), (Method::GET, Self::RequestNotes)])
            }
            ["v4", "residents", resident, "case-notes"] => (&[resident], &[(Method::GET, Self::ResidentNotes)]),
            ["v4", "residents", resident, "help-requests"] => {
                (&[resident], &[(Method::GET, Self::ResidentRequests), (Method::POST, Self::FollowUp)])
            }
            ["v3", "healthcheck", "ping"] => (&[], &[(Method::GET, Self::Ping)]),
            ["v3", "healthcheck", "error"] => (&[], &[(Method::GET, Self::PingError)]),
            _ => return (Self::Other, Vec::new()),
        };
        if ids.contains(&"") {
            return (Self::Other, Vec::new());
        }
        let call = calls.iter().find(|(its, _)| its == method).map_or(Self::WrongMethod, |(_, call)| *call);
        (call, ids.iter().map(|id| (*id).to_owned()).collect())
    }

    /// True if the call comes with a JSON body.
    pub(super) const fn has_body(self) -> bool {
        matches!(self, Self::Create | Self::Patch | Self::AddNote | Self::FollowUp)
    }
}
