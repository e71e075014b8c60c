//! The messages between the Lambdas: pointers into the ledger, never a resident's data.

use serde::{Deserialize, Serialize};

/// The version of every message. A message of another version is left for the Lambda that knows it.
pub const VERSION: u32 = 1;

/// `{"v":1,"run":"…","row":17,"feed":"spl"}`: one resident row to post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowMessage {
    /// [`VERSION`].
    pub v: u32,
    /// The run's id.
    pub run: String,
    /// The row's number as the sheet shows it.
    pub row: u32,
    /// The feed's name.
    pub feed: String,
}

/// `{"v":1,"run":"…"}`: a run whose summary may be due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportMessage {
    /// [`VERSION`].
    pub v: u32,
    /// The run's id.
    pub run: String,
}

/// Why a message cannot be worked on. It quotes nothing of the message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MessageError {
    /// Not JSON, or not of this form.
    #[error("the message is no {expected}: look at it in the queue and delete it if it is not ours")]
    Unreadable {
        /// What was expected.
        expected: &'static str,
    },
    /// Of another version.
    #[error(
        "the message is of version {found}, this function knows version {VERSION}: deploy the function that sends it and this one together"
    )]
    UnknownVersion {
        /// The version found.
        found: u64,
    },
}

impl RowMessage {
    /// A pointer to a row.
    pub fn new(run: impl Into<String>, row: u32, feed: impl Into<String>) -> Self {
        Self { v: VERSION, run: run.into(), row, feed: feed.into() }
    }

    /// Reads a queue message's body.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        parse(body, "row message")
    }

    /// The body to send.
    pub fn body(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

impl ReportMessage {
    /// A pointer to a run.
    pub fn new(run: impl Into<String>) -> Self {
        Self { v: VERSION, run: run.into() }
    }

    /// Reads a queue message's body.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        parse(body, "report message")
    }

    /// The body to send.
    pub fn body(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

fn parse<'a, T: Deserialize<'a>>(body: &'a str, expected: &'static str) -> Result<T, MessageError> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u64,
    }
    let version = serde_json::from_str::<Versioned>(body).map_err(|_| MessageError::Unreadable { expected })?;
    if version.v != u64::from(VERSION) {
        return Err(MessageError::UnknownVersion { found: version.v });
    }
    serde_json::from_str(body).map_err(|_| MessageError::Unreadable { expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_message_is_a_pointer() {
        let message = RowMessage::new("0123456789abcdef0123", 17, "spl");
        assert_eq!(message.body(), r#"{"v":1,"run":"0123456789abcdef0123","row":17,"feed":"spl"}"#);
        assert_eq!(RowMessage::parse(&message.body()), Ok(message));
    }

    #[test]
    fn what_is_no_message_of_ours_is_told_without_quoting_it() {
        for body in ["", "hello", "[]", "{}", r#"{"v":1}"#, r#"{"v":1,"run":"a","row":"1","feed":"spl"}"#] {
            let error = RowMessage::parse(body).expect_err(body);
            assert_eq!(error, MessageError::Unreadable { expected: "row message" });
        }
        assert_eq!(
            RowMessage::parse(r#"{"v":2,"run":"a","row":1,"feed":"spl"}"#),
            Err(MessageError::UnknownVersion { found: 2 })
        );
    }
}
