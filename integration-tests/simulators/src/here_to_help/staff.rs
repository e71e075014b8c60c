//! Changes that council staff make by hand, behind the ingestion's back.
//!
//! `PUT /_simulator/staff` takes one of these, and answers `{"Id": …}`: the id of what was changed or added.
//!
//! ```json
//! {"edit_resident": {"Id": 1, "Ward": "Hoxton", "Uprn": null}}
//! {"edit_help_request": {"Id": 1000001, "CallbackRequired": false, "InitialCallbackCompleted": true}}
//! {"edit_note": {"Id": 2000001, "CaseNote": "rang again, spoke to her"}}
//! {"add_resident": {"FirstName": "Ann", "LastName": "Able"}}
//! {"add_help_request": {"ResidentId": 1, "HelpNeeded": "Shielding", "Metadata": {"nsss_id": "7"}}}
//! {"add_note": {"ResidentId": 1, "HelpRequestId": 1000001, "CaseNote": "rang, no answer"}}
//! {"delete_help_request": {"Id": 1000001}}
//! {"merge_residents": {"Id": 2, "Into": 1}}
//! ```
//!
//! A request is deleted with its notes; of two residents that are merged the first is gone, its requests and notes are
//! the second's. Nothing is matched, joined or filled in: what is given is written, null erases. Fields have the API's names and types;
//! an unknown one is an error.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    exception::Exception,
    fields::{Field, Fields, Kind, REQUEST, RESIDENT, find, text, typed_object},
    metadata::Metadata,
    store::Store,
};

/// One thing that staff do: see the [module](self).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Staff {
    /// Changes fields of the resident `Id`
    EditResident(Map<String, Value>),
    /// Changes fields of the help request `Id`, not its metadata
    EditHelpRequest(Map<String, Value>),
    /// Changes the text of the note `Id`
    EditNote(Map<String, Value>),
    /// Adds a resident
    AddResident(Map<String, Value>),
    /// Adds a help request to `ResidentId`
    AddHelpRequest(Map<String, Value>),
    /// Adds a note to `HelpRequestId` under `ResidentId`
    AddNote(Map<String, Value>),
    /// Deletes the help request `Id`
    DeleteHelpRequest(Map<String, Value>),
    /// Makes the resident `Id` one with the resident `Into`
    MergeResidents(Map<String, Value>),
}

const ID: Field = ("Id", Kind::Integer);
const RESIDENT_ID: Field = ("ResidentId", Kind::Integer);
const HELP_REQUEST_ID: Field = ("HelpRequestId", Kind::Integer);
const INTO: Field = ("Into", Kind::Integer);
const CASE_NOTE: Field = ("CaseNote", Kind::Text);

impl Staff {
    /// Does it; the id of the row, or what is wrong.
    pub(super) fn act(self, store: &mut Store) -> Result<i64, String> {
        let done = match self {
            Self::EditResident(given) => {
                let mut changes = known(given, &[RESIDENT, &[ID]])?;
                let id = take_id(&mut changes, "Id")?;
                store.update_resident(id, changes).map(|()| id)
            }
            Self::EditHelpRequest(given) => {
                let mut changes = known(given, &[REQUEST, &[ID]])?;
                let id = take_id(&mut changes, "Id")?;
                store.update_request(id, changes).map(|()| id)
            }
            Self::EditNote(given) => {
                let mut changes = known(given, &[&[ID, CASE_NOTE]])?;
                let id = take_id(&mut changes, "Id")?;
                store.update_note(id, text(&changes, "CaseNote")).map(|()| id)
            }
            Self::AddResident(given) => store.insert_resident(without_nulls(known(given, &[RESIDENT])?)),
            Self::AddHelpRequest(mut given) => {
                let metadata: Option<Metadata> = given
                    .remove("Metadata")
                    .map(serde_json::from_value)
                    .transpose()
                    .map_err(|error| error.to_string())?;
                let mut fields = without_nulls(known(given, &[REQUEST, &[RESIDENT_ID]])?);
                let resident = take_id(&mut fields, "ResidentId")?;
                store.insert_request(resident, fields, metadata)
            }
            Self::AddNote(given) => {
                let mut fields = known(given, &[&[RESIDENT_ID, HELP_REQUEST_ID, CASE_NOTE]])?;
                let (resident, request) = (take_id(&mut fields, "ResidentId")?, take_id(&mut fields, "HelpRequestId")?);
                store.append_note(resident, request, text(&fields, "CaseNote"))
            }
            Self::DeleteHelpRequest(given) => {
                let id = take_id(&mut known(given, &[&[ID]])?, "Id")?;
                store.delete_request(id).map(|()| id)
            }
            Self::MergeResidents(given) => {
                let mut pair = known(given, &[&[ID, INTO]])?;
                let (id, into) = (take_id(&mut pair, "Id")?, take_id(&mut pair, "Into")?);
                if id == into {
                    return Err("a resident is one with itself".to_owned());
                }
                store.merge_residents(id, into).map(|()| into)
            }
        };
        done.map_err(|exception| match exception {
            Exception::ForeignKey | Exception::NoSuchRecord => {
                "there is no such resident, help request or note".to_owned()
            }
            _ => "a text holds U+0000".to_owned(),
        })
    }
}

fn known(given: Map<String, Value>, table: &[&[Field]]) -> Result<Fields, String> {
    if let Some((unknown, _)) = given.iter().find(|(name, _)| find(name, table).is_none()) {
        return Err(format!("unknown field `{unknown}`"));
    }
    typed_object(given, table).map_err(|problem| problem.text)
}

fn without_nulls(mut fields: Fields) -> Fields {
    fields.retain(|_, value| !value.is_null());
    fields
}

fn take_id(fields: &mut Fields, name: &str) -> Result<i64, String> {
    fields.remove(name).as_ref().and_then(Value::as_i64).ok_or_else(|| format!("`{name}` is missing"))
}
