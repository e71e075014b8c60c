//! A fault that strikes, and what its caller gets.

use axum::http::StatusCode;

use super::{
    exception::Exception,
    faults::{After, Answer},
    refusal::{message, problems, record_not},
    reply::{Body, Reply},
};

/// The fault that a call ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strike {
    pub(super) answer: Answer,
    pub(super) after: After,
    pub(super) retry_after: Option<u64>,
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

    /// The reason that the state counts it under, the status left out.
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
