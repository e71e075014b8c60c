//! The rules that a decision depends on beside the row.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clean;

/// Counts up when a feed decides differently from before: a run remembers the version that split it.
pub const RULES_VERSION: u32 = 3;

/// Fixed when a run is claimed, so that a replay decides as the first time did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// "Today": the London date of the claim. Ages and days since a test are counted from it.
    pub as_of: NaiveDate,
    /// The contact tracing accounts that are left out.
    pub excluded: ExcludedIds,
}

/// The setting `EXCLUDED_CTAS_IDS`. Account ids belong to people: they are not printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExcludedIds(Vec<String>);

impl ExcludedIds {
    /// From the setting's text: separated by commas, trimmed; blanks are dropped, so an empty setting excludes nobody.
    pub fn parse(text: &str) -> Self {
        Self(text.split(',').map(clean::collapsed).filter(|id| !id.is_empty()).collect())
    }

    /// True if this (cleaned) Account ID is on the list; exact, upper and lower case differ.
    pub fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|excluded| excluded == id)
    }
}

wire::debug_only!(ExcludedIds {});
