//! What calls saw of residents and wrote to them, in order: so it can be told who knew what when they wrote.

use chrono::{DateTime, Utc};

use super::fields::Fields;

/// A call's look at a resident, or its write to one. Staff's edits are not calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    /// When it was done at the database, not when the call came or was answered
    pub at: DateTime<Utc>,
    /// The resident's id
    pub resident: i64,
    /// What was done
    pub what: Touched,
}

/// What a call did.
#[derive(Clone, Debug, PartialEq)]
pub enum Touched {
    /// A GET of a request, or a search, showed the resident
    Shown,
    /// A POST or a PATCH wrote these columns; null erases
    Written(Fields),
}

impl Touch {
    /// Just now.
    pub(super) fn now(resident: i64, what: Touched) -> Self {
        Self { at: Utc::now(), resident, what }
    }
}
