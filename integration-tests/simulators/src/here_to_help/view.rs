//! How the API shows a help request (A.2, A.5): every field, nulls written out; notes and metadata as texts.

use serde_json::{Map, Value, json};

use super::{
    fields::{Field, Fields, REQUEST, RESIDENT},
    metadata::Metadata,
    rows::{CaseNote, HelpRequest},
    store::Store,
};

/// A.2 and A.6b: the request with its resident. None where there is no resident.
pub(super) fn with_resident(store: &Store, request: &HelpRequest) -> Option<Value> {
    let resident = store.resident(request.resident_id)?;
    let mut shown = keys(store, request);
    shown.extend(all(&resident.fields, RESIDENT));
    shown.extend(all(&request.fields, REQUEST));
    Some(Value::Object(shown))
}

/// A.5: the request alone, with the bug that shows one need under another's name.
pub(super) fn alone(store: &Store, request: &HelpRequest) -> Value {
    let mut shown = keys(store, request);
    shown.extend(all(&request.fields, REQUEST));
    let food = shown.get("HelpWithAccessingFood").cloned().unwrap_or_default();
    shown.insert("HelpWithAccessingInternet".to_owned(), food);
    Value::Object(shown)
}

/// A.4: a note, raw.
pub(super) fn note(note: &CaseNote) -> Value {
    json!({
        "Id": note.id,
        "ResidentId": note.resident_id,
        "HelpRequestId": note.help_request_id,
        "CaseNote": note.case_note,
    })
}

/// The fields of both views besides those of the tables.
fn keys(store: &Store, request: &HelpRequest) -> Map<String, Value> {
    let notes: Vec<&str> =
        store.notes_of_request(request.id).map(|note| note.case_note.as_deref().unwrap_or_default()).collect();
    let entries = [
        ("Id", json!(request.id)),
        ("ResidentId", json!(request.resident_id)),
        ("AssignedTo", Value::Null),
        ("CaseNotes", format!("[{}]", notes.join(", ")).into()),
        ("Metadata", request.metadata.as_ref().map(Metadata::text).into()),
        ("HelpRequestCalls", json!([])),
    ];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn all<'a>(fields: &'a Fields, table: &'a [Field]) -> impl Iterator<Item = (String, Value)> + 'a {
    table.iter().map(|(name, _)| ((*name).to_owned(), fields.get(*name).cloned().unwrap_or_default()))
}
