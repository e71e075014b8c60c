//! The one decision about a row that was not delivered. Before a dead letter of these is one, `row.rs` looks once more whether
//! what was tried is there after all.
//!
//! Without a delivery a message reaches the dead letters where nobody can read it, or the ledger never had its row
//! (`row.rs`), and where its run is stuck for good (`open_rows.rs` of the reporter).

use std::time::Duration;

use feeds::Settlement;
use lambda_support::deliveries::wait_after;
use lambda_support::invocation::FENCE;

use crate::failure::PostFailure;
use crate::health::ApiHealth;
use crate::row::settlements;

/// How many times its receives a row may be tried, by waiting where nobody knows whether the fault was the API's: it
/// must not keep the posters busy for ever.
const PATIENCE: u32 = 16;

/// Which attempt at a row this was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// How often its message was received, this time included.
    pub(crate) receive_count: u32,
    /// How often it is received before it is a dead letter.
    pub(crate) max_receives: u32,
    /// How often the row was claimed; a message that is sent again begins its receives anew.
    pub(crate) claims: u32,
    /// The first wait before a failed row is tried again.
    pub(crate) first_wait: Duration,
}

/// The decision on a row that was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// No retry can help: it settles so, and its message is acknowledged.
    Settle(Settlement),
    /// Every row would fail, or nobody can tell, or nothing failed: it waits so long, which uses up no receive.
    Snooze(Duration),
    /// It comes back after so long, one receive older.
    Retry(Duration),
    /// Its receives are used up: it settles so, and SQS moves its message to the dead letters.
    DeadLetter(Settlement),
}

pub(super) fn decide(failure: &PostFailure, attempt: Attempt, health: ApiHealth) -> Decision {
    if let Some(settlement) = settlements::for_good(failure) {
        return Decision::Settle(settlement);
    }
    let is_last = attempt.receive_count >= attempt.max_receives;
    let may_wait = attempt.claims < PATIENCE.saturating_mul(attempt.max_receives);
    let perhaps_nobodys_fault = health == ApiHealth::Unknown || failure.cause.is_for_the_pace();
    if health == ApiHealth::EveryRowFails
        || may_wait && (failure.cause.is_for_time() || is_last && perhaps_nobodys_fault)
    {
        return Decision::Snooze(at_least(failure).max(attempt.first_wait));
    }
    if is_last {
        return Decision::DeadLetter(settlements::given_up(failure));
    }
    Decision::Retry(wait_after(attempt.receive_count, attempt.first_wait).max(at_least(failure)))
}

/// How long the API asked to be left alone; and what may still be on its way must arrive before anybody looks.
fn at_least(failure: &PostFailure) -> Duration {
    let fence = if failure.may_be_on_its_way { FENCE + Duration::from_secs(1) } else { Duration::ZERO };
    let asked = failure.cause.api().and_then(here_to_help::Error::retry_after);
    asked.unwrap_or_default().max(fence)
}

#[cfg(test)]
mod tests {
    use feeds::Outcome::{DeadLettered, Failed, Uncertain};
    use here_to_help::Operation::{self, AddNote, Create, Probe, Search};
    use here_to_help::{Error, Kind};

    use super::*;
    use crate::failure::Cause;
    use crate::failure::WriteState::{self, ConfirmedAbsent, NotSent, Unknown};

    const FIRST: Attempt =
        Attempt { receive_count: 1, max_receives: 8, claims: 1, first_wait: Duration::from_secs(60) };
    const THIRD: Attempt = Attempt { receive_count: 3, claims: 3, ..FIRST };
    const LAST: Attempt = Attempt { receive_count: 8, claims: 8, ..FIRST };
    const LAST_OF_VERY_MANY: Attempt = Attempt { claims: 128, ..LAST };

    fn failed(operation: Operation, kind: Kind, write: WriteState) -> PostFailure {
        PostFailure::new(Cause::Api(Error::new(operation, kind)), write, None)
    }

    fn asked_to_wait(kind: Kind, seconds: u64) -> PostFailure {
        let error = Error::new(Create, kind).with_status(429).with_retry_after(Some(Duration::from_secs(seconds)));
        PostFailure::new(Cause::Api(error), NotSent, None)
    }

    fn of_a_known_request(operation: Operation, kind: Kind) -> PostFailure {
        PostFailure { help_request_id: Some(17), ..failed(operation, kind, NotSent) }
    }

    fn cannot_tell() -> PostFailure {
        PostFailure::new(Cause::CannotTell, Unknown, None)
    }

    fn snooze(seconds: u64) -> String {
        format!("snooze {seconds}")
    }

    fn retry(seconds: u64) -> String {
        format!("retry {seconds}")
    }

    fn in_words(decision: &Decision) -> String {
        match decision {
            Decision::Settle(settlement) => format!("settle {}", settlement.outcome),
            Decision::Snooze(wait) => snooze(wait.as_secs()),
            Decision::Retry(after) => retry(after.as_secs()),
            Decision::DeadLetter(settlement) => format!("dead letter {}", settlement.outcome),
        }
    }

