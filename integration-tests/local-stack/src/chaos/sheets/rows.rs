//! One row of each feed about a person.

use feeds::Feed;
use rand::Rng;
use rand::rngs::StdRng;

use super::people::Person;
use super::row::{Becomes, RequestKey, Row, Wanted};
use super::says;

/// The contact tracing accounts that are left out.
pub const EXCLUDED: &str = "ct-excluded";
/// A date that does not exist: the row must be corrected.
const NO_DATE: &str = "1980-02-31";

/// The special thing about a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Special {
    Nothing,
    /// A rule of the feed leaves it out, where the feed has one.
    Skip,
    /// The date of birth does not exist.
    Reject,
}

type Cells = Vec<(&'static str, String)>;

/// True if the feed's sheets can list a person so that the API finds them again, or by design need not.
pub(super) fn can_list(feed: &Feed, person: &Person) -> bool {
    match feed.name() {
        "spl" => person.nhs_number.is_some(),
        "contact-tracing" => true,
        _ => !person.is_known_by_name_alone(),
    }
}

/// A row about a person.
pub(super) fn make(feed: &'static Feed, person: &Person, week: usize, number: u32, rng: &mut StdRng) -> Row {
    let special = match rng.random_range(0..20) {
        0 | 1 => Special::Skip,
        2 => Special::Reject,
        _ => Special::Nothing,
    };
    let (mut cells, mut becomes) = match feed.name() {
        "spl" => spl(person, rng),
        "nsss" => nsss(person, week, rng),
        "contact-tracing" => contact_tracing(person, week, special, rng),
        "self-isolation" => self_isolation(person, week, special, rng),
        _ => generic(person, week, special, rng),
    };
    let born = if special == Special::Reject { NO_DATE.to_owned() } else { person.born() };
    cells.push((date_of_birth(feed), born));
    if let Becomes::Request(wanted) = &mut becomes {
        wanted.says = says::of(feed.name(), &cells);
    }
    // The feed's filters come first: only a row that they let through can be rejected.
    let becomes = if special == Special::Reject { Becomes::Rejected } else { becomes };
    let cell = |name: &str| cells.iter().find(|(column, _)| *column == name).map(|(_, cell)| cell.clone());
    let cells = feed.columns().iter().map(|column| cell(column.name).unwrap_or_default()).collect();
    Row { number, cells, person: person.clone(), becomes }
}

fn date_of_birth(feed: &Feed) -> &'static str {
    match feed.name() {
        "spl" => "DateOfBirth",
        "nsss" => "date_of_birth",
        "generic" => "d.o.b",
        _ => "Date of Birth",
    }
}

fn request(key: RequestKey, notes: Vec<String>) -> Becomes {
    Becomes::Request(Wanted { key, notes, follow_up: false, says: Vec::new() })
}

fn spl(person: &Person, rng: &mut StdRng) -> (Cells, Becomes) {
    let category = ["A", "B", "Hospital"][rng.random_range(0..3)];
    let number = person.number_or_blank();
    let cells = vec![
        ("Traced_NHSNUMBER", number.clone()),
        ("PatientFirstName", person.first.clone()),
        ("PatientSurname", person.last.clone()),
        ("PatientAddress_Line1", format!("{} Mare Street", person.house())),
        ("PatientAddress_Line3", "London".to_owned()),
        ("PatientAddress_PostCode", "E8 1AB".to_owned()),
        ("landline", person.phone_or_blank()),
        ("PatientEmailAddress", person.email_or_blank()),
        ("category", category.to_owned()),
    ];
    let key = RequestKey::Metadata { name: "spl_id", value: number };
    (cells, request(key, vec![format!("SPL Category: {category}.")]))
}

fn nsss(person: &Person, week: usize, rng: &mut StdRng) -> (Cells, Becomes) {
    let id = format!("nsss-{}", person.number);
    let when = format!("2021-03-0{week} 10:21:00");
    let answer = ["Yes", "No"][rng.random_range(0..2)];
    let cells = vec![
        ("nhs_number", person.number_or_blank()),
        ("ID", id.clone()),
        ("first_name", person.first.clone()),
        ("last_name", person.last.clone()),
        ("address_line1", format!("{} Well Street", person.house())),
        ("address_town_city", "Hackney".to_owned()),
        ("address_postcode", "E9 6QR".to_owned()),
        ("contact_number_calls", person.phone_or_blank()),
        ("contact_number_texts", person.mobile_or_blank()),
        ("submission_datetime", when.clone()),
        ("do_you_want_supermarket_deliveries", answer.to_owned()),
        ("do_you_have_someone_to_go_shopping_for_you", "No".to_owned()),
        ("do_you_need_someone_to_contact_you_about_local_support", answer.to_owned()),
    ];
    let note = format!(
        "CEV: Dec 2020 Tier 4 NSSS Submitted on:  {when}. Do you want supermarket deliveries? {answer}. Do you have \
         someone to go shopping for you? No. Do you need someone to contact you about local support? {answer}."
    );
    (cells, request(RequestKey::Metadata { name: "nsss_id", value: id }, vec![note]))
}

