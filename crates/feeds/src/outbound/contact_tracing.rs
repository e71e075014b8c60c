//! The summary of contact tracing: a spreadsheet for each council.

use super::columns::{self, OutColumn, Source};
use super::parts::Spreadsheet;
use super::tab::{Cases, Council, Tab, Takes};
use crate::feed::IdColumn;
use crate::header::Header;

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
    let cases = |council, filled: &[&str], blank: &[&str]| {
        let places = |names: &[&str]| names.iter().map(|name| columns::place(header, name)).collect();
        Takes::Cases(Cases {
            council,
            utla: columns::place(header, "UTLA"),
            filled: places(filled),
            blank: places(blank),
        })
    };
    let hackney = vec![
        Tab::new("email_list", people(header, &EMAIL_LIST), cases(Council::Hackney, &["Email"], &PHONES)),
        Tab::new(
            "address_list",
            people(header, &ADDRESS_LIST),
            cases(Council::Hackney, &["House Number", "Postcode"], &PHONES),
        ),
        Tab::new("hackney_cases", people(header, &CASES), cases(Council::Hackney, &[], &[])),
        Tab::summary(),
        Tab::to_fix(header),
        skipped(header),
    ];
    let city = vec![Tab::new("city_cases", people(header, &CASES), cases(Council::City, &[], &[]))];
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
    let [row, reason] =
        [("source_row", Source::Row), ("reason", Source::Reason)].map(|column| columns::added(&[column]));
    Tab::new("skipped", [row, columns::named(header, &["Account ID"]), reason].concat(), Takes::Skipped)
}
