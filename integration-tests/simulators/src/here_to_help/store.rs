//! The API's database: three tables, no unique constraint, each write its own commit (A.9).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    fields::{Fields, text},
    folding::{name_key, without_blanks},
    metadata::REQUEST_IDS,
    rows::{CaseNote, HelpRequest, Resident},
};

// Ids of different things never coincide, so that a client that mixes them up is found out.
const FIRST_RESIDENT: i64 = 1;
const FIRST_REQUEST: i64 = 1_000_001;
const FIRST_NOTE: i64 = 2_000_001;

/// Why the database, or the code around it, threw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exception {
    /// U+0000 in a text
    Nul,
    /// A row that does not exist is pointed to
    ForeignKey,
    /// A row that does not exist is changed
    NoSuchRecord,
    /// `HelpNeeded` is null where it is compared
    NullReference,
    /// A pattern of `LIKE` ends in a backslash
    LikePattern,
    /// A fault that a test ordered strikes here
    Stopped,
}

/// The tables, with an index for every key that is looked up (the real ones are scanned: the results are the same).
#[derive(Default)]
pub(super) struct Store {
    residents: BTreeMap<i64, Resident>,
    requests: BTreeMap<i64, HelpRequest>,
    notes: BTreeMap<i64, CaseNote>,
    index: HashMap<Key, BTreeSet<i64>>,
}

/// What rows are looked up by.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    NhsNumber(String),
    Names(String, String),
    RequestsOf(i64),
    CtasId(String),
    MetadataId(&'static str, String),
    NotesOfRequest(i64),
    NotesOfResident(i64),
}

