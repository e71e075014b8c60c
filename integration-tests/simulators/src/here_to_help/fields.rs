//! The fields of A.1: their names, their types, and how strictly a body is read.
//!
//! A.0, "Strict types": names are matched whatever their case, unknown properties are ignored, a value of another
//! type is refused. Nothing is required and no length is checked.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Map, Value};

use super::entries::Entries;

/// The content of a resident, a help request or a body, by the API's own names. Nulls are left out.
pub type Fields = BTreeMap<String, Value>;

/// The type of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Bool,
    DateTime,
    Integer,
}

/// A property: its name and its type.
pub(super) type Field = (&'static str, Kind);

/// The fields of A.1 that are the resident's (the rows of A.8 step 2b).
pub(super) const RESIDENT: &[Field] = &[
    ("FirstName", Kind::Text),
    ("LastName", Kind::Text),
    ("DobDay", Kind::Text),
    ("DobMonth", Kind::Text),
    ("DobYear", Kind::Text),
    ("ContactTelephoneNumber", Kind::Text),
    ("ContactMobileNumber", Kind::Text),
    ("EmailAddress", Kind::Text),
    ("AddressFirstLine", Kind::Text),
    ("AddressSecondLine", Kind::Text),
    ("AddressThirdLine", Kind::Text),
    ("Postcode", Kind::Text),
    ("Uprn", Kind::Text),
    ("Ward", Kind::Text),
    ("NhsNumber", Kind::Text),
    ("GpSurgeryDetails", Kind::Text),
    ("NumberOfChildrenUnder18", Kind::Text),
    ("NameAddressPharmacist", Kind::Text),
    ("IsPharmacistAbleToDeliver", Kind::Bool),
    ("ConsentToShare", Kind::Bool),
    ("RecordStatus", Kind::Text),
];

/// The fields of A.1 that are the help request's, without `Metadata`, which only v3 takes.
pub(super) const REQUEST: &[Field] = &[
    ("IsOnBehalf", Kind::Bool),
    ("ConsentToCompleteOnBehalf", Kind::Bool),
    ("OnBehalfFirstName", Kind::Text),
    ("OnBehalfLastName", Kind::Text),
    ("OnBehalfEmailAddress", Kind::Text),
    ("OnBehalfContactNumber", Kind::Text),
    ("RelationshipWithResident", Kind::Text),
    ("GettingInTouchReason", Kind::Text),
    ("HelpWithAccessingFood", Kind::Bool),
    ("HelpWithAccessingSupermarketFood", Kind::Bool),
    ("HelpWithCompletingNssForm", Kind::Bool),
    ("HelpWithShieldingGuidance", Kind::Bool),
    ("HelpWithNoNeedsIdentified", Kind::Bool),
    ("HelpWithAccessingMedicine", Kind::Bool),
    ("HelpWithAccessingOtherEssentials", Kind::Bool),
    ("HelpWithDebtAndMoney", Kind::Bool),
    ("HelpWithHealth", Kind::Bool),
    ("HelpWithMentalHealth", Kind::Bool),
    ("HelpWithAccessingInternet", Kind::Bool),
    ("HelpWithHousing", Kind::Bool),
    ("HelpWithJobsOrTraining", Kind::Bool),
    ("HelpWithChildrenAndSchools", Kind::Bool),
    ("HelpWithDisabilities", Kind::Bool),
    ("HelpWithSomethingElse", Kind::Bool),
    ("MedicineDeliveryHelpNeeded", Kind::Bool),
    ("WhenIsMedicinesDelivered", Kind::Text),
    ("UrgentEssentials", Kind::Text),
    ("UrgentEssentialsAnythingElse", Kind::Text),
    ("CurrentSupport", Kind::Text),
    ("CurrentSupportFeedback", Kind::Text),
    ("DateTimeRecorded", Kind::DateTime),
    ("InitialCallbackCompleted", Kind::Bool),
    ("CallbackRequired", Kind::Bool),
    ("AdviceNotes", Kind::Text),
    ("HelpNeeded", Kind::Text),
    ("HelpNeededSubtype", Kind::Text),
    ("NhsCtasId", Kind::Text),
];

/// The fields that v3 takes besides, and `Metadata`.
pub(super) const CASE_NOTES: &[Field] = &[("CaseNotes", Kind::Text)];

/// The fields that a PATCH takes besides. Nobody is a call handler here, so whoever is named, nobody is assigned.
pub(super) const ASSIGNED_TO: &[Field] = &[("AssignedTo", Kind::Text)];

/// The fields that a PATCH does not know, so neither checks nor writes (A.6c).
const NOT_IN_PATCH: [&str; 19] = [
    "NameAddressPharmacist",
    "IsPharmacistAbleToDeliver",
    "IsOnBehalf",
    "ConsentToCompleteOnBehalf",
    "OnBehalfFirstName",
    "OnBehalfLastName",
    "OnBehalfEmailAddress",
    "OnBehalfContactNumber",
    "RelationshipWithResident",
    "HelpWithHousing",
    "HelpWithJobsOrTraining",
    "HelpWithChildrenAndSchools",
    "HelpWithDisabilities",
    "MedicineDeliveryHelpNeeded",
    "WhenIsMedicinesDelivered",
    "UrgentEssentials",
    "UrgentEssentialsAnythingElse",
    "DateTimeRecorded",
    "HelpNeededSubtype",
];

/// Those of `table` that a PATCH takes.
pub(super) fn patched(table: &[Field]) -> Vec<Field> {
    table.iter().copied().filter(|(name, _)| !NOT_IN_PATCH.contains(name)).collect()
}

/// The fields that A.6 takes and then ignores: of the wrong type they are refused all the same.
pub(super) const IGNORED_BY_V4: &[Field] =
    &[("Id", Kind::Integer), ("CaseNotes", Kind::Text), ("AssignedTo", Kind::Text)];

/// Why a body is refused before the API looks at it: `path` and `text` as the framework writes them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) reason: &'static str,
    pub(super) path: String,
    pub(super) text: String,
}

