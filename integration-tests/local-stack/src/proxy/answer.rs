//! The answer that a caller gets.

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};

/// A body, in one piece or as it comes.
pub(super) type Body = UnsyncBoxBody<Bytes, reqwest::Error>;

/// No answer: the caller's connection is closed.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
pub(super) struct Closed;

/// A body in one piece.
pub(super) fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}
