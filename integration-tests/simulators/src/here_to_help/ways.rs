//! The differences between one running API and the next that cannot be seen from outside before they matter.
//!
//! As JSON `{"letters": "ascii-stored", "overwritten_note": "first"}`; what is left out is as [`Ways::default`].

use serde::{Deserialize, Serialize};

use super::folding::Letters;

/// The ways of one API and its database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ways {
    /// Which letters are folded where
    pub letters: Letters,
    /// Which note a PATCH with `CaseNotes` overwrites, where there are several (A.6c)
    pub overwritten_note: OverwrittenNote,
}

/// Which of a request's notes is overwritten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverwrittenNote {
    /// Any: whichever comes first in the heap. By lot
    #[default]
    Any,
    /// The oldest: the heap is in order of id, as it is for the recorded sequences
    First,
}
