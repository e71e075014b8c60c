//! Checks that the person can be told apart.

use crate::column::Field;
use crate::feed::Feed;
use wire::HelpRequest;

/// The values that the API lacks to know the person by, in the feed's own column names; none where it lacks nothing.
///
/// Judged by what is sent: an NHS number, or first and last name and (a full date of birth or any of ctas id, UPRN,
/// phone, mobile, e-mail).
pub(crate) fn missing(feed: &Feed, request: &HelpRequest) -> Option<String> {
    let known_otherwise = [
        &request.dob_day,
        &request.nhs_ctas_id,
        &request.uprn,
        &request.contact_telephone_number,
        &request.contact_mobile_number,
        &request.email_address,
    ];
    if request.nhs_number.is_some() {
        return None;
    }
    let first = names(feed, &[Field::FirstName]).filter(|_| request.first_name.is_none());
    let last = names(feed, &[Field::LastName]).filter(|_| request.last_name.is_none());
    let other = names(feed, &SECOND_FACTS).filter(|_| known_otherwise.iter().all(|value| value.is_none()));
    let missing: Vec<String> =
        [first, last, other.map(|names| format!("one of {names}"))].into_iter().flatten().collect();
    (!missing.is_empty()).then(|| missing.join("; "))
}

/// Says what to fill in, in the feed's own column names.
pub(crate) fn how_to_fix(feed: &Feed) -> String {
    let columns = |fields: &[Field]| names(feed, fields).unwrap_or_default();
    let by_name = format!(
        "{} and {} and one of {}",
        columns(&[Field::FirstName]),
        columns(&[Field::LastName]),
        columns(&SECOND_FACTS)
    );
    match names(feed, &[Field::NhsNumber, Field::NhsNumberAsSplId]) {
        Some(nhs_number) => format!("Fill in a valid {nhs_number}, or {by_name}."),
        None => format!("Fill in {by_name}."),
    }
}

const SECOND_FACTS: [Field; 6] =
    [Field::DateOfBirth, Field::CtasId, Field::Uprn, Field::Telephone, Field::Mobile, Field::Email];

/// The columns that the feed has for these fields.
fn names(feed: &Feed, fields: &[Field]) -> Option<String> {
    let names: Vec<&str> =
        feed.columns().iter().filter(|column| fields.contains(&column.field)).map(|column| column.name()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
