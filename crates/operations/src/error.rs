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
    /// There is nothing to cancel of a run that has come so far.
    #[error("run {0} is {state}: none of its rows is open, so that there is nothing to cancel; `h2h dlq discard --run {0} --why …` settles its dead rows for good", state = .1.as_str())]
    NothingOpen(RunId, RunState),
    /// The ledger does not know the run.
    #[error("there is no run {0}: `h2h runs` lists them")]
    UnknownRun(RunId),
    /// AWS is changing the mapping, and takes no other change meanwhile.
    #[error("AWS is still changing the event source mapping of the rows queue: run the command again in a minute")]
    MappingInUse,
    /// Somebody else kept changing the circuit breaker meanwhile.
    #[error(
        "the circuit breaker was changed by somebody else at the same time: look at it, then run the command again"
    )]
    BreakerInUse,
}
