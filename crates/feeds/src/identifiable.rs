//! Checks that the person can be told apart.

use crate::column::Field;
use crate::feed::Feed;
use crate::problem::Problem;
use crate::row_reader::UsedCell;
use wire::HelpRequest;

const SECOND_FACTS: [Field; 6] =
    [Field::DateOfBirth, Field::CtasId, Field::Uprn, Field::Telephone, Field::Mobile, Field::Email];

/// The values that the API lacks to know the person by, in the feed's own column names; none where it lacks nothing. Where
/// one name alone is missing, it is that column's problem. Judged by what is sent: an NHS number, or first and last name and
/// (a full date of birth or any of ctas id, UPRN, phone, mobile, e-mail).
pub(crate) fn problem(feed: &Feed, cells: &[UsedCell<'_>], request: &HelpRequest) -> Option<Problem> {
    let second_facts = [
        &request.dob_day,
        &request.nhs_ctas_id,
        &request.uprn,
        &request.contact_telephone_number,
        &request.contact_mobile_number,
        &request.email_address,
    ];
    let is_known_otherwise = second_facts.into_iter().any(Option::is_some);
    let is_missing = [request.first_name.is_none(), request.last_name.is_none(), !is_known_otherwise];
    if request.nhs_number.is_some() || is_missing == [false; 3] {
        return None;
    }
    let one_of = format!("one of {}", names(feed, &SECOND_FACTS));
    let needed = [names(feed, &[Field::FirstName]), names(feed, &[Field::LastName]), one_of];
    let missing = needed.iter().zip(is_missing).filter_map(|(name, is_missing)| is_missing.then_some(name.as_str()));
    let missing = missing.collect::<Vec<_>>().join("; ");
    let how_to_fix = match names(feed, &[Field::NhsNumber, Field::NhsNumberAsSplId]) {
        none if none.is_empty() => format!("Fill in {}.", needed.join(" and ")),
        nhs_number => format!("Fill in a valid {nhs_number}, or {}.", needed.join(" and ")),
    };
    let problem = format!("this is not enough to tell who the person is; missing or left out: {missing}");
    let field = match is_missing {
        [true, false, false] => Some(Field::FirstName),
        [false, true, false] => Some(Field::LastName),
        _ => None,
    };
    let column = cells.iter().find(|cell| Some(cell.column.field) == field).map(|cell| cell.name.to_owned());
    Some(Problem { column, ..Problem::of_row(problem, how_to_fix) })
}

fn names(feed: &Feed, fields: &[Field]) -> String {
    let columns = feed.columns.iter().filter(|column| fields.contains(&column.field));
    columns.map(|column| column.name).collect::<Vec<_>>().join(", ")
}
