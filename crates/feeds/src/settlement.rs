//! How a row ends.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use strum::VariantArray;

use crate::problem::Problem;

/// How a row ended. Serialised as the words of the summary's `status` column.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Outcome {
    /// A new help request.
    Created,
    /// The API had the request already.
    AlreadyKnown,
    /// Left out by a rule of the feed.
    Skipped,
    /// The sheet must be corrected.
    Rejected,
    /// The API would not take it, or the id stands under another person.
    Failed,
    /// Retries used up.
    DeadLettered,
    /// Sent, the answer never learnt, and it could not be looked up.
    Uncertain,
}

impl Outcome {
    /// Every outcome, in the order in which they are listed to people.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The word for it in the ledger and in the summary.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The meaning of the word for the data team: the same in the summary, in the notice, and in docs/feeds/README.md.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Created => "new in Here to Help",
            Self::AlreadyKnown => "in Here to Help already",
            Self::Skipped => "left out by a rule, or cancelled: nothing to do",
            Self::Rejected => "to correct: see the tab to_fix",
            Self::Failed => "not taken by Here to Help: see the tab to_fix",
            Self::DeadLettered => "did not get through: the technical team sends them again",
            Self::Uncertain => "sent, but no answer came: the technical team looks them up",
        }
    }
}

/// How a row ended, as the ledger keeps it and the summary shows it. Its texts may quote the row.
#[skip_serializing_none]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The outcome.
    pub outcome: Outcome,
    /// Why it ended so; blank where there is nothing to say.
    #[serde(default)]
    pub reason: String,
    /// Advice on what to do about it; blank where nobody need do anything.
    #[serde(default)]
    pub how_to_fix: String,
    /// The resident's number in Here to Help.
    pub resident_id: Option<i64>,
    /// The number of the request that the feed's follow-up made.
    pub follow_up_id: Option<i64>,
    /// The last error's class, for the operators' lists; no personal data.
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
        Self::new(Outcome::Skipped).because(reason, "")
    }

    /// The row must be corrected in the sheet.
    pub fn rejected(problems: &[Problem]) -> Self {
        let (reason, how_to_fix) = Problem::in_words(problems);
        Self::new(Outcome::Rejected).because(reason, how_to_fix)
    }
}

wire::debug_only!(Settlement { outcome, error_class });

#[cfg(test)]
mod tests {
    use super::*;

    /// What the data team reads of a status is the same everywhere.
    #[test]
    fn the_page_about_the_words_has_them() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/feeds/README.md");
        let page = std::fs::read_to_string(page).expect("the page");
        for outcome in Outcome::ALL {
            let line = format!("\n| `{outcome}` | {} | ", outcome.meaning());
            assert!(page.contains(&line), "{line}");
        }
    }
}
