//! Looking for the request that a POST made whose answer nobody knows.

use here_to_help::{Conversation, Error, HelpRequestReply, Search};
use ledger::RowId;
use wire::{HelpRequest, has_key, is_found_again};

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
