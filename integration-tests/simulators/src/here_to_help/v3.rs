//! The calls of v3 (A.1, A.2, A.6b, A.6c).

use chrono::Utc;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    api::Api,
    database::Work,
    exception::Exception,
    fields::{self, ASSIGNED_TO, CASE_NOTES, Fields, REQUEST, RESIDENT, text},
    folding::{present, without_blanks},
    incoming::Incoming,
    matching,
    metadata::Sent,
    patching,
    refusal::{Answered, Refusal},
    reply::Reply,
    rows::HelpRequest,
    step::{Step, Steps},
    store::Store,
    touch::{Touch, Touched},
    view,
};

/// A.1: finds or creates the resident, finds or creates the request, appends the note: three commits, no lock.
pub(super) async fn create(api: &Api, incoming: &Incoming, steps: Steps) -> Answered {
    let body = incoming.json()?;
    let sent = fields::read(&body, &[RESIDENT, REQUEST, CASE_NOTES])?;
    let metadata = Sent::in_body(&body);
    let id = create_or_find(api, &sent, metadata.as_ref(), steps)
        .await
        .map_err(|exception| text_400("created", exception, incoming))?;
    Ok(Reply::created(json!({ "Id": id })).with_header("location", format!("api/v3/help-requests/{id}")))
}

/// A.2
pub(super) fn read_request(api: &Api, incoming: &Incoming) -> Answered {
    let id = incoming.id(0)?;
    let store = api.store();
    let request = store.request(id).ok_or(Refusal::NotFound)?;
    let shown = view::with_resident(&store, request).ok_or(Refusal::NotFound)?;
    api.log().touched(Touch::now(request.resident_id, Touched::Shown));
    Ok(Reply::ok(shown))
}

/// A.6b
pub(super) fn search(api: &Api, incoming: &Incoming) -> Answered {
    let store = api.store();
    let letters = store.letters();
    let wanted = |name| present(incoming.parameter(name)).map(|value| letters.sent(&without_blanks(value)));
    let contains = [wanted("Postcode"), wanted("FirstName"), wanted("LastName")];
    let need = wanted("HelpNeeded");
    if contains.iter().all(Option::is_none) {
        return Ok(Reply::ok(json!([])));
    }
    if contains.iter().chain([&need]).flatten().any(|value| value.contains('\0')) {
        return Err(Refusal::Uncaught(Exception::Nul));
    }
    let folded = |value: &str| letters.stored(&without_blanks(value));
    let fits = |request: &&HelpRequest| {
        let Some(resident) = store.resident(request.resident_id) else { return false };
        let found = ["Postcode", "FirstName", "LastName"].map(|name| resident.text(name).map(folded));
        contains.iter().zip(&found).all(|(wanted, found)| match wanted {
            None => true,
            Some(wanted) => found.as_ref().is_some_and(|found| found.contains(wanted)),
        }) && need.as_ref().is_none_or(|need| request.text("HelpNeeded").map(folded).as_ref() == Some(need))
    };
    let found = store.requests().filter(fits);
    let shown = found.filter_map(|request| Some((request.resident_id, view::with_resident(&store, request)?)));
    let (residents, shown): (Vec<i64>, Vec<Value>) = shown.unzip();
    let mut log = api.log();
    residents.into_iter().for_each(|resident| log.touched(Touch::now(resident, Touched::Shown)));
    Ok(Reply::ok(shown.into()))
}

/// A.6c
pub(super) fn patch(api: &Api, incoming: &Incoming, steps: Steps) -> Answered {
    let body = incoming.json()?;
    let id = incoming.id(0)?;
    let sent = fields::read(&body, &[&fields::patched(RESIDENT), &fields::patched(REQUEST), CASE_NOTES, ASSIGNED_TO])?;
    patch_all(api, id, &sent, steps).map_err(|exception| text_400("updated", exception, incoming))?;
    Ok(Reply::ok(json!({ "success": "true" })))
}

fn text_400(verb: &'static str, exception: Exception, incoming: &Incoming) -> Refusal {
    Refusal::Text { verb, exception, row: incoming.echo() }
}

async fn create_or_find(api: &Api, sent: &Fields, metadata: Option<&Sent>, steps: Steps) -> Result<i64, Exception> {
    let resident = save_resident(api, sent).await?;
    steps.done(Step::Resident)?;
    let request = save_request(api, resident, sent, metadata).await?;
    steps.done(Step::HelpRequest)?;
    if let Some(note) = text(sent, "CaseNotes") {
        api.store().append_note(resident, request, Some(note))?;
    }
    steps.done(Step::Note)?;
    Ok(request)
}

/// A.8 steps 1 and 2. Between the look and the write lies the race window.
async fn save_resident(api: &Api, sent: &Fields) -> Result<i64, Exception> {
    let is_known = matching::find_resident(&api.store(), sent)?.is_some();
    api.work(if is_known { Work::KnownPerson } else { Work::NewPerson }).await;
    let found = matching::find_resident(&api.store(), sent)?;
    match found {
        None => {
            sleep(api.race_window).await;
            let mut fields = fields::only(sent, RESIDENT);
            fields.remove("RecordStatus");
            api.store().insert_resident(fields)
        }
        Some(stored) => {
            let sent = patching::with_joined_phones(&stored.fields, sent.clone());
            let changes = patching::changes(&stored.fields, &sent);
            if !changes.is_empty() {
                sleep(api.race_window).await;
                update_resident(api, &mut api.store(), stored.id, changes)?;
            }
            Ok(stored.id)
        }
    }
}

/// A.8 step 3. Between the look and the write lies the race window.
async fn save_request(api: &Api, resident: i64, sent: &Fields, metadata: Option<&Sent>) -> Result<i64, Exception> {
    let found = matching::find_request(&api.store(), resident, sent, metadata)?;
    if let Some(id) = found {
        return Ok(id);
    }
    sleep(api.race_window).await;
    let mut fields = fields::only(sent, REQUEST);
    defaults(&mut fields);
    let metadata = metadata.map(Sent::kept).transpose()?;
    api.store().insert_request(resident, fields, metadata)
}

fn patch_all(api: &Api, id: i64, sent: &Fields, steps: Steps) -> Result<(), Exception> {
    api.store().update_request(id, fields::only(sent, REQUEST))?;
    steps.done(Step::HelpRequest)?;
    patch_resident(api, id, sent)?;
    steps.done(Step::Resident)?;
    if let Some(note) = text(sent, "CaseNotes") {
        api.store().patch_note(id, note)?;
    }
    steps.done(Step::Note)
}

fn patch_resident(api: &Api, request: i64, sent: &Fields) -> Result<(), Exception> {
    let mut store = api.store();
    let resident = store.request(request).and_then(|request| store.resident(request.resident_id));
    let resident = resident.ok_or(Exception::NoSuchRecord)?;
    let (id, changes) = (resident.id, patching::changes(&resident.fields, sent));
    update_resident(api, &mut store, id, changes)
}

fn update_resident(api: &Api, store: &mut Store, id: i64, changes: Fields) -> Result<(), Exception> {
    store.update_resident(id, changes.clone())?;
    if !changes.is_empty() {
        api.log().touched(Touch::now(id, Touched::Written(changes)));
    }
    Ok(())
}

/// Fills in what an insert does (A.8 step 3, A.6).
pub(super) fn defaults(fields: &mut Fields) {
    fields.entry("CallbackRequired".to_owned()).or_insert(true.into());
    fields.entry("DateTimeRecorded".to_owned()).or_insert_with(|| fields::shown(Utc::now().naive_utc()).into());
}
