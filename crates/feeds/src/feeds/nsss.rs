//! NSSS: clinically extremely vulnerable people who asked the National Shielding Service System for support
//! (docs/contract/feeds.md, B.2).

use crate::decision::Post;
use crate::feed::{Column, Feed, Field, SummaryShape};
use crate::outbound::IdColumn;
use crate::row_reader::{RowReader, Skip};
use wire::{Address, AddressWhen, HelpRequest};

const SUBMITTED: &str = "submission_datetime";
const DELIVERIES: &str = "do_you_want_supermarket_deliveries";
const SHOPPING: &str = "do_you_have_someone_to_go_shopping_for_you";
const CONTACT: &str = "do_you_need_someone_to_contact_you_about_local_support";

pub(super) static FEED: Feed = Feed {
    name: "nsss",
    title: "National Shielding Service System",
    settings_prefix: "CEV",
    author: "Data Ingestion: National Shielding Service System",
    summary: SummaryShape::Processed { ids: &[IdColumn::Resident, IdColumn::HelpRequest] },
    columns: &[
        Column::new(
            "ID",
            Field::NsssId,
            r"The id of the submission. A row without it, or with %, _ or \ in it, is rejected.",
        ),
        Column::new("nhs_number", Field::NhsNumber, "Ten digits. What is not a valid number is left out."),
        Column::new("first_name", Field::FirstName, "The first name."),
        Column::new("last_name", Field::LastName, "The last name."),
        Column::new("date_of_birth", Field::DateOfBirth, "Day before month, such as 25/12/1980."),
        Column::new("address_line1", Field::AddressFirstLine, "The first line of the address."),
        Column::new("address_line2", Field::AddressSecondLine, "The second line of the address."),
        Column::new("address_town_city", Field::AddressThirdLine, "The third line of the address."),
        Column::new("address_postcode", Field::Postcode, "The postcode."),
        Column::new("address_uprn", Field::Uprn, "The property's number, 1 to 12 digits; what is not one is left out."),
        Column::new("contact_number_calls", Field::Telephone, "The telephone number."),
        Column::new("contact_number_texts", Field::Mobile, "The mobile number."),
        Column::new("contact_email", Field::Email, "What has no @ is left out."),
        Column::new(SUBMITTED, Field::Text, "Stands in the case note.").such_as("01/03/2021 10:21"),
        Column::new(DELIVERIES, Field::Text, "Stands in the case note.").such_as("yes"),
        Column::new(SHOPPING, Field::Text, "Stands in the case note.").such_as("no"),
        Column::new(CONTACT, Field::Text, "Stands in the case note; \"yes\" asks for a call.").such_as("yes"),
    ],
    decide,
};

fn decide(row: &mut RowReader<'_>) -> Result<Post, Skip> {
    let wants_a_call = row.text(CONTACT).is_some_and(|answer| answer.to_lowercase() == "yes");
    let mut request = HelpRequest {
        help_needed: Some("Shielding".to_owned()),
        help_with_something_else: Some(true),
        callback_required: Some(wants_a_call),
        ..row.request()
    };
    Ok(Post {
        address: Address::apart(&mut request, AddressWhen::Different),
        request,
        notes: vec![row.note(answers(row))],
        follow_up: None,
    })
}

/// Notes are found again by their text, so it stays as it has always been, the double blank too.
fn answers(row: &RowReader<'_>) -> String {
    let [submitted, deliveries, shopping, contact] =
        [SUBMITTED, DELIVERIES, SHOPPING, CONTACT].map(|column| row.text(column).unwrap_or_default());
    format!(
        "CEV: Dec 2020 Tier 4 NSSS Submitted on:  {submitted}. Do you want supermarket deliveries? {deliveries}. \
         Do you have someone to go shopping for you? {shopping}. \
         Do you need someone to contact you about local support? {contact}."
    )
}
