//! How the API and its gateway say no (A.0, A.1).

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    exception::Exception,
    fields::Problem,
    reply::{Body, Reply},
};

/// The result of a call.
pub(super) type Answered = Result<Reply, Refusal>;

/// A call that is refused, and why.
#[derive(Debug)]
pub(super) enum Refusal {
    /// 403 of the gateway
    WrongKey,
    /// 413 of the gateway
    TooLong,
    /// 400 of the framework, before the API looks
    Problems(Problem),
    /// 415 of the framework
    UnsupportedMediaType,
    /// 400 of the two calls that catch every exception: `Record not created. …`
    Text { verb: &'static str, exception: Exception, row: String },
    /// 500: an exception that nothing catches
    Uncaught(Exception),
    /// 500 of `healthcheck/error`
    OnPurpose,
    /// 404 of the API, with problem details
    NotFound,
    /// 405 of the framework: the path is there, by another method
    WrongMethod,
    /// 404 of the framework: no such route
    NoRoute,
}

impl Refusal {
    /// The answer, and with it the reason under which the state counts it.
    pub(super) fn into_reply(self) -> Reply {
        match self {
            Self::WrongKey => message(StatusCode::FORBIDDEN, "Forbidden").because("wrong key"),
            Self::TooLong => {
                message(StatusCode::PAYLOAD_TOO_LARGE, "Request Too Long").because("body too long or cut off")
            }
            Self::Problems(Problem { reason, path, text }) => problems(&path, &text).because(reason),
            Self::UnsupportedMediaType => {
                Reply::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Body::Problem(details(415, "Unsupported Media Type")))
                    .because("not sent as JSON")
            }
            Self::Text { verb, exception, row } => record_not(verb, exception, &row).because(exception.reason()),
            Self::Uncaught(exception) => {
                Reply::new(StatusCode::INTERNAL_SERVER_ERROR, Body::Empty).because(exception.reason())
            }
            Self::OnPurpose => Reply::new(StatusCode::INTERNAL_SERVER_ERROR, Body::Empty).because("on purpose"),
            Self::NotFound => Reply::new(StatusCode::NOT_FOUND, Body::Problem(details(404, "Not Found")))
                .because("no such help request"),
            Self::WrongMethod => Reply::new(StatusCode::METHOD_NOT_ALLOWED, Body::Empty).because("wrong method"),
            Self::NoRoute => Reply::new(StatusCode::NOT_FOUND, Body::Empty).because("no such route"),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problems(problem)
    }
}

impl From<Exception> for Refusal {
    /// As in v4, which catches nothing.
    fn from(exception: Exception) -> Self {
        Self::Uncaught(exception)
    }
}

/// The gateway's own answers.
pub(super) fn message(status: StatusCode, text: &str) -> Reply {
    Reply::new(status, Body::Json(json!({ "message": text })))
}

/// 400 (a): the row's data is wrong.
pub(super) fn problems(path: &str, text: &str) -> Reply {
    let mut object = details(400, "One or more validation errors occurred.");
    object["errors"] = json!({ path: [text] });
    Reply::new(StatusCode::BAD_REQUEST, Body::Problem(object))
}

/// 400 (b): whatever went wrong, with the exception's whole text, and so with the row.
pub(super) fn record_not(verb: &str, exception: Exception, row: &str) -> Reply {
    let text = format!(
        "Record not {verb}. Microsoft.EntityFrameworkCore.DbUpdateException: An error occurred while updating the \
         entries. See the inner exception for details.\n ---> {}\n  Detail: Failing row contains ({row}).\n   at \
         cv19ResSupportV3.V3.Controllers.HelpRequestsController in /app/V3/Controllers/HelpRequestsController.cs:line 50",
        exception.text()
    );
    Reply::new(StatusCode::BAD_REQUEST, Body::Json(text.into()))
}

fn details(status: u16, title: &str) -> Value {
    json!({
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5",
        "title": title,
        "status": status,
        "traceId": "|5d3f7a12-4c8a1e9b2f6d0c37.",
    })
}
