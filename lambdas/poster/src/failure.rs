//! Why a row was not delivered, and what that says of it.

use here_to_help::{Class, Error, Kind};
use ledger::GiveBack;

/// A delivery that did not come to its end.
#[derive(Debug)]
pub(crate) struct PostFailure {
    pub(crate) cause: Cause,
    /// The calls that write and whose answer was lost.
    pub(crate) write: WriteState,
    /// The row's request, where it is known.
    pub(crate) help_request_id: Option<i64>,
    /// The API may still be working on a call of this row.
    pub(crate) may_be_on_its_way: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    /// A call failed.
    #[error("Here to Help did not do it")]
    Api(#[from] Error),
    /// The ledger could not write something down.
    #[error("the ledger did not answer while the row was posted")]
    Ledger(#[from] ledger::Error),
    /// The answer to the POST was lost, the request is not there, and the resident could not be found again if the POST
    /// was repeated: names and a ctas id alone identify nobody without a request.
    #[error("the answer to the POST was lost and the API gives no way to tell what became of it")]
    CannotTell,
}

/// The calls that write and failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteState {
    /// Surely nothing was done.
    NotSent,
    /// Something may have been done; it was looked for when no call was on its way any more, and is not there. A
    /// resident without a request may be, whom a repeated POST finds again.
    ConfirmedAbsent,
    /// Something may have been done, and nobody could look.
    Unknown,
}

impl Cause {
    pub(crate) fn api(&self) -> Option<&Error> {
        match self {
            Self::Api(error) => Some(error),
            Self::Ledger(_) | Self::CannotTell => None,
        }
    }

    /// Something that the API was asked for may have been done all the same.
    pub(crate) fn may_have_been_applied(&self) -> bool {
        self.api().is_some_and(Error::may_have_been_applied)
    }

    /// The API has answered, so that nothing is on its way any more.
    pub(crate) fn is_answered(&self) -> bool {
        self.api().is_none_or(Error::is_answered)
    }

    fn is(&self, kind: Kind) -> bool {
        self.api().is_some_and(|error| error.kind() == kind)
    }

    /// Nothing failed: a call was not made, for it could not have ended in time.
    pub(crate) fn is_for_time(&self) -> bool {
        self.is(Kind::NoTime)
    }

    /// The API asked for fewer calls.
    pub(crate) fn is_for_the_pace(&self) -> bool {
        self.is(Kind::Busy)
    }

    /// The API refused the key, or this row as it refuses a key.
    pub(crate) fn is_for_the_key(&self) -> bool {
        self.is(Kind::Forbidden)
    }

    /// The API judged the row: it does not take its data.
    pub(crate) fn is_refused(&self) -> bool {
        self.api().is_some_and(|error| error.class() == Class::Reject)
    }

    /// Any row's call may fail like this one.
    pub(crate) fn may_concern_every_row(&self) -> bool {
        self.api().is_some_and(|error| error.kind().may_concern_every_row())
    }

    /// The class of the error, for logs, lists and metrics.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Api(error) => error.kind().as_str(),
            Self::Ledger(_) => "ledger",
            Self::CannotTell => "lost-answer",
        }
    }
}

impl PostFailure {
    pub(crate) fn new(cause: Cause, write: WriteState, help_request_id: Option<i64>) -> Self {
        let may_be_on_its_way = cause.may_have_been_applied() && !cause.is_answered();
        Self { cause, write, help_request_id, may_be_on_its_way }
    }

    /// Whoever goes on looks first. Also where somebody looked in vain: another look costs little. And where the request is
    /// known: it may not have been noted.
    pub(crate) fn may_have_been_sent(&self) -> bool {
        self.write != WriteState::NotSent || self.help_request_id.is_some()
    }

    /// How the claim is given back.
    pub(crate) fn give_back(&self) -> GiveBack {
        let error_class = self.cause.class().to_owned();
        if self.may_have_been_sent() {
            GiveBack::MayHaveBeenSent { error_class }
        } else {
            GiveBack::Failed { error_class }
        }
    }
}
