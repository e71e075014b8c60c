//! The fate of a call.

/// The fate of a call that comes through a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is made, and its answer comes.
    Pass,
    /// The caller is killed before the call is made.
    KilledBefore,
    /// The call is made, and the caller killed before it has the answer.
    KilledAfter,
    /// The call is made, and the connection closed instead of an answer.
    AnswerLost,
    /// AWS does not make it.
    Refused(Refusal),
    /// A batch of which AWS does the first half and hands back the rest.
    InPart,
    /// Messages that come twice: the batch is sent two times.
    Twice,
    /// Messages in another order: the batch is turned round and its messages delayed, each by another second.
    Shuffled,
}

/// How AWS refuses a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Too many calls: 400 for DynamoDB and SSM, 503 for SQS.
    Throttled,
    /// A fault of the service's own: 500.
    ServerError,
    /// A transaction that met another one on the same item.
    Conflict,
}
