//! A row as it is listed.

use feeds::Outcome;
use ledger::{RowRecord, RunId};
use serde::Serialize;

use crate::render::plain;

/// The ids by which Here to Help knows a row.
#[derive(Serialize)]
pub(crate) struct Ids {
    pub(crate) resident_id: Option<i64>,
    pub(crate) help_request_id: Option<i64>,
    pub(crate) follow_up_id: Option<i64>,
}

impl Ids {
    pub(crate) fn of(row: &RowRecord) -> Self {
        Self {
            resident_id: row.resident_id(),
            help_request_id: row.delivery.help_request_id,
            follow_up_id: row.follow_up_id(),
        }
    }
}

pub(crate) fn outcome_of(row: &RowRecord) -> &'static str {
    row.outcome().map_or("open", Outcome::as_str)
}

pub(crate) fn row_line(run: &RunId, row: &RowRecord, reveal: bool) -> String {
    let Ids { resident_id, help_request_id, follow_up_id } = Ids::of(row);
    let ids = [("resident", resident_id), ("request", help_request_id), ("follow-up", follow_up_id)];
    let ids = ids.into_iter().filter_map(|(name, id)| Some(format!("{name} {}", id?)));
    let (id, outcome, attempts) = (row.id(run).to_string(), outcome_of(row), row.attempts);
    let (class, ids) = (row.error_class().unwrap_or_default(), ids.collect::<Vec<_>>().join(", "));
    let reason = if reveal { plain(row.reason()) } else { String::new() };
    let line = format!("{id:<28} {outcome:<13} {attempts:>2} {class:<17} {ids} {reason}");
    line.trim_end().to_owned()
}
