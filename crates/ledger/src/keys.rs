//! Ids of runs and rows, and the keys of every item.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many hexadecimal digits a run's id has.
const RUN_ID_LENGTH: usize = 20;

/// The id of a run: the same file and revision always give the same id, so that a claim is a conditional put.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// A text that is no run's id. Does not quote it.
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

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
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

/// sha256 of two texts with a NUL between, in hexadecimal.
pub(crate) fn hash(kind: &str, value: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(kind);
    digest.update([0]);
    digest.update(value);
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
