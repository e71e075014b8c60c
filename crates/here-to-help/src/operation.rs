//! The calls that are made, and what is known of each beforehand.

/// A call of `docs/contract/here-to-help-api.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::Display)]
pub enum Operation {
    /// A.1, `POST v3/help-requests`
    #[strum(to_string = "create the help request")]
    Create,
    /// A.2, `GET v3/help-requests/{id}`
    #[strum(to_string = "read the help request")]
    HelpRequest,
    /// A.6b, `GET v3/help-requests?…`
    #[strum(to_string = "search for the help request")]
    Search,
    /// A.6c, `PATCH v3/help-requests/{id}`
    #[strum(to_string = "write the address")]
    PatchAddress,
    /// A.4, `GET v4/residents/{id}/help-requests/{id}/case-notes`
    #[strum(to_string = "read the case notes")]
    CaseNotes,
    /// A.3, `POST v4/residents/{id}/help-requests/{id}/case-notes`
    #[strum(to_string = "add a case note")]
    AddNote,
    /// A.5, `GET v4/residents/{id}/help-requests`
    #[strum(to_string = "read the resident's help requests")]
    ResidentRequests,
    /// A.6, `POST v4/residents/{id}/help-requests`
    #[strum(to_string = "create the follow-up request")]
    FollowUp,
    /// A.5 for a resident that nobody is: proves gateway, key, function and database
    #[strum(to_string = "probe the API")]
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
