//! What can go wrong. Names what was asked of whom, never what a message or an item holds.

use service::queue::QueueError;

/// A result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation stopped. What it had done until then stays done, and it can be started again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A queue.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The event source mapping that feeds the poster.
    #[error(
        "the mapping of the rows queue to {function} could not be changed ({cause}): check the function's name and your permissions, then run the command again"
    )]
    Mapping {
        /// The function's name.
        function: String,
        /// Lambda's error code, or what is missing.
        cause: String,
    },
    /// Somebody else kept changing the switch meanwhile.
    #[error("the switch was changed by somebody else at the same time: look at it, then run the command again")]
    SwitchInUse,
}