fn contact_tracing(person: &Person, week: usize, special: Special, rng: &mut StdRng) -> (Cells, Becomes) {
    let skip = (special == Special::Skip).then(|| rng.random_range(0..3));
    let id = if skip == Some(0) { EXCLUDED.to_owned() } else { format!("ct-{}", person.number) };
    let council = ["Hackney", "City of London"][usize::from(rng.random_bool(0.2))];
    let comment = rng
        .random_bool(0.6)
        .then(|| format!("She said “ring after 5”, flat \"B\";\nweek {week} \\ of {}", person.number));
    let cells = vec![
        ("Account ID", id.clone()),
        ("NHS Number", person.number_or_blank()),
        ("Forename", person.first.clone()),
        ("Surname", person.last.clone()),
        ("House Number", person.house()),
        ("Postcode", "E8 1AB".to_owned()),
        ("Phone", person.phone_or_blank()),
        ("First Symptomatic At", "2021-03-01".to_owned()),
        ("Date Tested", if skip == Some(1) { "2020-12-01" } else { "2021-03-05" }.to_owned()),
        ("Comments", comment.clone().unwrap_or_default()),
        ("UTLA", if skip == Some(2) { "Camden" } else { council }.to_owned()),
    ];
    let key = RequestKey::Ctas { id, help_needed: "Contact Tracing" };
    (cells, if skip.is_some() { Becomes::Skipped } else { request(key, comment.into_iter().collect()) })
}

fn self_isolation(person: &Person, week: usize, special: Special, rng: &mut StdRng) -> (Cells, Becomes) {
    let id = format!("si-{}", person.number);
    let letter = rng.random_bool(0.3);
    let food = rng.random_bool(0.7).then(|| format!("needs food, week {week}"));
    let comments = rng.random_bool(0.3).then(|| "daughter’s number".to_owned());
    let cells = vec![
        ("ID", id.clone()),
        ("NHS Number", person.number_or_blank()),
        ("Forename", person.first.clone()),
        ("Surname", person.last.clone()),
        ("House Number", person.house()),
        ("Address Line 1", "Abbey Road".to_owned()),
        ("Town", "London".to_owned()),
        ("Postcode", "E8 1AB".to_owned()),
        ("Phone2", person.phone_or_blank()),
        ("Phone", person.mobile_or_blank()),
        ("LA Support Required", "yes".to_owned()),
        ("LA Support Letter Received", if letter { "1" } else { "0" }.to_owned()),
        ("Day 4 Outcome", food.clone().unwrap_or_default()),
        ("Comments", comments.clone().unwrap_or_default()),
        ("Date Tested", "2021-03-05".to_owned()),
        ("Status Report", if special == Special::Skip { "in progress" } else { "completed" }.to_owned()),
    ];
    let named = |column: &str, text: Option<String>| text.map(|text| format!("{column}: {text}"));
    let notes = [named("Day 4 Outcome", food), named("Comments", comments)].into_iter().flatten().collect();
    let key = RequestKey::Ctas { id, help_needed: "Welfare Call" };
    if special == Special::Skip {
        return (cells, Becomes::Skipped);
    }
    (cells, Becomes::Request(Wanted { key, notes, follow_up: letter, says: Vec::new() }))
}

fn generic(person: &Person, week: usize, special: Special, rng: &mut StdRng) -> (Cells, Becomes) {
    let (kind, subtype, id) = [("EUSS", "", "EUSS"), ("Link Work", "", "LinkWork"), ("euss", "Repairs", "EUSSRepairs")]
        [rng.random_range(0..3)];
    let first = rng.random_bool(0.8).then(|| format!("prefers mornings, week {week}"));
    let second = rng.random_bool(0.3).then(|| "=SUM(A1)".to_owned());
    let cells = vec![
        ("First name", person.first.clone()),
        ("Surname", person.last.clone()),
        ("Help Request Type", if special == Special::Skip { "Plumbing" } else { kind }.to_owned()),
        ("Address Line 1", format!("{} Kingsland Road", person.house())),
        ("City", "London".to_owned()),
        ("Postcode", "E8 1AB".to_owned()),
        ("Phone number", person.phone_or_blank()),
        ("Subtype", subtype.to_owned()),
        ("Case Note 1", first.clone().unwrap_or_default()),
        ("Case Note 3", second.clone().unwrap_or_default()),
    ];
    let notes = [first, second].into_iter().flatten().map(|text| format!("Note from Data Ingestion: {text}")).collect();
    let key = RequestKey::Generic { id: id.to_owned() };
    (cells, if special == Special::Skip { Becomes::Skipped } else { request(key, notes) })
}
