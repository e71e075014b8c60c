//! The table's stream, as the reporter sees it.

use crate::keys::RunId;

/// The filter criteria of the reporter's event source mapping: run and progress items only.
pub const STREAM_FILTER: &str = r#"{"dynamodb":{"Keys":{"sk":{"S":["RUN","PROGRESS"]}}}}"#;

/// The run that a stream record's `Keys` speak of; none for other items.
pub fn changed(keys: &serde_dynamo::Item) -> Option<RunId> {
    todo!("{keys:?}")
}
