//! What staff correct, and what they write then.

use serde::Serialize;
use serde_json::{Value, json};

use super::change::{Change, Place};
use crate::{
    here_to_help::{CaseNote, HelpRequest, Resident, State},
    nhs_number,
};

/// A kind of correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Correction {
    /// The e-mail is another
    Email,
    /// The date of birth was wrong
    DateOfBirth,
    /// Marriage, or spelling
    LastName,
    /// Spelling
    FirstName,
    /// The number was wrong: another in its place
    Phone,
    /// They have moved
    Address,
    /// The NHS number was somebody else's
    NhsNumber,
    /// The NHS number and the name were somebody else's
    NhsNumberAndName,
    /// The e-mail was wrong, and no other is known
    Cleared,
    /// Which ward it is
    Ward,
    /// A note is put in other words
    Note,
    /// They were called back
    Callback,
}

/// Numbers of NHS numbers that no sheet has.
const OUR_NUMBERS: u32 = 7_000_000;

impl Correction {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Email,
        Self::DateOfBirth,
        Self::LastName,
        Self::FirstName,
        Self::Phone,
        Self::Address,
        Self::NhsNumber,
        Self::NhsNumberAndName,
        Self::Cleared,
        Self::Ward,
        Self::Note,
        Self::Callback,
    ];

    /// What is written; nothing where there is nothing of the kind. `turn` is another for each correction: what is written
    /// is unlike all that was written before.
    pub(super) fn changes(self, state: &State, resident: i64, turn: usize) -> Vec<Change> {
        let Some(resident) = state.resident(resident) else { return Vec::new() };
        let set = |name, after: String| Change {
            place: Place::Resident(resident.id, name),
            before: resident.fields.get(name).cloned().unwrap_or_default(),
            after: after.into(),
        };
        let number = || nhs_number(OUR_NUMBERS + u32::try_from(turn).unwrap_or_default());
        let longer = |name, by: &str| set(name, format!("{}{by}", resident.text(name).unwrap_or_default()));
        match self {
            Self::Email => vec![set(EMAIL, format!("staff-{turn}@example.org"))],
            Self::DateOfBirth => {
                let is = |name, text: &str| resident.text(name) == Some(text);
                let year = if is("DobYear", "1949") { "1950" } else { "1949" };
                vec![set("DobYear", year.to_owned()), set("DobMonth", "11".to_owned()), set("DobDay", "30".to_owned())]
            }
            Self::LastName => vec![longer("LastName", "-Whitbread")],
            Self::FirstName => vec![longer("FirstName", "bel")],
            Self::Phone => vec![set(phone(resident).unwrap_or(TELEPHONE), format!("0800 9{turn:06}"))],
            Self::Address => vec![
                set("AddressFirstLine", format!("{} Corrected Street", turn + 1)),
                set("AddressSecondLine", String::new()),
                set("AddressThirdLine", "Leeds".to_owned()),
                set("Postcode", "LS1 4AP".to_owned()),
                set("Uprn", String::new()),
                set("Ward", String::new()),
            ],
            Self::NhsNumber => vec![set("NhsNumber", number())],
            Self::NhsNumberAndName => {
                vec![set("NhsNumber", number()), longer("FirstName", "bel"), longer("LastName", "-Whitbread")]
            }
            Self::Cleared if is_filled(resident, EMAIL) => vec![set(EMAIL, String::new())],
            Self::Cleared => Vec::new(),
            Self::Ward => vec![set("Ward", format!("Hoxton East {turn}"))],
            Self::Note => note_of(state, resident).map(|note| reworded(note, turn)).into_iter().collect(),
            Self::Callback => request_of(state, resident).map(called_back).into_iter().flatten().collect(),
        }
    }
}

const EMAIL: &str = "EmailAddress";
const TELEPHONE: &str = "ContactTelephoneNumber";
const MOBILE: &str = "ContactMobileNumber";

fn is_filled(resident: &Resident, name: &str) -> bool {
    resident.text(name).is_some_and(|text| !text.trim().is_empty())
}

fn phone(resident: &Resident) -> Option<&'static str> {
    [TELEPHONE, MOBILE].into_iter().find(|name| is_filled(resident, name))
}

fn requests_of<'a>(state: &'a State, resident: &Resident) -> impl Iterator<Item = &'a HelpRequest> + use<'a> {
    let id = resident.id;
    state.help_requests.iter().filter(move |request| request.resident_id == id)
}

fn note_of<'a>(state: &'a State, resident: &Resident) -> Option<&'a CaseNote> {
    requests_of(state, resident).find_map(|request| state.notes_of(request.id).next())
}

/// The one that asks for a call, or else the oldest.
fn request_of<'a>(state: &'a State, resident: &Resident) -> Option<&'a HelpRequest> {
    let asks = |request: &&HelpRequest| request.fields.get("CallbackRequired") == Some(&true.into());
    requests_of(state, resident).find(asks).or_else(|| requests_of(state, resident).next())
}

fn called_back(request: &HelpRequest) -> [Change; 2] {
    [("CallbackRequired", false), ("InitialCallbackCompleted", true)].map(|(name, after)| Change {
        place: Place::HelpRequest(request.id, name),
        before: request.fields.get(name).cloned().unwrap_or_default(),
        after: after.into(),
    })
}

/// The note with other words, and its author and date as they are where it has them.
fn reworded(note: &CaseNote, turn: usize) -> Change {
    let raw = note.case_note.clone().unwrap_or_default();
    let words = format!("rang and spoke to them, call {turn}");
    let after = match serde_json::from_str::<Value>(&raw) {
        Ok(mut json) if json.get("note").is_some() => {
            json["note"] = json!(words);
            json.to_string()
        }
        _ => words,
    };
    Change { place: Place::Note(note.id), before: raw.into(), after: after.into() }
}
