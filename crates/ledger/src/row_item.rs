//! A row, as the table has it.

use std::collections::BTreeMap;

use chrono::serde::ts_milliseconds_option;
use chrono::{DateTime, Utc};
use feeds::Outcome;
use serde::{Deserialize, Serialize};

use crate::Token;
use crate::item::expiry;
use crate::row::{NewRow, NewRowState};

/// How long a row is kept after it was ledgered, in days.
pub(crate) const KEPT_OPEN: i64 = 90;
/// How long a row is kept after it settled, in days.
pub(crate) const KEPT_SETTLED: i64 = 30;

/// A row as the table has it. Its state follows from what is there: an outcome = settled; a claim and no outcome =
/// posting; neither = pending; both = settled, and being redriven.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RowItem {
    pub(crate) row: u32,
    pub(crate) reading: u32,
    #[serde(default)]
    pub(crate) cells: Vec<String>,
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    #[serde(default)]
    pub(crate) attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) claim: Option<Token>,
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub(crate) claim_until: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) may_have_been_sent: bool,
    #[serde(default)]
    pub(crate) notebook: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    #[serde(default, with = "ts_milliseconds_option", skip_serializing_if = "Option::is_none")]
    pub(crate) settled_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settled_by: Option<Token>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error_class: Option<String>,
    #[serde(default)]
    pub(crate) reason: String,
    #[serde(default)]
    pub(crate) how_to_fix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resident_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) help_request_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) follow_up_id: Option<i64>,
    pub(crate) expires_at: i64,
}

impl RowItem {
    /// A row as it is ledgered.
    pub(crate) fn new(new: &NewRow, reading: u32, now: DateTime<Utc>) -> Self {
        let (outcome, reason, how_to_fix) = match &new.state {
            NewRowState::Pending => (None, "", ""),
            NewRowState::Skipped { reason } => (Some(Outcome::Skipped), reason.as_str(), ""),
            NewRowState::Rejected { reason, how_to_fix } => {
                (Some(Outcome::Rejected), reason.as_str(), how_to_fix.as_str())
            }
        };
        Self {
            row: new.row,
            reading,
            cells: new.cells.clone(),
            warnings: new.warnings.clone(),
            attempts: 0,
            claim: None,
            claim_until: None,
            may_have_been_sent: false,
            notebook: BTreeMap::new(),
            outcome,
            settled_at: outcome.map(|_| now),
            settled_by: None,
            error_class: None,
            reason: reason.to_owned(),
            how_to_fix: how_to_fix.to_owned(),
            resident_id: None,
            help_request_id: None,
            follow_up_id: None,
            expires_at: expiry(now, if outcome.is_some() { KEPT_SETTLED } else { KEPT_OPEN }),
        }
    }
}
