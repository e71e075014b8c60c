//! How a row settles, in words for the summary.

use feeds::{Outcome, Settlement};

use crate::failure::{Cause, PostFailure, WriteState};

const TECHNICAL_TEAM: &str = "nothing: the technical team sends it again";
const TECHNICAL_TEAM_LOOKS: &str =
    "nothing: the technical team looks it up in Here to Help and sends again what is missing";

/// A row whose run has no header: the splitter never leaves one behind.
pub(super) fn no_header() -> Settlement {
    Settlement::new(Outcome::DeadLettered)
        .because("the sheet's header is not in the ledger", TECHNICAL_TEAM)
        .of_class("no-header")
}

/// The settlement of a row that no retry can help, if this is one.
pub(super) fn for_good(failure: &PostFailure) -> Option<Settlement> {
    let settlement = match &failure.cause {
        Cause::Api(error) if failure.cause.is_refused() => refused(error.status().unwrap_or(400), failure),
        Cause::CannotTell => Settlement::new(Outcome::Uncertain).because(
            "it, or another row of this person, was sent, and no answer came: Here to Help may hold this person without a request",
            TECHNICAL_TEAM_LOOKS,
        ),
        Cause::Api(_) | Cause::Ledger(_) => return None,
    };
    Some(settlement.of_class(failure.cause.class()))
}

/// The settlement of a row whose data the API does not take: all of it, or what was to be added to a request that is made.
fn refused(status: u16, failure: &PostFailure) -> Settlement {
    match (failure.help_request_id, failure.write) {
        (Some(id), _) => Settlement::new(Outcome::Failed).because(
            format!("Here to Help holds help request {id}, but did not take all of the row's data (status {status})"),
            format!(
                "check the row for unusual characters or very long texts, and complete help request {id} in Here to Help by hand"
            ),
        ),
        (None, WriteState::Unknown) => Settlement::new(Outcome::Uncertain).because(
            format!("it was sent, no answer came, and the next time its data was refused (status {status})"),
            TECHNICAL_TEAM_LOOKS,
        ),
        (None, WriteState::NotSent | WriteState::ConfirmedAbsent) => Settlement::new(Outcome::Failed).because(
            format!("Here to Help does not take the row's data (status {status})"),
            "check the row for unusual characters or very long texts, correct it and drop it again",
        ),
    }
}

/// The settlement of a row whose retries are used up.
pub(super) fn given_up(failure: &PostFailure) -> Settlement {
    let settlement = if failure.write == WriteState::Unknown {
        Settlement::new(Outcome::Uncertain)
            .because("it was sent, and what became of it could not be learnt", TECHNICAL_TEAM_LOOKS)
    } else {
        Settlement::new(Outcome::DeadLettered)
            .because("Here to Help could not take it, however often it was tried", TECHNICAL_TEAM)
    };
    settlement.of_class(failure.cause.class())
}
