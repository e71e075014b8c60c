//! The calls of v4 (A.3, A.4, A.5, A.6).

use serde_json::{Value, json};

use super::{
    api::Api,
    fields::{self, Field, IGNORED_BY_V4, Kind, REQUEST, text},
    incoming::Incoming,
    refusal::Answered,
    reply::Reply,
    rows::HelpRequest,
    step::{Step, Steps},
    v3, view,
};

/// The body of A.3.
const NOTE: &[Field] = &[("CaseNote", Kind::Text)];

/// The text in the `Location` of a note in place of its id.
const NO_ID: &str = "cv19ResSupportV3.V3.Domain.ResidentCaseNote";

/// The kind of help that v4 hides unless it is asked for by name.
const HIDDEN: &str = "EUSS";

/// A.3
pub(super) fn add_note(api: &Api, incoming: &Incoming, steps: Steps) -> Answered {
    let body = incoming.json()?;
    let (resident, request) = (incoming.id(0)?, incoming.id(1)?);
    let sent = fields::read(&body, &[NOTE])?;
    let note = text(&sent, "CaseNote");
    let id = api.store().append_note(resident, request, note)?;
    steps.done(Step::Note)?;
    let need = api.store().request(request).and_then(|request| request.text("HelpNeeded").map(ToOwned::to_owned));
    Ok(Reply::created(json!({
        "Id": id,
        "ResidentId": resident,
        "HelpRequestId": request,
        "CaseNote": note,
        "HelpNeeded": need,
    }))
    .with_header("location", format!("api/v4/residents/{resident}/help-requests/{request}/case-notes/{NO_ID}")))
}

/// A.4, of one request. The resident in the path is not looked at.
pub(super) fn request_notes(api: &Api, incoming: &Incoming) -> Answered {
    let (_, request) = (incoming.id(0)?, incoming.id(1)?);
    let shown: Vec<Value> = api.store().notes_of_request(request).map(view::note).collect();
    Ok(Reply::ok(shown.into()))
}

/// A.4, of one resident.
pub(super) fn resident_notes(api: &Api, incoming: &Incoming) -> Answered {
    let resident = incoming.id(0)?;
    let store = api.store();
    let is_shown = |request: i64| store.request(request).is_none_or(|request| shows(incoming, request));
    let notes = store.notes_of_resident(resident).filter(|note| is_shown(note.help_request_id));
    let shown: Vec<Value> = notes.map(view::note).collect();
    Ok(Reply::ok(shown.into()))
}

/// A.5
pub(super) fn resident_requests(api: &Api, incoming: &Incoming) -> Answered {
    let resident = incoming.id(0)?;
    let store = api.store();
    let requests = store.requests_of(resident).filter(|request| shows(incoming, request));
    let shown: Vec<Value> = requests.map(|request| view::alone(&store, request)).collect();
    Ok(Reply::ok(shown.into()))
}

/// A.6, with its two bugs.
pub(super) fn follow_up(api: &Api, incoming: &Incoming, steps: Steps) -> Answered {
    let body = incoming.json()?;
    let resident = incoming.id(0)?;
    let sent = fields::read(&body, &[REQUEST, IGNORED_BY_V4])?;
    let mut fields = fields::only(&sent, REQUEST);
    for (name, filled_from) in
        [("HelpWithAccessingInternet", "HelpWithAccessingFood"), ("UrgentEssentialsAnythingElse", "UrgentEssentials")]
    {
        fields.remove(name);
        fields.extend(sent.get(filled_from).map(|value| (name.to_owned(), value.clone())));
    }
    v3::defaults(&mut fields);
    let id = api.store().insert_request(resident, fields, None)?;
    steps.done(Step::HelpRequest)?;
    Ok(Reply::created(id.into()).with_header("location", format!("api/v4/residents/{resident}/help-requests/{id}")))
}

fn shows(incoming: &Incoming, request: &HelpRequest) -> bool {
    request.text("HelpNeeded") != Some(HIDDEN) || incoming.parameter("includeType") == Some(HIDDEN)
}
