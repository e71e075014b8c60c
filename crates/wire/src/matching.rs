//! The rules by which the API finds a resident and a request again (docs/contract/here-to-help-api.md, A.8).

use crate::request::HelpRequest;

/// The API finds the resident again (A.8, steps 1 and 2), which names alone do not do.
pub fn is_found_again(request: &HelpRequest) -> bool {
    let names = request.first_name.is_some() && request.last_name.is_some();
    let contact = request.email_address.is_some()
        || request.contact_mobile_number.is_some()
        || request.contact_telephone_number.is_some();
    request.nhs_number.is_some() || names && (has_birthday(request) || contact || request.uprn.is_some())
}

/// The request has a whole birthday, by which the API finds the resident beside the names (A.8, step 2).
pub(crate) fn has_birthday(request: &HelpRequest) -> bool {
    request.dob_day.is_some() && request.dob_month.is_some() && request.dob_year.is_some()
}

/// The ids in the metadata by which the API finds a request again (A.8, step 3).
const IDS: [&str; 3] = ["nsss_id", "spl_id", "generic_ingestion_id"];

/// The request has an id by which the API finds it again.
pub fn has_key(request: &HelpRequest) -> bool {
    request.nhs_ctas_id.is_some() || IDS.iter().any(|id| request.metadata.contains_key(*id))
}

/// Both have the same id of that kind.
pub fn share_a_key(one: &HelpRequest, other: &HelpRequest) -> bool {
    let same_id = |id: &&str| one.metadata.get(*id).is_some_and(|value| other.metadata.get(*id) == Some(value));
    one.nhs_ctas_id.is_some() && one.nhs_ctas_id == other.nhs_ctas_id || IDS.iter().any(same_id)
}
