//! Who works on a run.

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::Token;

/// A run item's attributes that say who works on it; the others are [`Run`](crate::Run).
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Owners {
    /// Counts the splitters' writes: each is made to what the splitter saw, once.
    pub(crate) step: u64,
    pub(crate) split_token: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option")]
    pub(crate) split_until: Option<DateTime<Utc>>,
    /// Who gave its claim back last.
    pub(crate) split_released_by: Option<Token>,
    pub(crate) report_token: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option")]
    pub(crate) report_until: Option<DateTime<Utc>>,
    pub(crate) sweep_token: Option<Token>,
}

/// Until when a claim holds, unless it has expired.
pub(crate) fn held(token: Option<&Token>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    token.and(until).filter(|until| now < *until)
}
