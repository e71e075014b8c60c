//! Changes of the database that no call of the ingestion makes.

use super::{Exception, Key, Store};

impl Store {
    /// Overwrites this very note.
    pub(in super::super) fn update_note(&mut self, id: i64, text: Option<&str>) -> Result<(), Exception> {
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(Exception::Nul);
        }
        let note = self.notes.get_mut(&id).ok_or(Exception::NoSuchRecord)?;
        note.case_note = text.map(ToOwned::to_owned);
        Ok(())
    }

    /// Deletes a request and its notes. Its resident stays, with or without another.
    pub(in super::super) fn delete_request(&mut self, id: i64) -> Result<(), Exception> {
        let request = self.requests.remove(&id).ok_or(Exception::NoSuchRecord)?;
        self.leave(&self.request_keys(&request), id);
        let notes: Vec<i64> = self.ids(&Key::NotesOfRequest(id)).collect();
        for note in notes {
            if let Some(gone) = self.notes.remove(&note) {
                self.leave(&[Key::NotesOfRequest(id), Key::NotesOfResident(gone.resident_id)], note);
            }
        }
        Ok(())
    }

    /// Gives the requests and the notes of one resident to another, and deletes the one. The other's fields stay.
    pub(in super::super) fn merge_residents(&mut self, from: i64, into: i64) -> Result<(), Exception> {
        if !self.residents.contains_key(&into) {
            return Err(Exception::NoSuchRecord);
        }
        let gone = self.residents.remove(&from).ok_or(Exception::NoSuchRecord)?;
        self.leave(&self.resident_keys(&gone), from);
        let requests = self.index.remove(&Key::RequestsOf(from)).unwrap_or_default();
        for request in &requests {
            if let Some(request) = self.requests.get_mut(request) {
                request.resident_id = into;
            }
        }
        let notes = self.index.remove(&Key::NotesOfResident(from)).unwrap_or_default();
        for note in &notes {
            if let Some(note) = self.notes.get_mut(note) {
                note.resident_id = into;
            }
        }
        self.index.entry(Key::RequestsOf(into)).or_default().extend(requests);
        self.index.entry(Key::NotesOfResident(into)).or_default().extend(notes);
        Ok(())
    }
}
