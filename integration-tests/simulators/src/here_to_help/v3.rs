//! The calls of v3 (A.1, A.2, A.6b, A.6c).

use chrono::Utc;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    api::Api,
    fields::{self, Fields, ONLY_V3, REQUEST, RESIDENT, text},
    folding::{present, upper, without_blanks},
    incoming::Incoming,
    matching, patching,
    refusal::Refusal,
    reply::{Answered, Reply},
    rows::HelpRequest,
    step::{Step, Steps},
    store::{Exception, Store},
    view,
};

/// A.1: finds or creates the resident, finds or creates the request, appends the note: three commits, no lock.
pub(super) async fn create(api: &Api, incoming: &Incoming, steps: Steps) -> Answered {
    let sent = read(incoming)?;
    let id = create_or_find(api, &sent, steps).await.map_err(|exception| text_400("created", exception, incoming))?;
    Ok(Reply::created(json!({ "Id": id })).with_header("location", format!("api/v3/help-requests/{id}")))
}

/// A.2
pub(super) fn read_request(api: &Api, incoming: &Incoming) -> Answered {
    let id = incoming.id(0)?;
    let store = api.store();
    let shown = store.request(id).and_then(|request| view::with_resident(&store, request));
    Reply::ok(shown.ok_or(Refusal::NotFound)?)
}

/// A.6b
pub(super) fn search(api: &Api, incoming: &Incoming) -> Answered {
    let wanted = |name| present(incoming.parameter(name)).map(folded);
    let contains = [wanted("Postcode"), wanted("FirstName"), wanted("LastName")];
    let need = wanted("HelpNeeded");
    if contains.iter().chain([&need]).flatten().any(|value| value.contains('\0')) {
        return Err(Refusal::Uncaught(Exception::Nul));
    }
    let store = api.store();
    let fits = |request: &&HelpRequest| {
        let Some(resident) = store.resident(request.resident_id) else { return false };
        let found = ["Postcode", "FirstName", "LastName"].map(|name| resident.text(name).map(folded));
        contains.iter().zip(&found).all(|(wanted, found)| match wanted {
            None => true,
            Some(wanted) => found.as_ref().is_some_and(|found| found.contains(wanted)),
        }) && need.as_ref().is_none_or(|need| request.text("HelpNeeded").map(folded).as_ref() == Some(need))
    };
    let shown: Vec<Value> =
        store.requests().filter(fits).filter_map(|request| view::with_resident(&store, request)).collect();
    Reply::ok(shown.into())
}

/// A.6c
pub(super) fn patch(api: &Api, incoming: &Incoming, steps: Steps) -> Answered {
    let id = incoming.id(0)?;
    let sent = read(incoming)?;
    patch_all(api, id, &sent, steps).map_err(|exception| text_400("updated", exception, incoming))?;
    Reply::ok(json!({ "success": "true" }))
}

fn read(incoming: &Incoming) -> Result<Fields, Refusal> {
    Ok(fields::read(incoming.json()?, &[RESIDENT, REQUEST, ONLY_V3])?)
}

fn text_400(verb: &'static str, exception: Exception, incoming: &Incoming) -> Refusal {
    Refusal::Text { verb, exception, row: incoming.echo() }
}

async fn create_or_find(api: &Api, sent: &Fields, steps: Steps) -> Result<i64, Exception> {
    let resident = save_resident(api, sent).await?;
    steps.done(Step::Resident)?;
    let request = save_request(api, resident, sent).await?;
    steps.done(Step::HelpRequest)?;
    if let Some(note) = text(sent, "CaseNotes") {
        api.store().append_note(resident, request, Some(note))?;
    }
    steps.done(Step::Note)?;
    Ok(request)
}

/// A.8 steps 1 and 2. Between the look and the write lies the race window.
async fn save_resident(api: &Api, sent: &Fields) -> Result<i64, Exception> {
    let found = matching::find_resident(&api.store(), sent)?;
    match found {
        None => {
            sleep(api.race_window).await;
            let mut fields = fields::only(sent, RESIDENT);
            fields.remove("RecordStatus");
            api.store().insert_resident(fields)
        }
        Some(stored) => {
            let changes = patching::changes(&stored.fields, sent);
            if !changes.is_empty() {
                sleep(api.race_window).await;
                api.store().update_resident(stored.id, changes)?;
            }
            Ok(stored.id)
        }
    }
}

/// A.8 step 3. Between the look and the write lies the race window.
async fn save_request(api: &Api, resident: i64, sent: &Fields) -> Result<i64, Exception> {
    let found = matching::find_request(&api.store(), resident, sent)?;
    if let Some(id) = found {
        return Ok(id);
    }
    sleep(api.race_window).await;
    let mut fields = request_fields(sent);
    defaults(&mut fields);
    api.store().insert_request(resident, fields)
}

fn patch_all(api: &Api, id: i64, sent: &Fields, steps: Steps) -> Result<(), Exception> {
    api.store().update_request(id, request_fields(sent))?;
    steps.done(Step::HelpRequest)?;
    patch_resident(&mut api.store(), id, sent)?;
    steps.done(Step::Resident)?;
    if let Some(note) = text(sent, "CaseNotes") {
        api.store().overwrite_first_note(id, note)?;
    }
    steps.done(Step::Note)
}

fn patch_resident(store: &mut Store, request: i64, sent: &Fields) -> Result<(), Exception> {
    let resident = store.request(request).and_then(|request| store.resident(request.resident_id));
    let resident = resident.ok_or(Exception::NoSuchRecord)?;
    let (id, changes) = (resident.id, patching::changes(&resident.fields, sent));
    store.update_resident(id, changes)
}

fn request_fields(sent: &Fields) -> Fields {
    let mut fields = fields::only(sent, REQUEST);
    fields.extend(sent.get("Metadata").map(|metadata| ("Metadata".to_owned(), metadata.clone())));
    fields
}

/// What an insert fills in (A.8 step 3, A.6).
pub(super) fn defaults(fields: &mut Fields) {
    fields.entry("CallbackRequired".to_owned()).or_insert(true.into());
    fields.entry("DateTimeRecorded".to_owned()).or_insert_with(|| fields::shown(Utc::now().naive_utc()).into());
}

/// How A.6b compares: without blanks, upper case.
fn folded(text: &str) -> String {
    upper(&without_blanks(text))
}
