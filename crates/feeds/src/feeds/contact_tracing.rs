//! Contact tracing: people who tested positive, from the national contact tracing service (docs/contract/feeds.md, B.1).

use crate::decision::Post;
use crate::feed::{Column, Feed, Field, SummaryShape};
use crate::outbound::Council;
use crate::row_reader::{RowReader, Skip};
use crate::text::shown;
use wire::{Address, AddressWhen, HelpRequest};

const UTLA: &str = "UTLA";
const ACCOUNT_ID: &str = "Account ID";
const DATE_TESTED: &str = "Date Tested";
const FIRST_SYMPTOMATIC_AT: &str = "First Symptomatic At";
const COMMENTS: &str = "Comments";

pub(super) static FEED: Feed = Feed {
    name: "contact-tracing",
    title: "Contact tracing",
    settings_prefix: "CT",
    author: "Data Ingestion: Contact Tracing",
    summary: SummaryShape::ContactTracing,
    columns: &[
        Column::new(ACCOUNT_ID, Field::CtasId, "The id of the contact tracing account. A row without it is rejected."),
        Column::new("NHS Number", Field::NhsNumber, "Ten digits. What is not a valid number is left out."),
        Column::new("Forename", Field::FirstName, "The first name."),
        Column::new("Surname", Field::LastName, "The last name."),
        Column::new("Date of Birth", Field::DateOfBirth, "Day before month, such as 25/12/1980."),
        Column::new("House Number", Field::AddressFirstLine, "Written only where no address is known yet."),
        Column::new("Postcode", Field::Postcode, "The postcode."),
        Column::new("Email", Field::Email, "What has no @ is left out."),
        Column::new("Phone", Field::Telephone, "The telephone number."),
        Column::new("Phone2", Field::Mobile, "The mobile number."),
        Column::new(FIRST_SYMPTOMATIC_AT, Field::Text, "Kept with the request as it stands.").such_as("01/03/2021"),
        Column::new(DATE_TESTED, Field::DateTested, "Only tests of the last 13 days, and later ones, are taken."),
        Column::new(COMMENTS, Field::FreeText, "Becomes a case note.").such_as("Prefers a call in the afternoon"),
        Column::new(UTLA, Field::Text, "The council: Hackney or City of London; other rows are skipped.")
            .such_as("Hackney"),
    ],
    decide,
};

fn decide(row: &mut RowReader<'_>) -> Result<Post, Skip> {
    is_ours(row.text(UTLA))?;
    is_not_excluded(row)?;
    row.tested_within(13, DATE_TESTED)?;

    let mut request = HelpRequest {
        help_needed: Some("Contact Tracing".to_owned()),
        callback_required: Some(true),
        help_with_something_else: Some(true),
        ..row.request()
    };
    row.add_metadata(&mut request, "first_symptomatic_at", FIRST_SYMPTOMATIC_AT);
    row.add_metadata(&mut request, "date_tested", DATE_TESTED);
    let comment = row.text(COMMENTS).map(|comment| row.note(comment.to_owned()));
    Ok(Post {
        address: Address::apart(&mut request, AddressWhen::Missing),
        request,
        notes: comment.into_iter().collect(),
        follow_up: None,
    })
}

fn is_ours(utla: Option<&str>) -> Result<(), Skip> {
    let utla = utla.ok_or_else(|| Skip(format!("{UTLA} is blank")))?;
    match Council::of(utla) {
        Some(_) => Ok(()),
        None => Err(Skip(format!("{UTLA} is \"{}\", not Hackney or City of London", shown(utla)))),
    }
}

fn is_not_excluded(row: &RowReader<'_>) -> Result<(), Skip> {
    match row.text(ACCOUNT_ID) {
        Some(id) if row.rules.excluded.contains(id) => {
            Err(Skip(format!("this {ACCOUNT_ID} is on the list of excluded ids")))
        }
        _ => Ok(()),
    }
}
