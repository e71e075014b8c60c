//! The ledger's errors, without a word of what the items hold.

/// A result of the ledger.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the ledger could not do something. Names keys, never content.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Throttled, unreachable or in conflict, also after the retries: the operation, and the error code or what happened
    /// on the way. The write may have been made.
    #[error("DynamoDB did not answer {0} in time ({1}): try again later")]
    Unavailable(&'static str, String),
    /// DynamoDB will not do an operation, however often it is asked: a missing permission, a missing table, a bug.
    #[error("DynamoDB refused {0} ({1}): check the table's name and the function's permissions")]
    Refused(&'static str, String),
    /// The owner's time is up, or somebody else has taken over this run, row, lease or report: stop working on it.
    #[error("{0} is not ours any more: its claim has expired or was taken over")]
    LostClaim(String),
    /// This item was written by a later version of this system.
    #[error("{0} was written by a newer version of the ledger: deploy that version here too")]
    NewerVersion(String),
    /// This item is not what this version writes.
    #[error("{0} cannot be read: it is not as this version of the ledger writes it")]
    Corrupt(String),
    /// More than an item may hold (a row: see [`feeds::fits`]; a header or a file's problems: 300 KB).
    #[error("{0} is too large for the ledger")]
    TooLarge(String),
    /// Rows must come in the sheet's order, each once, after the checkpoint.
    #[error("row {0} came after row {1}: rows are ledgered in the sheet's order, each once")]
    OutOfOrder(u32, u32),
}

impl Error {
    /// True where one item cannot be read here: nothing is wrong with the others.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::NewerVersion(_) | Self::Corrupt(_))
    }
}
