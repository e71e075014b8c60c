//! How the API finds the resident and the help request of a POST v3 (A.8 steps 1 and 3).
//!
//! First hit wins. Where several rows fit, the API takes an arbitrary one; here it is the oldest.

use super::{
    exception::Exception,
    fields::{Fields, text},
    folding::{present, trim_stored, without_blanks},
    like,
    metadata::{GENERIC_ID, REQUEST_IDS, Sent},
    rows::{HelpRequest, Resident},
    store::Store,
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
    let letters = store.letters();
    let names = present(text(wanted, "FirstName")).zip(present(text(wanted, "LastName")));
    let Some((first, last)) = names.map(|(first, last)| (letters.sent_trimmed(first), letters.sent_trimmed(last)))
    else {
        return Ok(None);
    };
    let by = |rule: &Rule| store.residents_named(&first, &last).find(|resident| rule(store, wanted, resident));
    Ok(RULES.iter().find_map(by).cloned())
}

/// Finds the request that is there already.
pub(super) fn find_request(
    store: &Store,
    resident: i64,
    wanted: &Fields,
    metadata: Option<&Sent>,
) -> Result<Option<i64>, Exception> {
    if let Some(ctas_id) = text(wanted, "NhsCtasId") {
        let letters = store.letters();
        let need = letters.sent(text(wanted, "HelpNeeded").ok_or(Exception::NullReference)?);
        let same_need =
            |request: &&HelpRequest| request.text("HelpNeeded").is_some_and(|stored| letters.stored(stored) == need);
        if let Some(request) = store.requests_with_ctas_id(ctas_id).find(same_need) {
            return Ok(Some(request.id));
        }
    }
    let Some(metadata) = metadata else { return Ok(None) };
    for key in REQUEST_IDS {
        if let Some(pattern) = metadata.id(key)?
            && let Some(found) = like(store, resident, key, &pattern)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn like(store: &Store, resident: i64, key: &'static str, pattern: &str) -> Result<Option<i64>, Exception> {
    let in_scope = |request: &&HelpRequest| key != GENERIC_ID || request.resident_id == resident;
    if let Some(id) = like::literal(pattern) {
        return Ok(store.requests_with_metadata_id(key, &id).find(in_scope).map(|request| request.id));
    }
    for request in store.requests().filter(in_scope) {
        if let Some(id) = request.metadata(key)
            && like::fits(&id, pattern)?
        {
            return Ok(Some(request.id));
        }
    }
    Ok(None)
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
    equal((wanted, "Uprn"), (resident, "Uprn"), str::to_owned, str::to_owned)
}

fn same_birthday(store: &Store, wanted: &Fields, resident: &Resident) -> bool {
    let letters = store.letters();
    let without_zeros = |text: &str| text.trim_start_matches('0').to_owned();
    let sent_month = |month: &str| letters.sent(&without_zeros(month));
    let stored_month = |month: &str| letters.stored(&without_zeros(month));
    equal((wanted, "DobYear"), (resident, "DobYear"), str::to_owned, str::to_owned)
        && equal((wanted, "DobMonth"), (resident, "DobMonth"), sent_month, stored_month)
        && equal((wanted, "DobDay"), (resident, "DobDay"), without_zeros, without_zeros)
}

/// In memory: what is stored is trimmed and folded by .NET too.
fn same_ctas_id(store: &Store, wanted: &Fields, resident: &Resident) -> bool {
    let folded = |id: Option<&str>| id.map(|id| store.letters().sent_trimmed(id));
    let wanted = folded(present(text(wanted, "NhsCtasId")));
    wanted.is_some() && store.requests_of(resident.id).any(|request| folded(request.text("NhsCtasId")) == wanted)
}

fn same_email(store: &Store, wanted: &Fields, resident: &Resident) -> bool {
    let (letters, email) = (store.letters(), "EmailAddress");
    equal((wanted, email), (resident, email), |sent| letters.sent(sent), |stored| letters.stored(stored))
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
        .any(|stored| equal((wanted, name), (resident, stored), str::to_owned, str::to_owned))
}

/// True if the wanted field is present and equal to the stored one, each trimmed and folded in its own way.
fn equal(
    (wanted, name): (&Fields, &str),
    (resident, stored_name): (&Resident, &str),
    sent: impl Fn(&str) -> String,
    stored: impl Fn(&str) -> String,
) -> bool {
    let wanted = present(text(wanted, name)).map(|value| sent(value.trim()));
    wanted.is_some() && wanted == resident.text(stored_name).map(|value| stored(trim_stored(value)))
}
