//! The summary of every feed but contact tracing.

use super::columns;
use super::id_column::IdColumn;
use super::parts::Spreadsheet;
use super::tab::{Tab, Takes};
use crate::header::Header;

/// Every row of the sheet with the ids that Here to Help gave, then its own columns.
pub(super) fn spreadsheets(ids: &[IdColumn], header: &Header, file: &str) -> Vec<Spreadsheet> {
    let columns = [columns::ids(ids), columns::own(header), columns::added(&columns::WHAT_BECAME_OF_IT)].concat();
    let cases = Tab::new("hackney_cases", columns, Takes::Every);
    let tabs = vec![cases, Tab::summary(), Tab::to_fix(header)];
    vec![Spreadsheet { kind: "processed", name: format!("PROCESSED_{file}"), tabs }]
}
