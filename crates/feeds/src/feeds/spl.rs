//! SPL: the Shielding Patient List (docs/contract/feeds.md, B.3).

use crate::date;
use crate::decision::Post;
use crate::feed::{Column, Feed, Field, SummaryShape};
use crate::nothing::says_nothing;
use crate::outbound::IdColumn;
use crate::row_reader::{RowReader, Skip};
use wire::{Address, AddressWhen, HelpRequest};

const CATEGORY: &str = "category";
const DATE_OF_DEATH: &str = "DateOfDeath";

pub(super) static FEED: Feed = Feed {
    name: "spl",
    title: "Shielding Patient List",
    settings_prefix: "SPL",
    author: "Data Ingestion: Shielding Patient List",
    summary: SummaryShape::Processed { ids: &[IdColumn::Resident, IdColumn::HelpRequest] },
    columns: &[
        Column::new(
            "Traced_NHSNUMBER",
            Field::NhsNumberAsSplId,
            "The NHS number. A row without a valid one is rejected.",
        ),
        Column::new("PatientFirstName", Field::FirstName, "The first name."),
        Column::new("PatientSurname", Field::LastName, "The last name."),
        Column::new("DateOfBirth", Field::DateOfBirth, "Day before month, such as 25/12/1980."),
        Column::new("PatientAddress_Line1", Field::AddressFirstLine, "The first line of the address."),
        Column::new("PatientAddress_Line2", Field::AddressSecondLine, "The second line of the address."),
        Column::new("PatientAddress_Line3", Field::AddressThirdLine, "The third line of the address."),
        Column::new("PatientAddress_PostCode", Field::Postcode, "The postcode."),
        Column::new("PatientEmailAddress", Field::Email, "What has no @ is left out."),
        Column::new("mobile", Field::Mobile, "The mobile number."),
        Column::new("landline", Field::Telephone, "The telephone number."),
        Column::new(DATE_OF_DEATH, Field::DateOfDeath, "Stands in the case note."),
        Column::new(CATEGORY, Field::Text, "Stands in the case note.").such_as("GP"),
        Column::new("uprn", Field::Uprn, "The property's number, 1 to 12 digits; what is not one is left out."),
    ],
    decide,
};

fn decide(row: &mut RowReader<'_>) -> Result<Post, Skip> {
    let date_of_death = row.text(DATE_OF_DEATH).filter(|text| !date::is_zero(text) && !says_nothing(text));
    if date_of_death.is_some() {
        row.warn(format!("{DATE_OF_DEATH} is filled in: the row counts all the same, and no call is asked for"));
    }
    let mut request = HelpRequest {
        help_needed: Some("Shielding".to_owned()),
        help_with_something_else: Some(true),
        callback_required: Some(false),
        ..row.request()
    };
    let category = row.text(CATEGORY).unwrap_or_default();
    let death = date_of_death.map(|date| format!(" Date of death: {date}")).unwrap_or_default();
    Ok(Post {
        address: Address::apart(&mut request, AddressWhen::Different),
        request,
        notes: vec![row.note(format!("SPL Category: {category}.{death}"))],
        follow_up: None,
    })
}
