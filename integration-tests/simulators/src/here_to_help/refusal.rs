//! How the API and its gateway say no (A.0, A.1).

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    exception::Exception,
    faults::{After, Answer, Strike},
    fields::Problem,
    reply::{Body, Reply},
};

/// What a call comes to.
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

impl Strike {
    /// The answer of a fault; none where there is no answer at all.
    pub(super) fn reply(self, echo: &str, verb: &'static str) -> Option<Reply> {
        let reply = match self.answer {
            Answer::Forbidden => message(StatusCode::FORBIDDEN, "Forbidden"),
            Answer::TooManyRequests => {
                let reply = message(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
                match self.retry_after {
                    Some(seconds) => reply.with_header("retry-after", seconds.to_string()),
                    None => reply,
                }
            }
            Answer::ServerError => Reply::new(StatusCode::INTERNAL_SERVER_ERROR, Body::Empty),
            Answer::BadGateway => message(StatusCode::BAD_GATEWAY, "Internal server error"),
            Answer::Unavailable => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Answer::GatewayTimeout => message(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out"),
            Answer::Text400 => record_not(verb, Exception::Stopped, echo),
            Answer::Object400 => problems("$", &format!("The JSON value could not be converted: {echo}")),
            Answer::Closed | Answer::Hang => return None,
        };
        Some(reply.because(self.reason()))
    }

    /// What the state counts it under, the status left out.
    pub(super) const fn reason(self) -> &'static str {
        match self.after {
            After::Nothing => "fault",
            After::Resident => "fault after the resident",
            After::HelpRequest => "fault after the help request",
            After::Note => "fault after the note",
            After::Everything => "fault after everything",
        }
    }
}

impl Exception {
    const fn reason(self) -> &'static str {
        match self {
            Self::Nul => "U+0000",
            Self::Jsonb => "not a jsonb",
            Self::ForeignKey => "no such resident or help request",
            Self::NoSuchRecord => "nothing there to change",
            Self::NullReference => "NhsCtasId without HelpNeeded",
            Self::LikePattern => "id ends in a backslash",
            Self::Stopped => "fault",
        }
    }

    /// As .NET prints it.
    const fn text(self) -> &'static str {
        match self {
            Self::Nul => {
                "Npgsql.PostgresException (0x80004005): 22021: invalid byte sequence for encoding \"UTF8\": 0x00"
            }
            Self::Jsonb => "Npgsql.PostgresException (0x80004005): 22P02: invalid input syntax for type json",
            Self::ForeignKey => {
                "Npgsql.PostgresException (0x80004005): 23503: insert or update violates foreign key constraint"
            }
            Self::NoSuchRecord | Self::NullReference => {
                "System.NullReferenceException: Object reference not set to an instance of an object."
            }
            Self::LikePattern => {
                "Npgsql.PostgresException (0x80004005): 22025: LIKE pattern must not end with escape character"
            }
            Self::Stopped => "Npgsql.NpgsqlException (0x80004005): Exception while reading from stream",
        }
    }
}

/// The gateway's own answers.
fn message(status: StatusCode, text: &str) -> Reply {
    Reply::new(status, Body::Json(json!({ "message": text })))
}

/// 400 (a): the row's data is wrong.
fn problems(path: &str, text: &str) -> Reply {
    let mut object = details(400, "One or more validation errors occurred.");
    object["errors"] = json!({ path: [text] });
    Reply::new(StatusCode::BAD_REQUEST, Body::Problem(object))
}

/// 400 (b): whatever went wrong, with the exception's whole text, and so with the row.
fn record_not(verb: &str, exception: Exception, row: &str) -> Reply {
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
