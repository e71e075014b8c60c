//! The messages between the Lambdas: pointers into the ledger, never a resident's data.

use feeds::Feed;
use serde::Deserialize;
use serde_json::json;

use crate::{RowId, RunId};

/// The version of every message.
const VERSION: u32 = 1;

/// One resident row to post: `{"v":1,"run":"…","row":17,"feed":"spl"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowMessage {
    /// The row.
    pub row: RowId,
    /// Its run's feed.
    pub feed: &'static Feed,
}

/// A run whose summary may be due: `{"v":1,"run":"…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReportMessage {
    /// The run.
    pub run: RunId,
}

/// Why a message cannot be worked on. It quotes nothing of the message.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum MessageError {
    /// Not JSON, or not a message of this kind.
    #[error("the message is not a {0}: look at it in the queue and delete it if it is not ours")]
    Unreadable(&'static str),
    /// Of another version, or for a feed that this version does not have.
    #[error(
        "the message is of another version than this function, which knows version {VERSION} and its own feeds: deploy the function that sends it and this one together"
    )]
    OtherVersion,
}

impl RowMessage {
    /// A pointer to a row.
    pub fn new(run: &RunId, row: u32, feed: &'static Feed) -> Self {
        Self { row: RowId { run: run.clone(), row }, feed }
    }

    /// Reads a queue message's body.
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        #[derive(Deserialize)]
        struct Pointer {
            run: RunId,
            row: u32,
            feed: String,
        }
        let Pointer { run, row, feed } = parse(body, "row message")?;
        let feed = Feed::named(&feed).ok_or(MessageError::OtherVersion)?;
        Ok(Self { row: RowId { run, row }, feed })
    }

    /// The body to send.
    pub fn body(&self) -> String {
        json!({ "v": VERSION, "run": self.row.run, "row": self.row.row, "feed": self.feed.name() }).to_string()
    }
}

impl ReportMessage {
    /// Reads a queue message's body.
    pub fn parse(body: &str) -> Result<Self, MessageError> {
        parse(body, "report message")
    }

    /// The body to send.
    pub fn body(&self) -> String {
        json!({ "v": VERSION, "run": self.run }).to_string()
    }
}

fn parse<'a, T: Deserialize<'a>>(body: &'a str, expected: &'static str) -> Result<T, MessageError> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u64,
    }
    let unreadable = |_| MessageError::Unreadable(expected);
    match serde_json::from_str::<Versioned>(body).map_err(unreadable)?.v {
        version if version == u64::from(VERSION) => serde_json::from_str(body).map_err(unreadable),
        _ => Err(MessageError::OtherVersion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "0123456789abcdef0123";

    #[test]
    fn messages_are_pointers() {
        let run = RUN.parse().expect("a run's id");
        let message = RowMessage::new(&run, 17, Feed::named("spl").expect("a feed"));
        assert_eq!(message.body(), r#"{"v":1,"run":"0123456789abcdef0123","row":17,"feed":"spl"}"#);
        assert_eq!(RowMessage::parse(&message.body()), Ok(message));
        let message = ReportMessage { run };
        assert_eq!(message.body(), r#"{"v":1,"run":"0123456789abcdef0123"}"#);
        assert_eq!(ReportMessage::parse(&message.body()), Ok(message));
    }

    #[test]
    fn what_is_not_a_message_of_ours_is_told_without_quoting_it() {
        let unreadable = Err(MessageError::Unreadable("row message"));
        for body in ["", "hello", "[]", "{}", r#"{"v":1}"#, r#"{"v":1,"run":"a","row":1,"feed":"spl"}"#] {
            assert_eq!(RowMessage::parse(body), unreadable, "{body}");
        }
        let of = |version, row, feed| format!(r#"{{"v":{version},"run":"{RUN}","row":{row},"feed":"{feed}"}}"#);
        assert_eq!(RowMessage::parse(&of(1, "\"1\"", "spl")), unreadable);
        assert_eq!(RowMessage::parse(&of(2, "1", "spl")), Err(MessageError::OtherVersion));
        assert_eq!(RowMessage::parse(&of(1, "1", "sixth")), Err(MessageError::OtherVersion));
    }
}