impl Store {
    pub(super) fn residents(&self) -> impl Iterator<Item = &Resident> {
        self.residents.values()
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &HelpRequest> {
        self.requests.values()
    }

    pub(super) fn notes(&self) -> impl Iterator<Item = &CaseNote> {
        self.notes.values()
    }

    pub(super) fn resident(&self, id: i64) -> Option<&Resident> {
        self.residents.get(&id)
    }

    pub(super) fn request(&self, id: i64) -> Option<&HelpRequest> {
        self.requests.get(&id)
    }

    pub(super) fn residents_with_nhs_number<'a>(&'a self, compact: &str) -> impl Iterator<Item = &'a Resident> {
        self.ids(&Key::NhsNumber(compact.to_owned())).filter_map(|id| self.residents.get(&id))
    }

    pub(super) fn residents_named<'a>(&'a self, first: &str, last: &str) -> impl Iterator<Item = &'a Resident> {
        self.ids(&Key::Names(first.to_owned(), last.to_owned())).filter_map(|id| self.residents.get(&id))
    }

    pub(super) fn requests_of(&self, resident: i64) -> impl Iterator<Item = &HelpRequest> {
        self.ids(&Key::RequestsOf(resident)).filter_map(|id| self.requests.get(&id))
    }

    pub(super) fn requests_with_ctas_id<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a HelpRequest> {
        self.ids(&Key::CtasId(id.to_owned())).filter_map(|id| self.requests.get(&id))
    }

    pub(super) fn requests_with_metadata_id<'a>(
        &'a self,
        key: &'static str,
        id: &str,
    ) -> impl Iterator<Item = &'a HelpRequest> {
        self.ids(&Key::MetadataId(key, id.to_owned())).filter_map(|id| self.requests.get(&id))
    }

    pub(super) fn notes_of_request(&self, request: i64) -> impl Iterator<Item = &CaseNote> {
        self.ids(&Key::NotesOfRequest(request)).filter_map(|id| self.notes.get(&id))
    }

    pub(super) fn notes_of_resident(&self, resident: i64) -> impl Iterator<Item = &CaseNote> {
        self.ids(&Key::NotesOfResident(resident)).filter_map(|id| self.notes.get(&id))
    }

    pub(super) fn insert_resident(&mut self, fields: Fields) -> Result<i64, Exception> {
        refuse_nul(&fields)?;
        let id = next(&self.residents, FIRST_RESIDENT);
        let resident = Resident { id, fields };
        self.enter(&resident_keys(&resident), id);
        self.residents.insert(id, resident);
        Ok(id)
    }

    /// Writes the changed columns; null erases.
    pub(super) fn update_resident(&mut self, id: i64, changes: Fields) -> Result<(), Exception> {
        refuse_nul(&changes)?;
        let mut resident = self.residents.get(&id).cloned().ok_or(Exception::NoSuchRecord)?;
        self.leave(&resident_keys(&resident), id);
        apply(&mut resident.fields, changes);
        self.enter(&resident_keys(&resident), id);
        self.residents.insert(id, resident);
        Ok(())
    }

    pub(super) fn insert_request(&mut self, resident: i64, fields: Fields) -> Result<i64, Exception> {
        refuse_nul(&fields)?;
        if !self.residents.contains_key(&resident) {
            return Err(Exception::ForeignKey);
        }
        let id = next(&self.requests, FIRST_REQUEST);
        let request = HelpRequest { id, resident_id: resident, fields };
        self.enter(&request_keys(&request), id);
        self.requests.insert(id, request);
        Ok(id)
    }

    pub(super) fn update_request(&mut self, id: i64, changes: Fields) -> Result<(), Exception> {
        refuse_nul(&changes)?;
        let mut request = self.requests.get(&id).cloned().ok_or(Exception::NoSuchRecord)?;
        self.leave(&request_keys(&request), id);
        apply(&mut request.fields, changes);
        self.enter(&request_keys(&request), id);
        self.requests.insert(id, request);
        Ok(())
    }

    /// Appends, whatever is there, and whoever's request it is (A.3).
    pub(super) fn append_note(&mut self, resident: i64, request: i64, note: Option<&str>) -> Result<i64, Exception> {
        if note.is_some_and(|note| note.contains('\0')) {
            return Err(Exception::Nul);
        }
        if !self.residents.contains_key(&resident) || !self.requests.contains_key(&request) {
            return Err(Exception::ForeignKey);
        }
        let id = next(&self.notes, FIRST_NOTE);
        let note =
            CaseNote { id, resident_id: resident, help_request_id: request, case_note: note.map(ToOwned::to_owned) };
        self.enter(&[Key::NotesOfRequest(request), Key::NotesOfResident(resident)], id);
        self.notes.insert(id, note);
        Ok(id)
    }

    /// Overwrites the request's first note (A.6c).
    pub(super) fn overwrite_first_note(&mut self, request: i64, note: &str) -> Result<(), Exception> {
        if note.contains('\0') {
            return Err(Exception::Nul);
        }
        let first = self.ids(&Key::NotesOfRequest(request)).next().ok_or(Exception::NoSuchRecord)?;
        let first = self.notes.get_mut(&first).ok_or(Exception::NoSuchRecord)?;
        first.case_note = Some(note.to_owned());
        Ok(())
    }

    fn ids(&self, key: &Key) -> impl Iterator<Item = i64> + use<'_> {
        self.index.get(key).into_iter().flatten().copied()
    }

    fn enter(&mut self, keys: &[Key], id: i64) {
        for key in keys {
            self.index.entry(key.clone()).or_default().insert(id);
        }
    }

    fn leave(&mut self, keys: &[Key], id: i64) {
        for key in keys {
            if let Some(ids) = self.index.get_mut(key) {
                ids.remove(&id);
            }
        }
    }
}

fn resident_keys(resident: &Resident) -> Vec<Key> {
    let nhs_number = text(&resident.fields, "NhsNumber").map(|number| Key::NhsNumber(without_blanks(number)));
    let names = text(&resident.fields, "FirstName")
        .zip(text(&resident.fields, "LastName"))
        .map(|(first, last)| Key::Names(name_key(first), name_key(last)));
    nhs_number.into_iter().chain(names).collect()
}

fn request_keys(request: &HelpRequest) -> Vec<Key> {
    let ctas_id = text(&request.fields, "NhsCtasId").map(|id| Key::CtasId(id.to_owned()));
    let metadata = REQUEST_IDS.into_iter().filter_map(|key| Some(Key::MetadataId(key, request.metadata(key)?)));
    [Key::RequestsOf(request.resident_id)].into_iter().chain(ctas_id).chain(metadata).collect()
}

fn apply(fields: &mut Fields, changes: Fields) {
    fields.extend(changes);
    fields.retain(|_, value| !value.is_null());
}

fn next<T>(table: &BTreeMap<i64, T>, first: i64) -> i64 {
    table.last_key_value().map_or(first, |(last, _)| last + 1)
}

fn refuse_nul(fields: &Fields) -> Result<(), Exception> {
    if fields.values().any(holds_nul) { Err(Exception::Nul) } else { Ok(()) }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(object) => object.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}
