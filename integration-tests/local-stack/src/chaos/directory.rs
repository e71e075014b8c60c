//! The API's content, by what it is looked for: a verdict looks for each row of the sheets.

use std::collections::HashMap;

use simulators::here_to_help::{CaseNote, HelpRequest, Resident, State};

use super::sheets::{Person, RequestKey};

/// The ids in a request's metadata by which it is looked for over all residents.
const METADATA: [&str; 2] = ["nsss_id", "spl_id"];

/// The API's state, to be looked up in.
#[derive(Debug)]
pub(super) struct Directory<'a> {
    /// Everything.
    pub(super) state: &'a State,
    residents: HashMap<(String, String), Vec<&'a Resident>>,
    by_account: HashMap<(String, String), &'a HelpRequest>,
    by_metadata: HashMap<(&'static str, String), &'a HelpRequest>,
    of_resident: HashMap<i64, Vec<&'a HelpRequest>>,
    notes: HashMap<i64, Vec<&'a CaseNote>>,
}

impl<'a> Directory<'a> {
    /// Of a state.
    pub(super) fn of(state: &'a State) -> Self {
        let (residents, by_account, by_metadata) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (of_resident, notes) = (HashMap::new(), HashMap::new());
        let mut all = Self { state, residents, by_account, by_metadata, of_resident, notes };
        for resident in &state.residents {
            let text = |name| resident.text(name).unwrap_or_default().to_owned();
            all.residents.entry((text("FirstName"), text("LastName"))).or_default().push(resident);
        }
        for request in &state.help_requests {
            if let (Some(id), Some(help_needed)) = (request.text("NhsCtasId"), request.text("HelpNeeded")) {
                all.by_account.entry((id.to_owned(), help_needed.to_owned())).or_insert(request);
            }
            for name in METADATA {
                if let Some(value) = request.metadata(name) {
                    all.by_metadata.entry((name, value)).or_insert(request);
                }
            }
            all.of_resident.entry(request.resident_id).or_default().push(request);
        }
        for note in &state.case_notes {
            all.notes.entry(note.help_request_id).or_default().push(note);
        }
        all
    }

    /// The residents that are this person: by the names, and what the sheets know beside them.
    pub(super) fn residents_of(&self, person: &Person) -> impl Iterator<Item = &'a Resident> {
        let of_name = self.residents.get(&(person.first.clone(), person.last.clone()));
        of_name.into_iter().flatten().copied().filter(move |resident| is_resident(resident, person))
    }

    /// The oldest request of a row.
    pub(super) fn request_of(&self, person: &Person, key: &RequestKey) -> Option<&'a HelpRequest> {
        match key {
            RequestKey::Ctas { id, help_needed } => {
                self.by_account.get(&(id.clone(), (*help_needed).to_owned())).copied()
            }
            RequestKey::Metadata { name, value } => self.by_metadata.get(&(*name, value.clone())).copied(),
            RequestKey::Generic { id } => self
                .residents_of(person)
                .flat_map(|resident| self.requests_of(resident.id))
                .find(|request| request.metadata("generic_ingestion_id").as_ref() == Some(id)),
        }
    }

    /// A resident's requests.
    pub(super) fn requests_of(&self, resident: i64) -> impl Iterator<Item = &'a HelpRequest> {
        self.of_resident.get(&resident).into_iter().flatten().copied()
    }

    /// A request's notes.
    pub(super) fn notes_of(&self, request: i64) -> impl Iterator<Item = &'a CaseNote> {
        self.notes.get(&request).into_iter().flatten().copied()
    }
}

fn is_resident(resident: &Resident, person: &Person) -> bool {
    let text = |name| resident.text(name).unwrap_or_default();
    let born = person.birth.is_none_or(|(year, month, day)| {
        [("DobYear", year), ("DobMonth", month), ("DobDay", day)]
            .iter()
            .all(|(name, part)| text(name) == part.to_string())
    });
    let called = person.birth.is_some()
        || person.phone.as_ref().is_none_or(|phone| text("ContactTelephoneNumber").contains(phone));
    born && called
}
