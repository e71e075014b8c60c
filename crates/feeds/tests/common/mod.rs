//! Helpers that the tests share: sheets made of a row that its feed takes.

use chrono::NaiveDate;
use feeds::{Decision, ExcludedIds, Feed, FileRejected, Intake, Judged, Origin, Post, Problem, Rules, SheetRow};

/// The day and the excluded ids of the fixtures.
pub(crate) fn rules() -> Rules {
    Rules {
        as_of: NaiveDate::from_ymd_opt(2021, 3, 8).expect("a date"),
        excluded: ExcludedIds::parse("ctas-excluded, other"),
    }
}

pub(crate) fn feed(name: &str) -> &'static Feed {
    Feed::named(name).expect("a feed")
}

/// Reads a whole sheet.
pub(crate) fn ingest(
    feed: &'static Feed,
    rows: impl IntoIterator<Item = SheetRow>,
) -> Result<Vec<Judged>, FileRejected> {
    let mut intake = Intake::new(feed, rules(), Origin::Separated);
    let mut judged = Vec::new();
    for row in rows {
        judged.extend(intake.push(row)?);
    }
    judged.extend(intake.finish()?);
    Ok(judged)
}

/// The used columns of a feed with a value each, that make a row which is posted.
pub(crate) fn good_row(feed: &Feed) -> Vec<(&'static str, &'static str)> {
    let value = |column: &'static str| match column {
        "Account ID" => "70001",
        "ID" => "si-1",
        "NHS Number" | "nhs_number" | "Traced_NHSNUMBER" => "943 476 5919",
        "Forename" | "first_name" | "PatientFirstName" | "First name" => "Mary",
        "Surname" | "last_name" | "PatientSurname" => "Cohen",
        "Date of Birth" | "date_of_birth" | "DateOfBirth" | "d.o.b" => "05/11/1964",
        "House Number" => "12",
        "Address Line 1" | "address_line1" | "PatientAddress_Line1" => "A road",
        "Address Line 2" | "address_line2" | "PatientAddress_Line2" => "Flat 2",
        "Town" | "City" | "address_town_city" | "PatientAddress_Line3" => "London",
        "Postcode" | "address_postcode" | "PatientAddress_PostCode" => "e8 1ab",
        "UPRN" | "address_uprn" | "uprn" => "0023000001",
        "Email" | "contact_email" | "PatientEmailAddress" => "m@example.org",
        "Phone" | "contact_number_texts" | "mobile" | "Phone number" => "07700900123",
        "Phone2" | "contact_number_calls" | "landline" | "Phone number 2" => "+44 20 7946 0000",
        "First Symptomatic At" => "2021-03-01",
        "Date Tested" => "07/03/2021",
        "UTLA" => "Hackney",
        "submission_datetime" => "2021-03-01 10:21:00",
        "do_you_want_supermarket_deliveries" | "do_you_need_someone_to_contact_you_about_local_support" => "Yes",
        "do_you_have_someone_to_go_shopping_for_you" => "No",
        "category" => "GP",
        "LA Support Required" | "LA Support Letter Received" => "1",
        "Status Report" => "Completed",
        "Help Request Type" => "EUSS",
        "Day 4 Outcome" => "four",
        "Day 7 Outcome" => "seven",
        "Day 10 Outcome" => "ten",
        "Day 13 Outcome" => "thirteen",
        "Comments" => "said \"later\"",
        "Case Note 1" => "one",
        "Case Note 2" => "two",
        "Case Note 3" => "three",
        "Case Note 4" => "four",
        _ => "",
    };
    feed.columns().iter().map(|column| (column.name, value(column.name))).collect()
}

/// Judges a good row with some cells changed, in row 2 of a sheet. Columns that the feed does not use are added.
pub(crate) fn judge(name: &str, changes: &[(&str, &str)]) -> Judged {
    let feed = feed(name);
    let mut cells = good_row(feed);
    for (column, text) in changes {
        match cells.iter_mut().find(|(name, _)| name == column) {
            Some(cell) => cell.1 = text,
            None => cells.push((column, text)),
        }
    }
    let header = SheetRow::of_text(1, cells.iter().map(|(column, _)| *column));
    let row = SheetRow::of_text(2, cells.iter().map(|(_, text)| *text));
    ingest(feed, [header, row]).expect("the file is accepted").pop().expect("the row is judged")
}

pub(crate) fn post(judged: &Judged) -> &Post {
    match &judged.decision {
        Decision::Post(post) => post,
        Decision::Skipped { reason } => panic!("skipped: {reason}"),
        Decision::Rejected { problems } => panic!("rejected: {}", problems[0].problem),
    }
}

pub(crate) fn problems(judged: &Judged) -> &[Problem] {
    match &judged.decision {
        Decision::Rejected { problems } => problems,
        other => panic!("not rejected but {other:?}"),
    }
}

pub(crate) fn reason(judged: &Judged) -> &str {
    match &judged.decision {
        Decision::Skipped { reason } => reason,
        other => panic!("not skipped but {other:?}"),
    }
}
