//! What must be there at the end: nothing lost, nothing twice, and in each field what the newest row says.

use std::collections::{BTreeMap, BTreeSet};

use feeds::{Outcome, Post};
use ledger::RowRecord;
use simulators::here_to_help::{HelpRequest, Resident, State};
use wire::request_key;

use super::people::KnownBy;
use super::{Person, Row};
use crate::stage::Stage;

/// A field that a row says something of: the word of the warnings, the API's name, and the value.
pub(crate) type Value = (&'static str, &'static str, String);

/// Everything that is not as it must be: in words, by row.
pub(crate) async fn findings(stage: &Stage, rows: &[Row]) -> Vec<String> {
    let state = stage.api.state();
    let mut found = Vec::new();
    let mut residents: BTreeMap<Person, BTreeSet<i64>> = BTreeMap::new();
    let mut requests: BTreeMap<(&str, String, i64), BTreeSet<i64>> = BTreeMap::new();
    for row in rows {
        let record = row.record(stage).await;
        let mut find = |what: String| found.push(format!("{}: {what}", named(row)));
        let settlement = record.settlement.as_ref();
        let outcome = settlement.map(|settlement| settlement.outcome);
        if !matches!(outcome, Some(Outcome::Created | Outcome::AlreadyKnown)) {
            find(format!("{outcome:?}, {}", settlement.map(|it| it.reason.as_str()).unwrap_or_default()));
            continue;
        }
        let request = record.delivery.help_request_id.and_then(|id| state.help_request(id));
        let Some(request) = request else {
            find("its request is not there".to_owned());
            continue;
        };
        let Some(resident) = state.resident(request.resident_id) else {
            find("its resident is not there".to_owned());
            continue;
        };
        residents.entry(row.person).or_default().insert(resident.id);
        let key = request_key(&row.post.request).expect("a key");
        let scope = if key.kind == "generic" { resident.id } else { 0 };
        requests.entry((key.kind, key.value, scope)).or_default().insert(request.id);
        notes(row, request, &state, &mut find);
        let theirs = rows.iter().filter(|other| other.person == row.person);
        missing(row, &record, resident, is_one_place(theirs), &mut find);
    }
    twice(&state, &residents, &requests, &mut found);
    for (person, residents) in &residents {
        if person.known_by() != KnownBy::Household
            && let Some(resident) = residents.first().and_then(|id| state.resident(*id))
        {
            newest(rows.iter().filter(|row| row.person == *person), resident, &mut found);
        }
    }
    found
}

fn named(row: &Row) -> String {
    format!("{} row {} (person {})", row.run.feed.name(), row.number, row.person.0)
}

/// The row's notes stand on its request, each once; and the follow-up is there, with its note.
fn notes(row: &Row, request: &HelpRequest, state: &State, find: &mut impl FnMut(String)) {
    let texts: Vec<String> = state.notes_of(request.id).filter_map(|note| note.says()).collect();
    for note in &row.post.notes {
        match texts.iter().filter(|text| **text == note.note).count() {
            1 => {}
            times => find(format!("a note stands {times} times on request {}", request.id)),
        }
    }
    let shielding = || {
        let of_resident = state.help_requests.iter().filter(|one| one.resident_id == request.resident_id);
        of_resident.filter(|one| one.text("HelpNeeded") == Some("Shielding"))
    };
    if row.post.follow_up.is_some() {
        if shielding().next().is_none() {
            find("has no follow-up".to_owned());
        }
        for one in shielding().filter(|one| is_follow_up(one)) {
            let times = state.notes_of(one.id).count();
            if times != 1 {
                find(format!("the follow-up {} has {times} notes", one.id));
            }
        }
    }
}

/// A follow-up carries no metadata.
fn is_follow_up(request: &HelpRequest) -> bool {
    request.text("HelpNeeded") == Some("Shielding") && request.metadata("ingestion_row").is_none()
}

/// Each field of which the row says something has something, or a warning names it. A UPRN goes with its place: where the rows of a
/// person name several, another one may have come between.
fn missing(row: &Row, record: &RowRecord, resident: &Resident, is_one_place: bool, find: &mut impl FnMut(String)) {
    let warnings = record.warnings.join("; ");
    let is_joined = warnings.contains("joined this person with another");
    for value in said(&row.post) {
        let (word, name, _) = &value;
        let there = resident.text(name).unwrap_or_default();
        let is_named = is_joined || warnings.contains(*word) || *name == "Postcode" && warnings.contains("address");
        let is_there = match *name {
            "ContactTelephoneNumber" | "ContactMobileNumber" => holds(resident, &value),
            "Uprn" => !is_one_place || !there.is_empty(),
            _ => !there.trim().is_empty(),
        };
        if !is_there && !is_named {
            find(format!("missing: {name} of resident {}, `{warnings}`", resident.id));
        }
    }
}