    /// Every case of docs/reliability.md, "The API".
    #[test]
    fn each_failure_has_its_decision() {
        use ApiHealth::{EveryRowFails, Fine, Unknown as NobodyKnows};
        let settle = |outcome: feeds::Outcome| format!("settle {outcome}");
        let dead_letter = |outcome: feeds::Outcome| format!("dead letter {outcome}");
        let table = [
            (
                "the API did it and the answer never came",
                failed(Create, Kind::TimedOut, Unknown),
                FIRST,
                Fine,
                retry(60),
            ),
            (
                "… and it is on its way still: not before it has arrived",
                failed(Create, Kind::TimedOut, Unknown),
                Attempt { first_wait: Duration::from_secs(1), ..FIRST },
                Fine,
                retry(36),
            ),
            (
                "the look found nothing, and the row is given up",
                failed(Create, Kind::ServerError, ConfirmedAbsent),
                LAST,
                Fine,
                dead_letter(DeadLettered),
            ),
            ("the poster cannot look", failed(Create, Kind::TimedOut, Unknown), LAST, Fine, dead_letter(Uncertain)),
            ("there is no way to tell", cannot_tell(), FIRST, Fine, settle(Uncertain)),
            ("there is no way to tell, on the last receive", cannot_tell(), LAST, Fine, settle(Uncertain)),
            ("5xx", failed(Create, Kind::ServerError, Unknown), THIRD, Fine, retry(240)),
            ("text-400", failed(Create, Kind::NotRecorded, Unknown), FIRST, Fine, retry(60)),
            (
                "a search fails, and nothing was sent",
                failed(Search, Kind::ServerError, NotSent),
                LAST,
                Fine,
                dead_letter(DeadLettered),
            ),
            ("429", asked_to_wait(Kind::Busy, 0), FIRST, Fine, retry(60)),
            ("429 with Retry-After", asked_to_wait(Kind::Busy, 90), FIRST, Fine, retry(90)),
            ("429 until the receives are used up", asked_to_wait(Kind::Busy, 90), LAST, Fine, snooze(90)),
            (
                "429, after very many attempts",
                asked_to_wait(Kind::Busy, 90),
                LAST_OF_VERY_MANY,
                Fine,
                dead_letter(DeadLettered),
            ),
            ("no time for a call", failed(Create, Kind::NoTime, NotSent), FIRST, Fine, snooze(60)),
            ("no time for the last look", failed(Search, Kind::NoTime, Unknown), LAST, Fine, snooze(60)),
            (
                "no time, after very many attempts",
                failed(Search, Kind::NoTime, Unknown),
                LAST_OF_VERY_MANY,
                Fine,
                dead_letter(Uncertain),
            ),
            (
                "nobody can tell whose fault it is",
                failed(Create, Kind::ServerError, Unknown),
                FIRST,
                NobodyKnows,
                retry(60),
            ),
            (
                "nobody can tell, on the last receive",
                failed(Create, Kind::ServerError, Unknown),
                LAST,
                NobodyKnows,
                snooze(60),
            ),
            (
                "nobody can tell, after very many attempts",
                failed(Create, Kind::ServerError, Unknown),
                LAST_OF_VERY_MANY,
                NobodyKnows,
                dead_letter(Uncertain),
            ),
            ("400 with problem details", failed(Create, Kind::Refused, NotSent), FIRST, Fine, settle(Failed)),
            (
                "the data is refused after a lost answer",
                failed(Create, Kind::Refused, Unknown),
                FIRST,
                Fine,
                settle(Uncertain),
            ),
            (
                "the note of a request that is made is refused",
                of_a_known_request(AddNote, Kind::Refused),
                FIRST,
                Fine,
                settle(Failed),
            ),
            ("nobody gets an answer", failed(Create, Kind::Unreachable, NotSent), FIRST, EveryRowFails, snooze(60)),
            (
                "nobody gets an answer, on the last receive",
                failed(Create, Kind::Unreachable, NotSent),
                LAST_OF_VERY_MANY,
                EveryRowFails,
                snooze(60),
            ),
            (
                "every call hangs: not before what was sent has arrived",
                failed(Create, Kind::TimedOut, Unknown),
                LAST,
                EveryRowFails,
                snooze(60),
            ),
            ("the key is refused", failed(Create, Kind::Forbidden, NotSent), LAST, EveryRowFails, snooze(60)),
            ("one row's own 403", failed(Create, Kind::Forbidden, NotSent), FIRST, Fine, retry(60)),
            ("something else answers", failed(Create, Kind::Elsewhere, NotSent), FIRST, EveryRowFails, snooze(60)),
            ("the request is gone", of_a_known_request(Operation::HelpRequest, Kind::NotFound), FIRST, Fine, retry(60)),
            (
                "an answer that the contract does not know",
                failed(Create, Kind::UnexpectedShape, Unknown),
                LAST,
                Fine,
                dead_letter(Uncertain),
            ),
            (
                "the ledger does not answer",
                PostFailure::new(Cause::Ledger(ledger::Error::LostClaim("a row".into())), Unknown, None),
                FIRST,
                Fine,
                retry(60),
            ),
            ("a probe's own answer", failed(Probe, Kind::Unreadable, NotSent), FIRST, Fine, retry(60)),
        ];
        for (case, failure, attempt, health, expected) in table {
            assert_eq!(in_words(&decide(&failure, attempt, health)), expected, "{case}");
        }
    }
}
