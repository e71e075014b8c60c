//! How the API finds the resident and the help request of a POST v3 (A.8 steps 1 and 3).
//!
//! First hit wins. Where several rows fit, the API takes an arbitrary one; here it is the oldest.

use super::{
    fields::{Fields, text},
    folding::{day_key, name_key, present, upper, without_blanks},
    like::Pattern,
    metadata::{self, GENERIC_ID, REQUEST_IDS},
    rows::{HelpRequest, Resident},
    store::{Exception, Store},
};

/// Rules 2-7: whether a resident of the wanted names is the wanted one.
type Rule = fn(&Store, &Fields, &Resident) -> bool;
const RULES: [Rule; 6] = [same_uprn, same_birthday, same_ctas_id, same_email, same_mobile, same_telephone];

/// Finds the resident whom the fields mean, as it is now.
pub(super) fn find_resident(store: &Store, wanted: &Fields) -> Result<Option<Resident>, Exception> {
    refuse_nul(wanted)?;
    if let Some(number) = present(text(wanted, "NhsNumber"))
        && let Some(resident) = store.residents_with_nhs_number(&without_blanks(number)).next()
    {
        return Ok(Some(resident.clone()));
    }
    let names = present(text(wanted, "FirstName")).zip(present(text(wanted, "LastName")));
    let Some((first, last)) = names.map(|(first, last)| (name_key(first), name_key(last))) else {
        return Ok(None);
    };
    let by = |rule: &Rule| store.residents_named(&first, &last).find(|resident| rule(store, wanted, resident));
    Ok(RULES.iter().find_map(by).cloned())
}

/// Finds the request that is there already.
pub(super) fn find_request(store: &Store, resident: i64, wanted: &Fields) -> Result<Option<i64>, Exception> {
    if let Some(ctas_id) = text(wanted, "NhsCtasId") {
        let need = upper(text(wanted, "HelpNeeded").ok_or(Exception::NullReference)?);
        let same_need = |request: &&HelpRequest| request.text("HelpNeeded").map(upper).as_ref() == Some(&need);
        if let Some(request) = store.requests_with_ctas_id(ctas_id).find(same_need) {
            return Ok(Some(request.id));
        }
    }
    for key in REQUEST_IDS {
        let id = wanted.get("Metadata").and_then(|metadata| metadata::get(metadata, key));
        if let Some(id) = id
            && let Some(found) = like(store, resident, key, &Pattern::parse(&id)?)
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn like(store: &Store, resident: i64, key: &'static str, pattern: &Pattern) -> Option<i64> {
    let in_scope = |request: &&HelpRequest| key != GENERIC_ID || request.resident_id == resident;
    let found = match pattern.literal() {
        Some(id) => store.requests_with_metadata_id(key, &id).find(in_scope),
        None => store
            .requests()
            .filter(in_scope)
            .find(|request| request.metadata(key).is_some_and(|stored| pattern.fits(&stored))),
    };
    found.map(|request| request.id)
}

/// The values that go into the queries of step 1.
fn refuse_nul(wanted: &Fields) -> Result<(), Exception> {
    const LOOKED_UP: [&str; 10] = [
        "NhsNumber",
        "FirstName",
        "LastName",
        "Uprn",
        "DobDay",
        "DobMonth",
        "DobYear",
        "EmailAddress",
        "ContactMobileNumber",
        "ContactTelephoneNumber",
    ];
    let holds_nul = |name| text(wanted, name).is_some_and(|value| value.contains('\0'));
    if LOOKED_UP.into_iter().any(holds_nul) { Err(Exception::Nul) } else { Ok(()) }
}

fn same_uprn(_: &Store, wanted: &Fields, resident: &Resident) -> bool {
    same(wanted, "Uprn", resident, "Uprn", str::to_owned)
}

fn same_birthday(_: &Store, wanted: &Fields, resident: &Resident) -> bool {
    same(wanted, "DobYear", resident, "DobYear", str::to_owned)
        && same(wanted, "DobMonth", resident, "DobMonth", day_key)
        && same(wanted, "DobDay", resident, "DobDay", day_key)
}

fn same_ctas_id(store: &Store, wanted: &Fields, resident: &Resident) -> bool {
    let Some(ctas_id) = present(text(wanted, "NhsCtasId")).map(name_key) else { return false };
    store
        .requests_of(resident.id)
        .any(|request| request.text("NhsCtasId").map(name_key).as_deref() == Some(ctas_id.as_str()))
}

fn same_email(_: &Store, wanted: &Fields, resident: &Resident) -> bool {
    same(wanted, "EmailAddress", resident, "EmailAddress", name_key)
}

fn same_mobile(_: &Store, wanted: &Fields, resident: &Resident) -> bool {
    either_phone(wanted, "ContactMobileNumber", resident)
}

fn same_telephone(_: &Store, wanted: &Fields, resident: &Resident) -> bool {
    either_phone(wanted, "ContactTelephoneNumber", resident)
}

fn either_phone(wanted: &Fields, name: &str, resident: &Resident) -> bool {
    ["ContactMobileNumber", "ContactTelephoneNumber"]
        .into_iter()
        .any(|stored| same(wanted, name, resident, stored, str::to_owned))
}

/// Whether the wanted field is present and equal to the stored one, both trimmed and folded.
fn same(wanted: &Fields, name: &str, resident: &Resident, stored: &str, fold: fn(&str) -> String) -> bool {
    let wanted = present(text(wanted, name)).map(fold);
    let stored = resident.text(stored).map(str::trim).map(fold);
    wanted.is_some() && wanted == stored
}
