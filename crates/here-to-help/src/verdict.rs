//! The meaning of an answer, or of its absence: the one place that decides.
//!
//! Where the contract is silent:
//! - A **redirect**, or a 404 that no resident or request explains, is not the API's: something else
//!   answers at the base URL, and would for every row. Nothing is followed (the key and the row would go to
//!   somebody else). Stop.
//! - A **2xx that is not JSON** comes from something between (a maintenance page, a cut-off answer) and may
//!   be gone next time, so nothing is given up for it. Retry.
//! - A **2xx that is JSON of another shape** is the API's own word and will be the same next time. Bug.
//! - A **400 that is not a JSON object** is retried whatever it says: the API puts every exception there, a lost
//!   database connection too, and only an object is its judgement on the data.

use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::Operation;

/// The treatment of a row whose call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// It may go well later: network, time, load, or the API's own trouble.
    Retry,
    /// The API does not take this row's data, today or tomorrow.
    Reject,
    /// Every row would fail. Probe first: if that goes well, the fault is this row's.
    Stop,
    /// The resident or request that was asked for is not there.
    NotFound,
    /// Not as the contract says: repeating does not help, a developer must look.
    Bug,
}

/// The outcome of a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Kind {
    /// No connection: refused, no such host, TLS, or not in time.
    Unreachable,
    /// Sent, and no whole answer in time.
    TimedOut,
    /// Sent, and the connection broke before the whole answer.
    ConnectionLost,
    /// 429: too many calls.
    Busy,
    /// 5xx, or 408: the gateway or the API failed.
    ServerError,
    /// 400 without problem details: an exception, often the database's.
    NotRecorded,
    /// 400 with problem details, or too large: the data.
    Refused,
    /// 401 or 403: the key.
    Forbidden,
    /// A redirect or an unexplained 404: not the API.
    Elsewhere,
    /// 404 for the resident or request that the path names.
    NotFound,
    /// A 2xx that is not JSON, or longer than any answer can be.
    Unreadable,
    /// A 2xx in JSON of another shape.
    UnexpectedShape,
    /// A status that the contract does not know.
    UnexpectedStatus,
    /// Not sent: it could not have ended before the deadline.
    NoTime,
    /// Not sent: the request could not be built.
    Unsendable,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The class: what to do with the row.
    pub fn class(self) -> Class {
        match self {
            Self::Unreachable
            | Self::TimedOut
            | Self::ConnectionLost
            | Self::Busy
            | Self::ServerError
            | Self::NotRecorded
            | Self::Unreadable
            | Self::NoTime => Class::Retry,
            Self::Refused => Class::Reject,
            Self::Forbidden | Self::Elsewhere => Class::Stop,
            Self::NotFound => Class::NotFound,
            Self::UnexpectedShape | Self::UnexpectedStatus | Self::Unsendable => Class::Bug,
        }
    }

    /// True if a call that changes something may have done so: not where it never went out, and not where
    /// the gateway or the model binding answered before any code of the API ran. `NotRecorded` may: the API
    /// commits resident, request and note one by one.
    pub(crate) fn may_have_been_applied(self) -> bool {
        match self {
            Self::TimedOut
            | Self::ConnectionLost
            | Self::ServerError
            | Self::NotRecorded
            | Self::Unreadable
            | Self::UnexpectedShape
            | Self::UnexpectedStatus => true,
            Self::Unreachable
            | Self::Busy
            | Self::Refused
            | Self::Forbidden
            | Self::Elsewhere
            | Self::NotFound
            | Self::NoTime
            | Self::Unsendable => false,
        }
    }

    /// True if every row's call may fail like this one, because of the key, or because the API, or what lies before or
    /// behind it, is down: probe. Not where the API answered this call about this row, asked for fewer calls, or was not
    /// asked.
    pub fn may_concern_every_row(self) -> bool {
        match self {
            Self::Unreachable
            | Self::TimedOut
            | Self::ConnectionLost
            | Self::ServerError
            | Self::NotRecorded
            | Self::Forbidden
            | Self::Elsewhere
            | Self::Unreadable => true,
            Self::Busy
            | Self::Refused
            | Self::NotFound
            | Self::UnexpectedShape
            | Self::UnexpectedStatus
            | Self::NoTime
            | Self::Unsendable => false,
        }
    }

    /// The word for it in logs, metrics and the ledger.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The problem, and what to do now.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => {
                "no connection to the API; it is tried again. If it lasts: is the API up, and HERE_TO_HELP_BASE_URL right?"
            }
            Self::TimedOut => "no answer in time; it is tried again",
            Self::ConnectionLost => "the connection broke before the answer came; it is tried again",
            Self::Busy => "the API asks for fewer calls; it is tried again, more slowly",
            Self::ServerError => "the API failed; it is tried again",
            Self::NotRecorded => "the API could not record it, which is often its database; it is tried again",
            Self::Refused => "the API does not take this row's data; correct the row",
            Self::Forbidden => {
                "the API refuses the key; check the parameter that HERE_TO_HELP_API_KEY_PARAMETER names"
            }
            Self::Elsewhere => "something other than the Here to Help API answers; check HERE_TO_HELP_BASE_URL",
            Self::NotFound => "the API does not have it",
            Self::Unreadable => "the answer is not JSON, so it is hardly the API's own; it is tried again",
            Self::UnexpectedShape => "the answer is not what the contract says; tell the developers",
            Self::UnexpectedStatus => "the contract does not know this answer; tell the developers",
            Self::NoTime => "not sent, for too little time is left; it is tried again",
            Self::Unsendable => "the request could not be built; tell the developers",
        })
    }
}

