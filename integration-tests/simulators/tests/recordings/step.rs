//! A recording as it is written.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use serde_json::Value;

/// The requests, one after the other, and their answers. Those that asked in parallel have no exchanges: they show one
/// outcome of many.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) scenario: String,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) exchanges: Vec<Exchange>,
}

#[derive(Deserialize)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) answer: Recorded,
    /// Which one of several was free
    #[serde(default)]
    pub(crate) arbitrary: bool,
}

#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    /// Beside, or in place of, the key and `Content-Type: application/json`; null for none
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    pub(crate) body: Option<String>,
    pub(crate) body_base64: Option<String>,
    #[serde(default)]
    pub(crate) chunked: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Recorded {
    Answer(Answer),
    /// `not asked: …`: an earlier exchange failed, as expected
    NotAsked(String),
}

#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) body: Option<Value>,
    pub(crate) location: Option<String>,
    /// How the text of `kind` text begins
    pub(crate) begins: Option<String>,
}

impl Step {
    /// The steps of a file; of a sequence each line is one exchange, a step by itself.
    pub(crate) fn all_of(file: &str, text: &str) -> Vec<Self> {
        let read = |(line, text)| {
            if file.starts_with("sequence") {
                let exchange = serde_json::from_str(text).expect("an exchange");
                Self { scenario: file.to_owned(), label: format!("line {}", line + 1), exchanges: vec![exchange] }
            } else {
                serde_json::from_str(text).expect("a step")
            }
        };
        text.lines().enumerate().map(read).collect()
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, {:?}", self.scenario, self.label)
    }
}
