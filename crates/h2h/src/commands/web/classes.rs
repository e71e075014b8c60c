//! The classes of dead rows in words: whoever is on call reads what happened where the class stands.

use here_to_help::Kind;

/// What happened to the rows of a class; none where another version made it.
pub(super) fn in_words(class: &str) -> Option<&'static str> {
    let of_a_call = Kind::ALL.iter().find(|kind| kind.as_str() == class).map(|kind| of(*kind));
    of_a_call.or(match class {
        "lost-answer" => Some("the answer was lost, and nothing tells what was done"),
        "another-person" => Some("the id's request stands under another person"),
        "ledger" => Some("DynamoDB did not answer"),
        "no-header" => Some("the run has no header that fits the row"),
        "stalled" => Some("its messages were lost, again and again"),
        "cancelled" => Some("its run was cancelled"),
        _ => None,
    })
}

fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Unreachable => "no connection to Here to Help",
        Kind::TimedOut => "Here to Help did not answer in time",
        Kind::ConnectionLost => "the connection broke before Here to Help's answer",
        Kind::Busy => "Here to Help was busy (429)",
        Kind::ServerError => "Here to Help failed, or the gateway before it (5xx)",
        Kind::NotRecorded => "Here to Help failed while it wrote the row (400 with a text)",
        Kind::Refused => "Here to Help does not take what the row says (400)",
        Kind::Forbidden => "Here to Help does not take the key (401 or 403)",
        Kind::Elsewhere => "something else than Here to Help answered",
        Kind::NotFound => "the request is not in Here to Help any more (404)",
        Kind::Unreadable => "Here to Help's answer could not be read",
        Kind::UnexpectedShape => "Here to Help's answer had another shape than is agreed",
        Kind::UnexpectedStatus => "Here to Help answered with a status that is not agreed",
        Kind::NoTime => "not sent: no time was left",
        Kind::Unsendable => "not sent: the request could not be built",
    }
}
