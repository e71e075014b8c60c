//! The ids that Here to Help gave, as columns of the summary.

use super::row_result::RowResult;

/// A column that shows an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdColumn {
    /// The resident.
    Resident,
    /// The help request.
    HelpRequest,
    /// The request that the feed's follow-up made, where one was made.
    FollowUp,
}

impl IdColumn {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Resident => "resident_id",
            Self::HelpRequest => "help_request_id",
            Self::FollowUp => "cev_case_added_id",
        }
    }

    pub(super) fn cell(self, row: &RowResult) -> String {
        let id = match self {
            Self::Resident => row.settlement.resident_id,
            Self::HelpRequest => row.help_request_id,
            Self::FollowUp => row.settlement.follow_up_id,
        };
        id.map(|id| id.to_string()).unwrap_or_default()
    }
}
