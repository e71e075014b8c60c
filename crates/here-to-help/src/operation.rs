//! The calls that are made, and what is known of each beforehand.

use std::fmt;

/// A call of `docs/contract/here-to-help-api.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A.1, `POST v3/help-requests`
    Create,
    /// A.2, `GET v3/help-requests/{id}`
    HelpRequest,
    /// A.6b, `GET v3/help-requests?…`
    Search,
    /// A.6c, `PATCH v3/help-requests/{id}`
    PatchAddress,
    /// A.4, `GET v4/residents/{id}/help-requests/{id}/case-notes`
    CaseNotes,
    /// A.3, `POST v4/residents/{id}/help-requests/{id}/case-notes`
    AddNote,
    /// A.5, `GET v4/residents/{id}/help-requests`
    ResidentRequests,
    /// A.6, `POST v4/residents/{id}/help-requests`
    FollowUp,
    /// A.5 for a resident that nobody is: proves gateway, key, function and database
    Probe,
}

impl Operation {
    /// True if the call may change anything at the API.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Create | Self::PatchAddress | Self::AddNote | Self::FollowUp)
    }

    /// True if the call is idempotent, so that making it twice is as making it once: a patched address is the same
    /// address, but a second note, request or follow-up is a double.
    pub(crate) fn may_be_repeated(self) -> bool {
        !matches!(self, Self::Create | Self::AddNote | Self::FollowUp)
    }

    /// True if the path names a resident or a request, so that a 404 can mean that one.
    pub(crate) fn names_a_thing(self) -> bool {
        !matches!(self, Self::Create | Self::Search | Self::Probe)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create the help request",
            Self::HelpRequest => "read the help request",
            Self::Search => "search for the help request",
            Self::PatchAddress => "write the address",
            Self::CaseNotes => "read the case notes",
            Self::AddNote => "add a case note",
            Self::ResidentRequests => "read the resident's help requests",
            Self::FollowUp => "create the follow-up request",
            Self::Probe => "probe the API",
        })
    }
}