/// The fields of a JSON body, without its nulls.
pub(super) fn read(body: &str, known: &[&[Field]]) -> Result<Fields, Problem> {
    let problem = |reason, path: &str, text| Problem { reason, path: path.to_owned(), text };
    if body.is_empty() || body.trim() == "null" {
        return Err(problem("no body", "", "A non-empty request body is required.".to_owned()));
    }
    if depth(body) > DEEPEST {
        return Err(problem("too deep", "$", format!("The maximum depth of {DEEPEST} has been exceeded.")));
    }
    let not_json = |error| problem("not JSON", "$", format!("The JSON could not be read: {error}"));
    let entries: Entries = serde_json::from_str(body).map_err(not_json)?;
    let mut fields = Fields::new();
    for (name, value) in entries.0 {
        if let Some(field) = find(&name, known) {
            let value = serde_json::from_str(value.get()).map_err(not_json)?;
            fields.insert(field.0.to_owned(), typed(&name, field, value)?);
        }
    }
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

/// The known properties of an object by their own names, each of its type, nulls included. The last of two wins.
pub(super) fn typed_object(object: Map<String, Value>, known: &[&[Field]]) -> Result<Fields, Problem> {
    let mut fields = Fields::new();
    for (name, value) in object {
        if let Some(field) = find(&name, known) {
            fields.insert(field.0.to_owned(), typed(&name, field, value)?);
        }
    }
    Ok(fields)
}

fn typed(name: &str, (_, kind): Field, value: Value) -> Result<Value, Problem> {
    of_kind(value, kind).ok_or_else(|| Problem {
        reason: "wrong type",
        path: format!("$.{name}"),
        text: format!("The JSON value could not be converted to {}. Path: $.{name}", kind.dotnet_name()),
    })
}

/// How deep the framework reads.
const DEEPEST: usize = 32;

fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The property that a caller means by `name`.
pub(super) fn find(name: &str, known: &[&[Field]]) -> Option<Field> {
    known.iter().copied().flatten().copied().find(|(known_name, _)| known_name.eq_ignore_ascii_case(name))
}

/// Those of `fields` that are in `table`.
pub(super) fn only(fields: &Fields, table: &[Field]) -> Fields {
    table.iter().filter_map(|(name, _)| fields.get(*name).map(|value| ((*name).to_owned(), value.clone()))).collect()
}

/// The text of a field, where it is there.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

fn of_kind(value: Value, kind: Kind) -> Option<Value> {
    match (kind, value) {
        (Kind::Integer, Value::Null) => None,
        (_, Value::Null) => Some(Value::Null),
        (Kind::Text, Value::String(text)) => Some(text.into()),
        (Kind::Bool, Value::Bool(flag)) => Some(flag.into()),
        (Kind::Integer, value) => value.as_i64().filter(|number| i32::try_from(*number).is_ok()).map(Value::from),
        (Kind::DateTime, Value::String(text)) => date_time(&text).map(Value::from),
        _ => None,
    }
}

/// An ISO date and time as the database gives it back: UTC, without a zone.
fn date_time(text: &str) -> Option<String> {
    let has_letter = text.len() == "2021-02-03".len() || text.as_bytes().get("2021-02-03".len()) == Some(&b'T');
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.naive_utc());
    let local = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let minutes = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok();
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    instant.or_else(local).or_else(minutes).or_else(day).filter(|_| has_letter).map(shown)
}

/// A date and time as the API shows it: microseconds, the rest cut off, and no zeros at the end.
pub(super) fn shown(time: NaiveDateTime) -> String {
    let time = time.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(time);
    let text = time.format("%Y-%m-%dT%H:%M:%S%.f").to_string();
    match text.split_once('.') {
        Some((seconds, fraction)) => format!("{seconds}.{}", fraction.trim_end_matches('0')),
        None => text,
    }
}

impl Kind {
    const fn dotnet_name(self) -> &'static str {
        match self {
            Self::Text => "System.String",
            Self::Bool => "System.Nullable`1[System.Boolean]",
            Self::DateTime => "System.Nullable`1[System.DateTime]",
            Self::Integer => "System.Int32",
        }
    }
}
