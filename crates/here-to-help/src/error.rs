//! A call that failed.

use std::fmt;
use std::time::Duration;

use crate::{Class, Kind, Operation};

/// Why a call failed, and what that means for the row. Prints what happened and what to do now; holds
/// nothing of the request or of the answer but the status.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    operation: Operation,
    kind: Kind,
    status: Option<u16>,
    may_have_been_applied: bool,
    retry_after: Option<Duration>,
    /// Never with its URL: the query of a search holds personal data.
    #[source]
    source: Option<reqwest::Error>,
}

impl Error {
    /// The class: what to do with the row.
    pub fn class(&self) -> Class {
        self.kind.class()
    }

    /// The kind: what happened.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The status of the answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// True if the API may have done what the call asks for, by this attempt or by an earlier one of the
    /// same call: then look before it is made again. Always false for a call that only reads.
    pub fn may_have_been_applied(&self) -> bool {
        self.may_have_been_applied
    }

    /// True if the API has answered, so that nothing of the call is on its way any more. After a 504 the function
    /// behind the gateway may still be running.
    pub fn is_answered(&self) -> bool {
        !matches!(self.kind, Kind::TimedOut | Kind::ConnectionLost) && self.status != Some(504)
    }

    /// How long the API asks to be left alone (its `Retry-After`), or how long the pace would have made the
    /// call wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// A call that failed so, without an answer.
    pub fn new(operation: Operation, kind: Kind) -> Self {
        let may_have_been_applied = operation.writes() && kind.may_have_been_applied();
        Self { operation, kind, status: None, may_have_been_applied, retry_after: None, source: None }
    }

    /// The status of the answer.
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// How long the API asks to be left alone.
    pub fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }

    pub(crate) fn with_source(self, source: reqwest::Error) -> Self {
        Self { source: Some(source.without_url()), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.operation)?;
        if let Some(status) = self.status {
            write!(f, "status {status}: ")?;
        }
        write!(f, "{}", self.kind)?;
        if self.may_have_been_applied {
            write!(f, " (it may have been done: look first)")?;
        }
        Ok(())
    }
}