/// The resident has this value; of phones it may be one of several.
pub(crate) fn holds(resident: &Resident, (_, name, value): &Value) -> bool {
    let there = resident.text(name).unwrap_or_default();
    if name.starts_with("Contact") { there.split('/').any(|one| one.trim() == value) } else { there == value }
}

/// The rows of a person name one place, as far as each knows it.
fn is_one_place<'a>(rows: impl Iterator<Item = &'a Row>) -> bool {
    let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (_, name, value) in rows.flat_map(|row| said(&row.post)) {
        // A house number goes with each street.
        if matches!(name, "AddressFirstLine" | "Postcode" | "Uprn") && value.parse::<u32>().is_err() || name == "Uprn" {
            places.entry(name).or_default().insert(value);
        }
    }
    places.values().all(|values| values.len() == 1)
}

/// What a row says.
pub(crate) fn said(post: &Post) -> Vec<Value> {
    let request = &post.request;
    let line = post.address.as_ref().map(|address| address.address_first_line.clone());
    let number = request.nhs_number.as_ref().map(|number| number.as_str().to_owned());
    let all = [
        ("first name", "FirstName", request.first_name.clone()),
        ("last name", "LastName", request.last_name.clone()),
        ("date of birth", "DobDay", request.dob_day.clone()),
        ("date of birth", "DobYear", request.dob_year.clone()),
        ("NHS number", "NhsNumber", number),
        ("e-mail", "EmailAddress", request.email_address.clone()),
        ("telephone", "ContactTelephoneNumber", request.contact_telephone_number.clone()),
        ("mobile", "ContactMobileNumber", request.contact_mobile_number.clone()),
        ("address", "AddressFirstLine", line.or_else(|| request.address_first_line.clone())),
        ("postcode", "Postcode", request.postcode.clone()),
        ("UPRN", "Uprn", request.uprn.clone()),
    ];
    all.into_iter().filter_map(|(word, name, value)| Some((word, name, value?))).collect()
}

/// Of a person's rows, in the order of the sheets, the newest that says something of a field says what stands there.
fn newest<'a>(rows: impl Iterator<Item = &'a Row>, resident: &Resident, found: &mut Vec<String>) {
    let mut last: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for row in rows {
        for (_, name, value) in said(&row.post) {
            last.insert(name, (value, named(row)));
        }
    }
    for name in ["FirstName", "LastName", "DobDay", "DobYear", "NhsNumber", "EmailAddress"] {
        if let Some((value, row)) = last.get(name)
            && resident.text(name) != Some(value)
        {
            found.push(format!("{name} of resident {} is not what the newest row says: {row}", resident.id));
        }
    }
}

fn twice(
    state: &State,
    residents: &BTreeMap<Person, BTreeSet<i64>>,
    requests: &BTreeMap<(&str, String, i64), BTreeSet<i64>>,
    found: &mut Vec<String>,
) {
    for (person, ids) in residents.iter().filter(|(person, ids)| !person.is_of_household() && ids.len() > 1) {
        found.push(format!("person {} is the residents {ids:?}", person.0));
    }
    for ((kind, ..), ids) in requests.iter().filter(|(_, ids)| ids.len() > 1) {
        found.push(format!("one {kind} is the requests {ids:?}"));
    }
    let known: BTreeSet<i64> = requests.values().flatten().copied().collect();
    for request in state.help_requests.iter().filter(|one| !known.contains(&one.id) && !is_follow_up(one)) {
        found.push(format!("request {} is no row's", request.id));
    }
    let theirs: BTreeSet<i64> = residents.values().flatten().copied().collect();
    for resident in state.residents.iter().filter(|one| !theirs.contains(&one.id)) {
        found.push(format!("resident {} is nobody's", resident.id));
    }
    let mut follow_ups: BTreeMap<i64, usize> = BTreeMap::new();
    for request in state.help_requests.iter().filter(|one| is_follow_up(one)) {
        *follow_ups.entry(request.resident_id).or_default() += 1;
    }
    for (resident, times) in follow_ups.into_iter().filter(|(_, times)| *times > 1) {
        found.push(format!("resident {resident} has {times} follow-ups"));
    }
    for double in &state.doubles.case_notes {
        found.push(format!("there twice: {double:?}"));
    }
}

impl Person {
    fn is_of_household(&self) -> bool {
        self.known_by() == KnownBy::Household
    }
}
