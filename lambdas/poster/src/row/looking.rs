//! Looking for the request that a POST made whose answer nobody knows.

use feeds::HelpRequest;
use here_to_help::{Conversation, Error, HelpRequestReply, Search};
use ledger::RowId;

/// The result of a look.
pub(crate) enum Looked {
    Found(Box<HelpRequestReply>),
    NotThere,
    /// The row has not what the search needs: the request may be there or not.
    Impossible,
}

/// Looks for a row's request under the names of each of these: it carries the row in its metadata.
pub(crate) async fn look_for(
    row: &RowId,
    under: impl IntoIterator<Item = &HelpRequest>,
    api: &Conversation<'_>,
) -> Result<Looked, Error> {
    let row = row.to_string();
    let mut looked = Looked::Impossible;
    for search in under.into_iter().filter_map(Search::for_request) {
        let found = api.search(&search).await?;
        if let Some(request) = found.into_iter().find(|request| request.ingestion_row() == Some(&row)) {
            return Ok(Looked::Found(Box::new(request)));
        }
        looked = Looked::NotThere;
    }
    Ok(looked)
}

/// The API finds the resident again if the POST is repeated, and the request if it could not be looked for
/// (docs/contract/here-to-help-api.md, A.9): otherwise a repeated POST could make either twice.
pub(crate) fn can_be_found_again(request: &HelpRequest) -> bool {
    is_found_again(request) && (Search::for_request(request).is_some() || has_key(request))
}

/// The API finds the resident again (A.8, steps 1 and 2), which names alone do not do.
pub(crate) fn is_found_again(request: &HelpRequest) -> bool {
    let birth = request.dob_day.is_some() && request.dob_month.is_some() && request.dob_year.is_some();
    let names = request.first_name.is_some() && request.last_name.is_some();
    let contact = request.email_address.is_some()
        || request.contact_mobile_number.is_some()
        || request.contact_telephone_number.is_some();
    request.nhs_number.is_some() || names && (birth || contact || request.uprn.is_some())
}

/// The ids in the metadata by which the API finds a request again (A.8, step 3).
const IDS: [&str; 3] = ["nsss_id", "spl_id", "generic_ingestion_id"];

/// The request has an id by which the API finds it again.
fn has_key(request: &HelpRequest) -> bool {
    request.nhs_ctas_id.is_some() || IDS.iter().any(|id| request.metadata.contains_key(*id))
}

/// Both have the same id of that kind.
pub(crate) fn share_a_key(one: &HelpRequest, other: &HelpRequest) -> bool {
    let same_id = |id: &&str| one.metadata.get(*id).is_some_and(|value| other.metadata.get(*id) == Some(value));
    one.nhs_ctas_id.is_some() && one.nhs_ctas_id == other.nhs_ctas_id || IDS.iter().any(same_id)
}
