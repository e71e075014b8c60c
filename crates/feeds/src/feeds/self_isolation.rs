//! Self isolation: people who were called while they isolate and want the council's help (docs/contract/feeds.md, B.4).

use crate::decision::Post;
use crate::feed::{Column, Feed, Field, SummaryShape};
use crate::outbound::IdColumn;
use crate::row_reader::{RowReader, Skip};
use crate::text::shown;
use wire::{Address, AddressWhen, FollowUp, HelpRequest, ShieldingRequest};

const HOUSE_NUMBER: &str = "House Number";
const ADDRESS_LINE_1: &str = "Address Line 1";
const SUPPORT_REQUIRED: &str = "LA Support Required";
const LETTER_RECEIVED: &str = "LA Support Letter Received";
const NOTES: [&str; 5] = ["Day 4 Outcome", "Day 7 Outcome", "Day 10 Outcome", "Day 13 Outcome", "Comments"];
const DATE_TESTED: &str = "Date Tested";
const STATUS_REPORT: &str = "Status Report";

pub(super) static FEED: Feed = Feed {
    name: "self-isolation",
    title: "Self isolation",
    settings_prefix: "SELF_ISOLATION",
    author: "Data Ingestion: Self Isolation",
    summary: SummaryShape::Processed { ids: &[IdColumn::FollowUp, IdColumn::Resident, IdColumn::HelpRequest] },
    columns: &[
        Column::new("ID", Field::CtasId, "The id of the case. A row without it is rejected."),
        Column::new("NHS Number", Field::NhsNumber, "Ten digits. What is not a valid number is left out."),
        Column::new("Forename", Field::FirstName, "The first name."),
        Column::new("Surname", Field::LastName, "The last name."),
        Column::new("Date of Birth", Field::DateOfBirth, "Day before month, such as 25/12/1980."),
        Column::new(HOUSE_NUMBER, Field::AddressPart, "Put before Address Line 1, unless that begins with it.")
            .such_as("1"),
        Column::new(ADDRESS_LINE_1, Field::AddressPart, "The first line of the address.").such_as("Example Street"),
        Column::new("Address Line 2", Field::AddressSecondLine, "The second line of the address."),
        Column::new("Town", Field::AddressThirdLine, "The third line of the address."),
        Column::new("Postcode", Field::Postcode, "The postcode."),
        Column::new("UPRN", Field::Uprn, "The property's number, 1 to 12 digits; what is not one is left out."),
        Column::new("Email", Field::Email, "What has no @ is left out."),
        Column::new("Phone", Field::Mobile, "The mobile number."),
        Column::new("Phone2", Field::Telephone, "The telephone number."),
        Column::new(
            SUPPORT_REQUIRED,
            Field::Text,
            "A yes (1, yes, y, true) here or in the next column lets the row through.",
        )
        .such_as("yes"),
        Column::new(LETTER_RECEIVED, Field::Text, "A yes also makes a Shielding request, where the person has none.")
            .such_as("no"),
        Column::new(NOTES[0], Field::FreeText, "Becomes a case note.").such_as("Needs food"),
        Column::new(NOTES[1], Field::FreeText, "Becomes a case note."),
        Column::new(NOTES[2], Field::FreeText, "Becomes a case note."),
        Column::new(NOTES[3], Field::FreeText, "Becomes a case note."),
        Column::new(NOTES[4], Field::FreeText, "Becomes a case note."),
        Column::new(DATE_TESTED, Field::DateTested, "Only tests of the last 6 days, and later ones, are taken."),
        Column::new(STATUS_REPORT, Field::Text, "Only completed rows are taken.").such_as("Completed"),
    ],
    decide,
};

fn decide(row: &mut RowReader<'_>) -> Result<Post, Skip> {
    let letter_received = is_yes(row.text(LETTER_RECEIVED));
    is_completed(row.text(STATUS_REPORT))?;
    if !is_yes(row.text(SUPPORT_REQUIRED)) && !letter_received {
        return Err(Skip(format!("neither {SUPPORT_REQUIRED} nor {LETTER_RECEIVED} says yes")));
    }
    row.tested_within(6, DATE_TESTED)?;

    let (house, line) = match (row.address_part(HOUSE_NUMBER), row.address_part(ADDRESS_LINE_1)) {
        (Ok(house), Ok(line)) => (house, line),
        // Half a line would be another address.
        _ => (None, None),
    };
    let mut request = HelpRequest {
        help_needed: Some("Welfare Call".to_owned()),
        callback_required: Some(true),
        address_first_line: first_line(house, line),
        ..row.request()
    };
    row.add_metadata(&mut request, "LA_support_required", SUPPORT_REQUIRED);
    row.add_metadata(&mut request, "LA_support_letter_received", LETTER_RECEIVED);
    let note = |column| row.text(column).map(|text| row.note(format!("{column}: {text}")));
    Ok(Post {
        address: Address::apart(&mut request, address_when(house, line)),
        request,
        notes: NOTES.into_iter().filter_map(note).collect(),
        follow_up: letter_received.then(|| shielding_request(row)),
    })
}

fn is_completed(status: Option<&str>) -> Result<(), Skip> {
    match status {
        Some(status) if status.to_lowercase() == "completed" => Ok(()),
        Some(status) => Err(Skip(format!("{STATUS_REPORT} is \"{}\", not completed", shown(status)))),
        None => Err(Skip(format!("{STATUS_REPORT} is blank, not completed"))),
    }
}

fn is_yes(answer: Option<&str>) -> bool {
    answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "1" | "1.0" | "yes" | "y" | "true"))
}

/// The house number before the line, unless the line is it or begins with it.
fn first_line(house: Option<&str>, line: Option<&str>) -> Option<String> {
    match (house, line) {
        (Some(house), Some(line)) if !begins_with(line, house) => Some(format!("{house} {line}")),
        (house, line) => line.or(house).map(str::to_owned),
    }
}

/// As a whole word, in any case: `12 A road` and `12, A road` begin with `12`, `122 A road` does not.
fn begins_with(line: &str, house: &str) -> bool {
    let rest = line.to_lowercase().strip_prefix(&house.to_lowercase()).map(str::to_owned);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',']))
}

/// A row whose line is blank or just the house number knows no whole address.
fn address_when(house: Option<&str>, line: Option<&str>) -> AddressWhen {
    let folded = |text: Option<&str>| text.map(str::to_lowercase);
    if line.is_none() || folded(line) == folded(house) { AddressWhen::Missing } else { AddressWhen::Different }
}

/// Who got a letter is clinically extremely vulnerable and gets a Shielding request too.
fn shielding_request(row: &RowReader<'_>) -> FollowUp {
    let text = "--- self-reported CEV resident identified through self-isolation support process ---";
    FollowUp {
        note: row.note(text.to_owned()),
        request: ShieldingRequest { callback_required: false, help_needed: "Shielding".to_owned() },
    }
}
