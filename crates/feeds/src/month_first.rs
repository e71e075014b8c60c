//! The watch for columns that are written month first.

use serde::{Deserialize, Serialize};

/// What was seen of each date column: flags and row numbers, no personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateEvidence {}
