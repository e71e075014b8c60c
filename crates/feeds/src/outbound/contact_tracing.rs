//! The summary of contact tracing: a spreadsheet for each council.

use super::columns::{self, OutColumn};
use super::tab::{Cases, Council, Spreadsheet, Tab};
use crate::feed::IdColumn;
use crate::header::Header;
use crate::settlement::Outcome;

/// The columns that the callers need, in the order that they know; the sheet has many more.
const CASES: [&str; 16] = [
    "Account ID",
    "NHS Number",
    "Forename",
    "Surname",
    "Gender",
    "Date of Birth",
    "House Number",
    "Postcode",
    "Email",
    "Phone",
    "Phone2",
    "First Symptomatic At",
    "Date Tested",
    "Comments",
    "Date Updated",
    "Date Time Extracted",
];
const EMAIL_LIST: [&str; 4] = ["Date Time Extracted", "Forename", "Surname", "Email"];
const ADDRESS_LIST: [&str; 5] = ["Date Time Extracted", "Forename", "Surname", "House Number", "Postcode"];
const PHONES: [&str; 2] = ["Phone", "Phone2"];

/// Hackney's with the lists of people who cannot be called, and the City's with its cases alone.
pub(super) fn spreadsheets(header: &Header, file: &str) -> Vec<Spreadsheet> {
    // What the feed's rules let through, whatever became of it.
    let cases = |name, columns: &[&str], council, filled: &[&str], blank: &[&str]| {
        let places = |names: &[&str]| names.iter().map(|name| columns::place(header, name)).collect();
        let (utla, filled, blank) = (columns::place(header, "UTLA"), places(filled), places(blank));
        let mut tab = Tab::new(name, people(header, columns), |outcome| outcome != Outcome::Skipped);
        tab.cases = Some(Cases { council, utla, filled, blank });
        tab
    };
    let hackney = vec![
        cases("email_list", &EMAIL_LIST, Council::Hackney, &["Email"], &PHONES),
        cases("address_list", &ADDRESS_LIST, Council::Hackney, &["House Number", "Postcode"], &PHONES),
        cases("hackney_cases", &CASES, Council::Hackney, &[], &[]),
        Tab::summary(),
        Tab::to_fix(header),
        skipped(header),
    ];
    let city = vec![cases("city_cases", &CASES, Council::City, &[], &[])];
    vec![
        Spreadsheet { kind: "hackney", name: format!("Hackney_CT_FOR_UPLOAD_{file}"), tabs: hackney },
        Spreadsheet { kind: "city", name: format!("city_CT_FOR_UPLOAD_{file}"), tabs: city },
    ]
}

/// The known columns first, then what became of the row.
fn people(header: &Header, names: &[&str]) -> Vec<OutColumn> {
    let ids = columns::ids(&[IdColumn::Resident, IdColumn::HelpRequest]);
    [columns::named(header, names), columns::added(&columns::WHAT_BECAME_OF_IT), ids].concat()
}

/// Other councils' people have no place here: only enough to find the row in the sheet.
fn skipped(header: &Header) -> Tab {
    let [row, reason] = [columns::SOURCE_ROW, columns::REASON].map(|column| columns::added(&[column]));
    let columns = [row, columns::named(header, &["Account ID"]), reason].concat();
    Tab::new("skipped", columns, |outcome| outcome == Outcome::Skipped)
}
