//! Why posting a row did not come to its end, and what that means.

use std::time::Duration;

use here_to_help::{Class, Error, Kind};
use ledger::GiveBack;

/// Why posting did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    /// A call failed.
    #[error("Here to Help did not do it")]
    Api {
        #[source]
        error: Error,
        /// What became of calls that write and whose answer was lost.
        sent: Sent,
        /// The row's request, where it is known.
        request: Option<i64>,
    },
    /// The ledger could not write something down.
    #[error("the ledger did not answer while the row was posted")]
    Ledger(#[from] ledger::Error),
    /// The answer to the POST was lost, the request is not there, and the resident could not be found again if the POST
    /// was repeated: names and a ctas id alone identify nobody without a request.
    #[error("the answer to the POST was lost and the API gives no way to tell what became of it")]
    CannotTell,
}

/// What is known of calls that write and failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// Surely nothing was done.
    Nothing,
    /// Something may have been done; it was looked for when no call was on its way any more, and is not there. A
    /// resident without a request may be, whom a repeated POST finds again.
    NotThere,
    /// Something may have been done, and nobody could look.
    Unknown,
}

impl Stopped {
    /// The class of the error, for logs, lists and metrics.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Api { error, .. } => error.kind().as_str(),
            Self::Ledger(_) => "ledger",
            Self::CannotTell => "lost-answer",
        }
    }

    /// Whether the API may still be working on a call of this row.
    pub(crate) fn may_be_on_its_way(&self) -> bool {
        match self {
            Self::Api { error, .. } => error.may_have_been_applied() && !error.is_answered(),
            Self::Ledger(_) | Self::CannotTell => false,
        }
    }

    /// How long the API asked to be left alone.
    pub(crate) fn retry_after(&self) -> Duration {
        match self {
            Self::Api { error, .. } => error.retry_after().unwrap_or_default(),
            Self::Ledger(_) | Self::CannotTell => Duration::ZERO,
        }
    }

    /// Whether any row's call may fail like this one.
    pub(crate) fn may_concern_every_row(&self) -> bool {
        match self {
            Self::Api { error, .. } => error.kind().may_concern_every_row(),
            Self::Ledger(_) | Self::CannotTell => false,
        }
    }

    /// Whether nothing failed: a call was not made, for it could not have ended in time.
    pub(crate) fn is_for_time(&self) -> bool {
        matches!(self, Self::Api { error, .. } if error.kind() == Kind::NoTime)
    }

    /// Whether the API asked for fewer calls.
    pub(crate) fn is_for_the_pace(&self) -> bool {
        matches!(self, Self::Api { error, .. } if error.kind() == Kind::Busy)
    }

    /// Whether the API refused the key, or this row as it refuses a key.
    pub(crate) fn is_for_the_key(&self) -> bool {
        matches!(self, Self::Api { error, .. } if error.kind() == Kind::Forbidden)
    }

    /// Whether something may be there that nobody could look for.
    pub(crate) fn is_unresolved(&self) -> bool {
        self.sent() == Sent::Unknown
    }

    /// Whether whoever goes on looks first. Also where somebody looked in vain: another look costs little. And where the
    /// request is known: it may not have been noted.
    pub(crate) fn may_have_been_sent(&self) -> bool {
        self.sent() != Sent::Nothing || matches!(self, Self::Api { request: Some(_), .. })
    }

    /// Whether the API judged the row: it does not take its data.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self, Self::Api { error, .. } if error.class() == Class::Reject)
    }

    /// Whether the row may as well be tried later: a call was not made for want of time, or the API asked for fewer.
    pub(crate) fn is_for_later(&self) -> bool {
        self.is_for_time() || self.is_for_the_pace()
    }

    /// How the claim is given back.
    pub(crate) fn give_back(&self) -> GiveBack {
        let error_class = self.class().to_owned();
        if self.may_have_been_sent() {
            GiveBack::MayHaveBeenSent { error_class }
        } else {
            GiveBack::Failed { error_class }
        }
    }

    fn sent(&self) -> Sent {
        match self {
            Self::Api { sent, .. } => *sent,
            Self::Ledger(_) | Self::CannotTell => Sent::Unknown,
        }
    }
}
