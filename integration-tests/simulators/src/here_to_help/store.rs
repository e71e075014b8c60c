//! The API's database: three tables, no unique constraint, each write its own commit (A.9).

mod by_staff;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rand::seq::IndexedRandom as _;

use super::{
    exception::Exception,
    fields::{Fields, text},
    folding::{Letters, trim_stored, without_blanks},
    metadata::{Metadata, REQUEST_IDS},
    rows::{CaseNote, HelpRequest, Resident},
    ways::{OverwrittenNote, Ways},
};

// Ids of different things never coincide, so that a client that mixes them up is found out.
const FIRST_RESIDENT: i64 = 1;
const FIRST_REQUEST: i64 = 1_000_001;
const FIRST_NOTE: i64 = 2_000_001;

/// The tables, with an index for every key that is looked up (the real ones are scanned: the results are the same).
#[derive(Clone)]
pub(super) struct Store {
    ways: Ways,
    next_ids: NextIds,
    residents: BTreeMap<i64, Resident>,
    requests: BTreeMap<i64, HelpRequest>,
    notes: BTreeMap<i64, CaseNote>,
    index: HashMap<Key, BTreeSet<i64>>,
}

/// The sequences that ids are taken from. A row that is deleted gives no id back.
#[derive(Clone, Copy)]
struct NextIds {
    resident: i64,
    request: i64,
    note: i64,
}

/// The key that rows are looked up by.
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
    pub(super) fn new(ways: Ways) -> Self {
        Self {
            ways,
            next_ids: NextIds { resident: FIRST_RESIDENT, request: FIRST_REQUEST, note: FIRST_NOTE },
            residents: BTreeMap::new(),
            requests: BTreeMap::new(),
            notes: BTreeMap::new(),
            index: HashMap::new(),
        }
    }

    pub(super) const fn letters(&self) -> Letters {
        self.ways.letters
    }

    pub(super) fn residents(&self) -> impl ExactSizeIterator<Item = &Resident> {
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
        let id = taken(&mut self.next_ids.resident);
        let resident = Resident { id, fields };
        self.enter(&self.resident_keys(&resident), id);
        self.residents.insert(id, resident);
        Ok(id)
    }

    /// Writes the changed columns; null erases.
    pub(super) fn update_resident(&mut self, id: i64, changes: Fields) -> Result<(), Exception> {
        refuse_nul(&changes)?;
        let mut resident = self.residents.get(&id).cloned().ok_or(Exception::NoSuchRecord)?;
        self.leave(&self.resident_keys(&resident), id);
        apply(&mut resident.fields, changes);
        self.enter(&self.resident_keys(&resident), id);
        self.residents.insert(id, resident);
        Ok(())
    }

    pub(super) fn insert_request(
        &mut self,
        resident: i64,
        fields: Fields,
        metadata: Option<Metadata>,
    ) -> Result<i64, Exception> {
        refuse_nul(&fields)?;
        if !self.residents.contains_key(&resident) {
            return Err(Exception::ForeignKey);
        }
        let id = taken(&mut self.next_ids.request);
        let request = HelpRequest { id, resident_id: resident, metadata, fields };
        self.enter(&self.request_keys(&request), id);
        self.requests.insert(id, request);
        Ok(id)
    }

    pub(super) fn update_request(&mut self, id: i64, changes: Fields) -> Result<(), Exception> {
        refuse_nul(&changes)?;
        let mut request = self.requests.get(&id).cloned().ok_or(Exception::NoSuchRecord)?;
        self.leave(&self.request_keys(&request), id);
        apply(&mut request.fields, changes);
        self.enter(&self.request_keys(&request), id);
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
        let id = taken(&mut self.next_ids.note);
        let note =
            CaseNote { id, resident_id: resident, help_request_id: request, case_note: note.map(ToOwned::to_owned) };
        self.enter(&[Key::NotesOfRequest(request), Key::NotesOfResident(resident)], id);
        self.notes.insert(id, note);
        Ok(id)
    }

    /// Overwrites one of the request's notes, or makes its first (A.6c).
    pub(super) fn patch_note(&mut self, request: i64, note: &str) -> Result<(), Exception> {
        let notes: Vec<i64> = self.ids(&Key::NotesOfRequest(request)).collect();
        let overwritten = match self.ways.overwritten_note {
            OverwrittenNote::Any => notes.choose(&mut rand::rng()),
            OverwrittenNote::First => notes.first(),
        };
        let Some(there) = overwritten.and_then(|id| self.notes.get_mut(id)) else {
            let resident = self.requests.get(&request).ok_or(Exception::NoSuchRecord)?.resident_id;
            return self.append_note(resident, request, Some(note)).map(|_| ());
        };
        if note.contains('\0') {
            return Err(Exception::Nul);
        }
        there.case_note = Some(note.to_owned());
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

    fn resident_keys(&self, resident: &Resident) -> Vec<Key> {
        let folded = |name| resident.text(name).map(|name| self.letters().stored(trim_stored(name)));
        let nhs_number = resident.text("NhsNumber").map(|number| Key::NhsNumber(without_blanks(number)));
        let names = folded("FirstName").zip(folded("LastName")).map(|(first, last)| Key::Names(first, last));
        nhs_number.into_iter().chain(names).collect()
    }

    fn request_keys(&self, request: &HelpRequest) -> Vec<Key> {
        let ctas_id = request.text("NhsCtasId").map(|id| Key::CtasId(id.to_owned()));
        let metadata = REQUEST_IDS.into_iter().filter_map(|key| Some(Key::MetadataId(key, request.metadata(key)?)));
        [Key::RequestsOf(request.resident_id)].into_iter().chain(ctas_id).chain(metadata).collect()
    }
}

fn apply(fields: &mut Fields, changes: Fields) {
    fields.extend(changes);
    fields.retain(|_, value| !value.is_null());
}

fn taken(next_id: &mut i64) -> i64 {
    let id = *next_id;
    *next_id += 1;
    id
}

fn refuse_nul(fields: &Fields) -> Result<(), Exception> {
    let holds_nul = |name: &String| text(fields, name).is_some_and(|text| text.contains('\0'));
    if fields.keys().any(holds_nul) { Err(Exception::Nul) } else { Ok(()) }
}
