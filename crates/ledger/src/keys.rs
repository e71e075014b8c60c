//! Ids of runs and rows, and the keys of every item.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many hexadecimal digits a run's id has.
const RUN_ID_LENGTH: usize = 20;

/// The id of a run: the same file and revision always give the same id, so that a claim is a conditional put.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RunId(String);

/// A text that is not a run's id. Does not quote it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run's id is {RUN_ID_LENGTH} hexadecimal digits, such as 0123456789abcdef0123")]
pub struct RunIdError;

impl RunId {
    /// The id of one revision of a file: the first 20 hexadecimal digits of sha256(file id, NUL, revision).
    pub fn of(file_id: &str, revision: &str) -> Self {
        Self(hash(file_id, revision).chars().take(RUN_ID_LENGTH).collect())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RunId {
    type Err = RunIdError;

    fn from_str(text: &str) -> Result<Self, RunIdError> {
        let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if text.len() == RUN_ID_LENGTH && text.chars().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RunIdError)
        }
    }
}

impl TryFrom<String> for RunId {
    type Error = RunIdError;

    fn try_from(text: String) -> Result<Self, RunIdError> {
        text.parse()
    }
}

/// A row of a run: what identifies it for ever, unlike the message that points to it. Shown as `<run>/<row>`, which is
/// also the `ingestion_row` of the request's metadata.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// The run.
    pub run: RunId,
    /// The number that the sheet shows.
    pub row: u32,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.run, self.row)
    }
}

/// An identity of a resident or a request, hashed: the identity itself is kept nowhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeaseKey(String);

impl LeaseKey {
    /// The key with this hash of the identity: [`HashKey::lease`](crate::HashKey::lease) makes it.
    pub(crate) fn hashed(hash: String) -> Self {
        Self(hash)
    }
}

/// Only the first digits of the hash are printed.
impl fmt::Debug for LeaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeaseKey({:.8}..)", self.0)
    }
}

/// The highest row number whose key still sorts by number.
pub(crate) const MAX_ROW: u32 = 999_999_999;

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    pub(crate) fn run(run: &RunId) -> Self {
        Self::new(format!("RUN#{run}"), "RUN")
    }

    pub(crate) fn file(file_id: &str) -> Self {
        Self::new(format!("FILE#{file_id}"), "FILE")
    }

    pub(crate) fn row(run: &RunId, lanes: u32, row: u32) -> Self {
        Self::new(lane_pk(run, lane_of(row, lanes)), row_sk(row))
    }

    /// The progress of the lane that a row stands in.
    pub(crate) fn progress_of(run: &RunId, lanes: u32, row: u32) -> Self {
        Self::progress(run, lane_of(row, lanes))
    }

    pub(crate) fn progress(run: &RunId, lane: u32) -> Self {
        Self::new(lane_pk(run, lane), "PROGRESS")
    }

    pub(crate) fn lease(identity: &LeaseKey) -> Self {
        Self::new(format!("LEASE#{}", identity.0), "LEASE")
    }

    pub(crate) fn breaker() -> Self {
        Self::new("SWITCH#here-to-help".to_owned(), "SWITCH")
    }

    pub(crate) fn api_limit() -> Self {
        Self::new("LIMIT#here-to-help".to_owned(), "LIMIT")
    }

    pub(crate) fn api_speed() -> Self {
        Self::new("SPEED#here-to-help".to_owned(), "SPEED")
    }
}

/// The lane that a row stands in.
pub(crate) fn lane_of(row: u32, lanes: u32) -> u32 {
    row % lanes.max(1)
}

/// The partition of one lane of a run.
pub(crate) fn lane_pk(run: &RunId, lane: u32) -> String {
    format!("RUN#{run}#{lane}")
}

/// A row within its lane: sorts by number.
pub(crate) fn row_sk(row: u32) -> String {
    format!("ROW#{row:09}")
}

/// The run that a key belongs to: its own item, a progress or a row.
pub(crate) fn run_of(pk: &str) -> Option<RunId> {
    pk.strip_prefix("RUN#")?.split('#').next()?.parse().ok()
}

/// The file of a file's key.
pub(crate) fn file_of(pk: &str) -> Option<&str> {
    pk.strip_prefix("FILE#")
}

/// The row of a row's key.
pub(crate) fn row_of(sk: &str) -> Option<u32> {
    sk.strip_prefix("ROW#")?.parse().ok()
}

/// sha256 of two texts with a NUL between, in hexadecimal.
pub(crate) fn hash(kind: &str, value: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(kind);
    digest.update([0]);
    digest.update(value);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_known_by_file_and_revision() {
        let id = RunId::of("1AbC", "0123456789abcdef0123456789abcdef");
        assert_eq!(id, RunId::of("1AbC", "0123456789abcdef0123456789abcdef"));
        assert_ne!(id, RunId::of("1AbC", "another"));
        assert_ne!(RunId::of("a", "bc"), RunId::of("ab", "c"));
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in ["", "0123", "0123456789ABCDEF0123", "0123456789abcdef01234", "0123456789abcdef012#"] {
            assert_eq!(text.parse::<RunId>(), Err(RunIdError), "{text}");
        }
    }

    #[test]
    fn keys_are_those_of_the_design() {
        let run: RunId = "0123456789abcdef0123".parse().expect("an id");
        let row = Key::row(&run, 16, 35);
        assert_eq!((row.pk.as_str(), row.sk.as_str()), ("RUN#0123456789abcdef0123#3", "ROW#000000035"));
        assert_eq!((run_of(&row.pk), row_of(&row.sk)), (Some(run.clone()), Some(35)));
        assert_eq!(run_of(&Key::run(&run).pk), Some(run.clone()));
        assert_eq!(run_of(&Key::progress(&run, 3).pk), Some(run));
        assert_eq!(run_of(&Key::file("RUN#0123456789abcdef0123").pk), None);
        assert_eq!(file_of(&Key::file("1AbC").pk), Some("1AbC"));
        assert_eq!(row_of("PROGRESS"), None);
    }
}
