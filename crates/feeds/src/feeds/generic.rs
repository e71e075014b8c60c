//! Generic: other lists of people to help, by kind of request (docs/contract/feeds.md, B.5).

use crate::decision::Post;
use crate::feed::{Column, Feed, Field, SummaryShape};
use crate::outbound::IdColumn;
use crate::row_reader::{RowReader, Skip};
use crate::text::shown;
use wire::{Address, AddressWhen, HelpRequest};

const KIND: &str = "Help Request Type";
const SUBTYPE: &str = "Subtype";
const NOTES: [&str; 4] = ["Case Note 1", "Case Note 2", "Case Note 3", "Case Note 4"];

pub(super) static FEED: Feed = Feed {
    name: "generic",
    title: "Generic ingestion",
    settings_prefix: "GENERIC_INGESTION",
    author: "Data Ingestion: Generic Ingestion",
    summary: SummaryShape::Processed { ids: &[IdColumn::Resident, IdColumn::HelpRequest] },
    columns: &[
        Column::new("First name", Field::FirstName, "The first name."),
        Column::new("Surname", Field::LastName, "The last name."),
        Column::new("d.o.b", Field::DateOfBirth, "Day before month, such as 25/12/1980."),
        Column::new(KIND, Field::Text, "EUSS or Link Work; other rows are skipped.").such_as("EUSS"),
        Column::new("Address Line 1", Field::AddressFirstLine, "The first line of the address."),
        Column::new("Address Line 2", Field::AddressSecondLine, "The second line of the address."),
        Column::new("City", Field::AddressThirdLine, "The third line of the address."),
        Column::new("Postcode", Field::Postcode, "The postcode."),
        Column::new("Email", Field::Email, "What has no @ is left out."),
        Column::new("Phone number", Field::Telephone, "The telephone number."),
        Column::new("Phone number 2", Field::Mobile, "The mobile number."),
        Column::new("UPRN", Field::Uprn, "The property's number, 1 to 12 digits; what is not one is left out."),
        Column::new(SUBTYPE, Field::Text, "Blank or Repairs; other rows are skipped."),
        Column::new(NOTES[0], Field::FreeText, "Becomes a case note.").such_as("Prefers a call in the afternoon"),
        Column::new(NOTES[1], Field::FreeText, "Becomes a case note."),
        Column::new(NOTES[2], Field::FreeText, "Becomes a case note."),
        Column::new(NOTES[3], Field::FreeText, "Becomes a case note."),
    ],
    decide,
};

fn decide(row: &mut RowReader<'_>) -> Result<Post, Skip> {
    let kind = kind(row.text(KIND))?;
    let subtype = subtype(row.text(SUBTYPE))?;

    let mut request = HelpRequest {
        help_needed: Some(kind.to_owned()),
        help_needed_subtype: subtype.map(str::to_owned),
        callback_required: Some(true),
        ..row.request()
    };
    request.metadata.insert("Author".to_owned(), row.author.into());
    request.metadata.insert("generic_ingestion_id".to_owned(), id(kind, subtype).into());
    let note = |column| row.text(column).map(|text| row.note(format!("Note from Data Ingestion: {text}")));
    Ok(Post {
        address: Address::apart(&mut request, AddressWhen::Different),
        request,
        notes: NOTES.into_iter().filter_map(note).collect(),
        follow_up: None,
    })
}

fn kind(text: Option<&str>) -> Result<&'static str, Skip> {
    let text = text.ok_or_else(|| Skip(format!("{KIND} is blank")))?;
    match text.to_uppercase().as_str() {
        "EUSS" => Ok("EUSS"),
        "LINK WORK" => Ok("Link Work"),
        _ => Err(Skip(format!("{KIND} is \"{}\", not EUSS or Link Work", shown(text)))),
    }
}

fn subtype(text: Option<&str>) -> Result<Option<&'static str>, Skip> {
    match text {
        None => Ok(None),
        Some(text) if text.to_uppercase() == "REPAIRS" => Ok(Some("Repairs")),
        Some(text) => Err(Skip(format!("{SUBTYPE} is \"{}\", not blank or Repairs", shown(text)))),
    }
}

/// One request per resident and kind: the API finds it by this id.
fn id(kind: &str, subtype: Option<&str>) -> String {
    format!("{kind}{}", subtype.unwrap_or_default()).replace(' ', "")
}