/// Tells if an answer is a success, by its status and the shape of its body.
pub(crate) fn classify(operation: Operation, status: u16, body: &[u8]) -> Result<(), Kind> {
    Err(match status {
        200..=299 => return Ok(()),
        300..=399 => Kind::Elsewhere,
        400 if is_object(body) => Kind::Refused,
        400 => Kind::NotRecorded,
        401 | 403 => Kind::Forbidden,
        404 if operation.names_a_thing() && (body.is_empty() || is_object(body)) => Kind::NotFound,
        404 => Kind::Elsewhere,
        413 | 414 | 431 => Kind::Refused,
        429 => Kind::Busy,
        408 | 500..=599 => Kind::ServerError,
        _ => Kind::UnexpectedStatus,
    })
}

/// A success's body as what it should be. The JSON error is dropped on purpose: it quotes values.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Kind> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => Kind::UnexpectedShape,
        Category::Io | Category::Syntax | Category::Eof => Kind::Unreadable,
    })
}

fn is_object(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROBLEM: &str =
        r#"{"type":"https://…","title":"One or more validation errors occurred.","status":400,"errors":{}}"#;
    const STACK: &str = r#""Record not created. Npgsql.NpgsqlException: Exception while connecting at …""#;
    const STACK_OF_A_PATCH: &str = r#""Record not updated. Npgsql.NpgsqlException at …""#;
    const HTML: &str = "<html><body>Back soon</body></html>";
    const MESSAGE: &str = r#"{"message":"Internal server error"}"#;

    /// The rules as a table: call, status, body → kind, class, whether the call may have been applied.
    #[test]
    fn answers_have_their_class() {
        use Class::{Bug, NotFound, Reject, Retry, Stop};
        use Operation::{AddNote, CaseNotes, Create, FollowUp, HelpRequest, Patch, Probe, Search};

        let table = [
            (Create, 400, PROBLEM, Kind::Refused, Reject, false),
            (Create, 400, STACK, Kind::NotRecorded, Retry, true),
            (Create, 400, "Record not created. bare text", Kind::NotRecorded, Retry, true),
            (Patch, 400, STACK_OF_A_PATCH, Kind::NotRecorded, Retry, true),
            (Patch, 400, PROBLEM, Kind::Refused, Reject, false),
            (AddNote, 400, PROBLEM, Kind::Refused, Reject, false),
            (Create, 400, HTML, Kind::NotRecorded, Retry, true),
            (Create, 400, "", Kind::NotRecorded, Retry, true),
            (Create, 400, "{cut off", Kind::NotRecorded, Retry, true),
            (Create, 401, MESSAGE, Kind::Forbidden, Stop, false),
            (Create, 403, r#"{"message":"Forbidden"}"#, Kind::Forbidden, Stop, false),
            (HelpRequest, 403, "", Kind::Forbidden, Stop, false),
            (Create, 429, r#"{"message":"Too Many Requests"}"#, Kind::Busy, Retry, false),
            (Create, 500, "", Kind::ServerError, Retry, true),
            (Create, 502, MESSAGE, Kind::ServerError, Retry, true),
            (AddNote, 500, "", Kind::ServerError, Retry, true),
            (FollowUp, 504, r#"{"message":"Endpoint request timed out"}"#, Kind::ServerError, Retry, true),
            (Create, 503, HTML, Kind::ServerError, Retry, true),
            (Create, 408, "", Kind::ServerError, Retry, true),
            (HelpRequest, 500, "", Kind::ServerError, Retry, true),
            (HelpRequest, 404, r#"{"title":"Not Found","status":404}"#, Kind::NotFound, NotFound, false),
            (HelpRequest, 404, "", Kind::NotFound, NotFound, false),
            (CaseNotes, 404, MESSAGE, Kind::NotFound, NotFound, false),
            (HelpRequest, 404, HTML, Kind::Elsewhere, Stop, false),
            (Create, 404, "", Kind::Elsewhere, Stop, false),
            (Search, 404, MESSAGE, Kind::Elsewhere, Stop, false),
            (Probe, 404, MESSAGE, Kind::Elsewhere, Stop, false),
            (Create, 301, "", Kind::Elsewhere, Stop, false),
            (HelpRequest, 302, HTML, Kind::Elsewhere, Stop, false),
            (Create, 413, MESSAGE, Kind::Refused, Reject, false),
            (Search, 414, HTML, Kind::Refused, Reject, false),
            (Create, 405, "", Kind::UnexpectedStatus, Bug, true),
            (Create, 418, "", Kind::UnexpectedStatus, Bug, true),
        ];
        for (operation, status, body, kind, class, applied) in table {
            let found = classify(operation, status, body.as_bytes()).expect_err("not a success");
            assert_eq!((found, found.class()), (kind, class), "{operation:?} {status} {body}");
            assert_eq!(found.may_have_been_applied(), applied, "{operation:?} {status} {body}");
        }
    }

    #[test]
    fn what_never_got_an_answer_has_its_class() {
        let table = [
            (Kind::Unreachable, Class::Retry, false),
            (Kind::TimedOut, Class::Retry, true),
            (Kind::ConnectionLost, Class::Retry, true),
            (Kind::NoTime, Class::Retry, false),
            (Kind::Unsendable, Class::Bug, false),
        ];
        for (kind, class, applied) in table {
            assert_eq!((kind.class(), kind.may_have_been_applied()), (class, applied), "{kind:?}");
        }
    }

    #[test]
    fn what_any_row_may_meet_is_probed_and_what_is_said_of_this_row_is_not() {
        use Kind::{
            Busy, ConnectionLost, Elsewhere, Forbidden, NoTime, NotFound, NotRecorded, Refused, ServerError, TimedOut,
            UnexpectedShape, UnexpectedStatus, Unreachable, Unreadable, Unsendable,
        };
        for kind in [Unreachable, TimedOut, ConnectionLost, ServerError, NotRecorded, Forbidden, Elsewhere, Unreadable]
        {
            assert!(kind.may_concern_every_row(), "{kind:?}");
        }
        for kind in [Busy, Refused, NotFound, UnexpectedShape, UnexpectedStatus, NoTime, Unsendable] {
            assert!(!kind.may_concern_every_row(), "{kind:?}");
        }
    }

    #[test]
    fn a_success_is_read_or_says_which_way_it_is_wrong() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Created {
            #[serde(rename = "Id")]
            id: i64,
        }
        for status in [200, 201, 204] {
            assert_eq!(classify(Operation::Create, status, b""), Ok(()));
        }
        let table = [
            (r#"{"Id":7,"Location":null}"#, Ok(Created { id: 7 })),
            (HTML, Err(Kind::Unreadable)),
            ("", Err(Kind::Unreadable)),
            (r#"{"Id":7"#, Err(Kind::Unreadable)),
            (r#"{"Id":"7"}"#, Err(Kind::UnexpectedShape)),
            (r#"{"id":7}"#, Err(Kind::UnexpectedShape)),
            ("null", Err(Kind::UnexpectedShape)),
            ("7", Err(Kind::UnexpectedShape)),
        ];
        for (body, expected) in table {
            assert_eq!(read::<Created>(body.as_bytes()), expected, "{body}");
        }
        for kind in [Kind::Unreadable, Kind::UnexpectedShape] {
            assert!(kind.may_have_been_applied());
        }
        assert_eq!((Kind::Unreadable.class(), Kind::UnexpectedShape.class()), (Class::Retry, Class::Bug));
    }

    /// The ledger and the metrics keep them.
    #[test]
    fn the_words_of_the_kinds_stay_as_they_are() {
        let words = [
            (Kind::Unreachable, "unreachable"),
            (Kind::TimedOut, "timed-out"),
            (Kind::ConnectionLost, "connection-lost"),
            (Kind::Busy, "busy"),
            (Kind::ServerError, "server-error"),
            (Kind::NotRecorded, "not-recorded"),
            (Kind::Refused, "refused"),
            (Kind::Forbidden, "forbidden"),
            (Kind::Elsewhere, "elsewhere"),
            (Kind::NotFound, "not-found"),
            (Kind::Unreadable, "unreadable"),
            (Kind::UnexpectedShape, "unexpected-shape"),
            (Kind::UnexpectedStatus, "unexpected-status"),
            (Kind::NoTime, "no-time"),
            (Kind::Unsendable, "unsendable"),
        ];
        for (kind, word) in words {
            assert_eq!(kind.as_str(), word);
        }
    }
}
