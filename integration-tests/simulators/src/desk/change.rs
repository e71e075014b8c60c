//! One value that staff wrote, and whether it still stands.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::here_to_help::{CaseNote, Fields, Staff, State};

/// Where something was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A field of a resident
    Resident(i64, &'static str),
    /// A field of a help request
    HelpRequest(i64, &'static str),
    /// The text of a note
    Note(i64),
}

/// A value in place of another. A blank one is null or `""`.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where
    pub place: Place,
    /// What stood there
    pub before: Value,
    /// What staff wrote
    pub after: Value,
}

/// The order that writes changes of one row, all at once.
pub(super) fn order(changes: &[Change]) -> Option<Staff> {
    let written = changes.iter().map(|change| (change.place.field().to_owned(), change.after.clone()));
    let order = |id: i64| [("Id".to_owned(), json!(id))].into_iter().chain(written).collect();
    Some(match changes.first()?.place {
        Place::Resident(id, _) => Staff::EditResident(order(id)),
        Place::HelpRequest(id, _) => Staff::EditHelpRequest(order(id)),
        Place::Note(id) => Staff::EditNote(order(id)),
    })
}

impl Place {
    /// The API's name of the field.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Resident(_, name) | Self::HelpRequest(_, name) => name,
            Self::Note(_) => "CaseNote",
        }
    }
}

impl Change {
    /// True if staff's value stands there no longer, or what they took away is back.
    pub(super) fn is_undone(&self, state: &State) -> bool {
        match self.place {
            Place::Resident(id, name) => {
                state.resident(id).is_none_or(|resident| !self.stands_in(name, resident.fields.get(name)))
            }
            Place::HelpRequest(id, name) => {
                state.help_request(id).is_none_or(|request| !self.stands_in(name, request.fields.get(name)))
            }
            Place::Note(id) => {
                let note = state.case_notes.iter().find(|note| note.id == id);
                note.is_none_or(|note| note.case_note.as_deref() != self.after.as_str() || self.is_back(state, note))
            }
        }
    }

    /// True if a field with this in it still says what staff wrote.
    #[must_use]
    pub fn stands_in(&self, name: &str, now: Option<&Value>) -> bool {
        let now = now.unwrap_or(&Value::Null);
        if !name.starts_with("Contact") {
            return now == &self.after || (is_blank(now) && is_blank(&self.after));
        }
        let (before, after, now) = (numbers(&self.before), numbers(&self.after), numbers(now));
        after.is_subset(&now) && before.difference(&after).all(|removed| !now.contains(removed))
    }

    /// Puts back what stood there, where staff's value still does.
    pub(super) fn take_back(&self, state: &mut State) {
        match self.place {
            Place::Resident(id, name) => {
                let row = state.residents.iter_mut().find(|row| row.id == id);
                row.into_iter().for_each(|row| self.put_back(name, &mut row.fields));
            }
            Place::HelpRequest(id, name) => {
                let row = state.help_requests.iter_mut().find(|row| row.id == id);
                row.into_iter().for_each(|row| self.put_back(name, &mut row.fields));
            }
            Place::Note(id) => {
                let mut notes = state.case_notes.iter_mut();
                if let Some(note) = notes.find(|row| row.id == id && row.case_note.as_deref() == self.after.as_str()) {
                    note.case_note = self.before.as_str().map(ToOwned::to_owned);
                }
            }
        }
    }

    fn put_back(&self, name: &str, fields: &mut Fields) {
        if self.stands_in(name, fields.get(name)) {
            fields.insert(name.to_owned(), self.before.clone());
            fields.retain(|_, value| !value.is_null());
        }
    }

    /// True if the old words stand on the request once more.
    fn is_back(&self, state: &State, note: &CaseNote) -> bool {
        let old = CaseNote { case_note: self.before.as_str().map(ToOwned::to_owned), ..note.clone() }.says();
        state.notes_of(note.help_request_id).any(|other| other.id != note.id && other.says() == old)
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The numbers of a field that may hold several, `a / b`: their digits.
fn numbers(value: &Value) -> BTreeSet<String> {
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let parts = value.as_str().unwrap_or_default().split('/').map(digits);
    parts.filter(|digits| !digits.is_empty()).collect()
}
