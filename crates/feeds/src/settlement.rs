//! How a row ends.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decision::{Outcome, Problem};

/// How a row ended, as the ledger keeps it and the summary shows it. Its texts may quote the row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The outcome.
    pub outcome: Outcome,
    /// Why it ended so; blank where there is nothing to say.
    #[serde(default)]
    pub reason: String,
    /// What to do about it; blank where nobody need do anything.
    #[serde(default)]
    pub how_to_fix: String,
    /// The resident's number in Here to Help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident_id: Option<i64>,
    /// The number of the request that the feed's follow-up made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_id: Option<i64>,
    /// The last error's class, for the operators' lists; no personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_class: Option<String>,
}

impl Settlement {
    /// An outcome and nothing else.
    pub fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: String::new(),
            how_to_fix: String::new(),
            resident_id: None,
            follow_up_id: None,
            error_class: None,
        }
    }

    /// With the reason, and what to do.
    pub fn because(self, reason: impl Into<String>, how_to_fix: impl Into<String>) -> Self {
        Self { reason: reason.into(), how_to_fix: how_to_fix.into(), ..self }
    }

    /// Under the class of the last error.
    pub fn of_class(self, error_class: impl Into<String>) -> Self {
        Self { error_class: Some(error_class.into()), ..self }
    }

    /// A rule of the feed leaves the row out.
    pub fn skipped(reason: String) -> Self {
        Self { reason, ..Self::new(Outcome::Skipped) }
    }

    /// The row must be corrected in the sheet.
    pub fn rejected(problems: &[Problem]) -> Self {
        let (reason, how_to_fix) = Problem::in_words(problems);
        Self { reason, how_to_fix, ..Self::new(Outcome::Rejected) }
    }
}

/// Reasons may quote the row: they are not printed.
impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settlement {{ outcome: {}, error_class: {:?}, .. }}", self.outcome, self.error_class)
    }
}
