//! Where the columns of a sheet are.

use serde::{Deserialize, Serialize};

/// The header row that was found. Stored with the run, so that the ledger's cells can be judged again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The number that the sheet shows beside the header row.
    pub row: u32,
    /// The columns' names as shown, trimmed and inner white space collapsed; nameless columns in between are `""`.
    pub columns: Vec<String>,
}
