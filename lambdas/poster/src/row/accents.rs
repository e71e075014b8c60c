//! Letters beyond ASCII: not every database and not every .NET takes `ë` and `Ë` for one (docs/contract/here-to-help-api.md, A.8,
//! step 1). Where this one does not, the API does not find a resident by such a name, and a POST makes them a second time. That
//! can be seen, not helped.

use here_to_help::{Conversation, HelpRequestReply, Search, has_other_letters};
use lambda_support::invocation::describe;
use wire::{Held, HelpRequest};

/// Said in the summary, and not to whom it happened: the row says that.
const MADE_TWICE: &str = "Here to Help does not find this person by name, because of a letter such as é in it, and may have made them twice: look for a second resident of this name, and merge the two";
/// Said where the API could not be asked.
const CANNOT_BE_TOLD: &str = "it could not be asked whether Here to Help finds this person by name, which has a letter such as é in it; it may have made them twice: look for a second resident of this name, and merge the two";

/// The warning for a row whose resident may be there twice. Asks the API, where the name has such letters, whether it
/// finds the row's request by name; an answer that does not come is not waited for, as everything else of the row is
/// done.
pub(crate) async fn warning(
    sent: &HelpRequest,
    reply: &HelpRequestReply,
    api: &Conversation<'_>,
) -> Option<&'static str> {
    let search =
        Search::by_whole_names(sent).filter(|_| has_other_letters(sent) && has_the_names(&reply.held, sent))?;
    match api.search(&search).await {
        Ok(found) if found.iter().any(|request| request.id == reply.id) => None,
        Ok(_) => Some(MADE_TWICE),
        Err(error) => {
            tracing::info!(error = describe(&error), "whether the API finds the resident by name is not known");
            Some(CANNOT_BE_TOLD)
        }
    }
}

/// True if the names are still those that were sent: those that staff changed are not found for another reason.
fn has_the_names(held: &Held, sent: &HelpRequest) -> bool {
    let folded = |name: &Option<String>| name.as_ref().map(|name| name.trim().to_lowercase());
    folded(&held.first_name) == folded(&sent.first_name) && folded(&held.last_name) == folded(&sent.last_name)
}
