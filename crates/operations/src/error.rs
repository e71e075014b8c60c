//! The errors of operations. They name what was asked of whom, never what a message or an item holds.

use aws::mapping::MappingError;
use aws::queue::QueueError;
use ledger::{RunId, RunState};

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
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// There is nothing to cancel.
    #[error("run {run} is {}: none of its rows is open, so that there is nothing to cancel; `h2h dlq discard --run {run} --why …` settles its dead rows for good", .state.as_str())]
    NothingOpen {
        /// The run.
        run: RunId,
        /// How far it has come.
        state: RunState,
    },
    /// The ledger does not know the run.
    #[error("there is no run {run}: `h2h runs` lists them")]
    UnknownRun {
        /// The run.
        run: RunId,
    },
    /// AWS is changing the mapping, and takes no other change meanwhile.
    #[error("AWS is still changing the event source mapping of the rows queue: run the command again in a minute")]
    MappingInUse,
    /// Somebody else kept changing the circuit breaker meanwhile.
    #[error(
        "the circuit breaker was changed by somebody else at the same time: look at it, then run the command again"
    )]
    BreakerInUse,
}
