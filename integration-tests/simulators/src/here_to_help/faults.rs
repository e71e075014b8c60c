//! The faults that a test orders: which calls, how often, after which commit, and what the caller gets.
//!
//! ```json
//! {
//!   "seed": 7,
//!   "rules": [
//!     {"answer": "500", "probability": 0.1},
//!     {"answer": "closed", "after": "everything", "probability": 0.1},
//!     {"answer": "502", "after": "resident", "next": 1, "name": "ann able"},
//!     {"answer": "429", "retry_after": 2, "next": 20},
//!     {"answer": "text-400", "after": "help-request", "calls": ["create"], "probability": 0.05},
//!     {"answer": "403", "correlation": "run-1/17"},
//!     {"latency_ms": [50, 200]},
//!     {"latency_ms": 4000, "probability": 0.01}
//!   ]
//! }
//! ```
//!
//! Each key of a rule is optional, but it must have `answer` or `latency_ms`. An unknown key is an error.
//!
//! | key | meaning |
//! |---|---|
//! | `answer` | what the caller gets, an [`Answer`] |
//! | `after` | what is done and committed before: an [`After`], `nothing` if left out |
//! | `retry_after` | the header of a `429`, in seconds |
//! | `latency_ms` | how long the call waits before anything else: a number, or `[from, to]`; those of several rules add up |
//! | `probability` | 0 to 1; 1 if left out |
//! | `next` | how many calls the rule strikes before it is used up; without end if left out |
//! | `calls` | only these [`Call`]s |
//! | `name` | only calls that carry this in first and last name (any case), as in `ann able` |
//! | `correlation` | only calls whose `X-Correlation-Id` is this, or begins with it where it ends in `/` |
//!
//! | to play | order |
//! |---|---|
//! | the wrong key | `{"answer": "403"}` |
//! | 403 for one row only | `{"answer": "403", "correlation": "<run>/<row>"}` |
//! | an answer lost after the commit | `{"answer": "closed", "after": "everything"}` |
//! | a partial commit, then the gateway's 502 | `{"answer": "502", "after": "resident"}` |
//! | an outage | `{"answer": "closed"}`, `{"answer": "503"}` or `{"answer": "hang"}` |
//! | latency that spikes | `{"latency_ms": 4000, "probability": 0.01}` |
//!
//! The first rule with an answer that strikes decides. A rule passes over calls that cannot end so: `text-400` strikes
//! only where the API catches its exceptions, `after: resident` only calls that write a resident.
//!
//! **Deterministic**: whether a rule with a probability strikes depends on the seed, the rule's place, what call it is,
//! its correlation id (without one: its body and query) and how many such calls there were since the faults were set —
//! not on the order in which different rows' calls arrive. `next` counts in order of arrival.

use serde::{Deserialize, Serialize};

use super::call::Call;

/// The faults in force: see the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Faults {
    /// The seed of the dice
    pub seed: u64,
    /// The rules, in the order in which they are asked
    pub rules: Vec<Rule>,
}

/// One rule: see the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// The answer that the caller gets
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The steps that are done before
    pub after: After,
    /// The header of a 429, in seconds
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// How long the call waits first
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Latency>,
    /// How likely it strikes, 0 to 1; always if left out
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// How many calls it strikes; without end if left out
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Only these calls; all if empty
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// Only calls with this in their first and last name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Only calls with this correlation id
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
}

/// The answer that the caller gets instead of the API's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// `403 {"message":"Forbidden"}`
    #[serde(rename = "403")]
    Forbidden,
    /// `429 {"message":"Too Many Requests"}`
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500, empty body
    #[serde(rename = "500")]
    ServerError,
    /// `502 {"message":"Internal server error"}`
    #[serde(rename = "502")]
    BadGateway,
    /// `503 {"message":"Service Unavailable"}`
    #[serde(rename = "503")]
    Unavailable,
    /// `504 {"message":"Endpoint request timed out"}`
    #[serde(rename = "504")]
    GatewayTimeout,
    /// 400 with the text `Record not created. …` (or `updated`) that repeats the row
    #[serde(rename = "text-400")]
    Text400,
    /// 400 with problem details that repeat the row
    #[serde(rename = "object-400")]
    Object400,
    /// The connection is closed without an answer
    #[serde(rename = "closed")]
    Closed,
    /// The connection stays open, and no answer ever comes
    #[serde(rename = "hang")]
    Hang,
}

/// The steps that a call takes, and commits, before a fault strikes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// Nothing at all
    #[default]
    Nothing,
    /// Everything up to and with the resident
    Resident,
    /// Everything up to and with the help request
    HelpRequest,
    /// Everything up to and with the case note, if it has one
    Note,
    /// Everything: the answer alone is lost
    Everything,
}

/// A wait in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Latency {
    /// Always the same
    Fixed(u64),
    /// Anything from the first to the second, each as likely
    Between(u64, u64),
}

/// `Faults` as they are written, not checked yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    rules: Vec<Rule>,
}

impl TryFrom<Written> for Faults {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        for (place, rule) in written.rules.iter().enumerate() {
            rule.check().map_err(|problem| format!("rule {place}: {problem}"))?;
        }
        Ok(Self { seed: written.seed, rules: written.rules })
    }
}

impl Rule {
    fn check(&self) -> Result<(), &'static str> {
        if self.answer.is_none() && self.latency_ms.is_none() {
            return Err("give it an `answer` or a `latency_ms`");
        }
        if self.answer.is_none() && self.after != After::Nothing {
            return Err("`after` needs an `answer`");
        }
        if self.retry_after.is_some() && self.answer != Some(Answer::TooManyRequests) {
            return Err("only `\"answer\": \"429\"` has a `retry_after`");
        }
        if self.probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Err("`probability` goes from 0 to 1");
        }
        if matches!(self.latency_ms, Some(Latency::Between(from, to)) if from > to) {
            return Err("`latency_ms` goes from the smaller to the larger");
        }
        Ok(())
    }
}
