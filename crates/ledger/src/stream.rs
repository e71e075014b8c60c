//! The table's stream, as the reporter sees it.

use serde_dynamo::AttributeValue;

use crate::RunId;
use crate::keys::run_of;

/// The filter criteria of the reporter's event source mapping, of which one must be met: only what may make a summary due
/// calls it, however many rows a run has. No row and no lease, which hold residents' data, goes through.
pub const STREAM_FILTERS: [&str; 4] = [
    // All is enqueued, or nothing of the file will be.
    r#"{"dynamodb":{"Keys":{"sk":{"S":["RUN"]}},"NewImage":{"state":{"S":["posting","rejected","cancelled"]}}}}"#,
    // The last row of a lane has settled.
    r#"{"dynamodb":{"Keys":{"sk":{"S":["PROGRESS"]}},"NewImage":{"open":{"N":["0"]}}}}"#,
    // A row has moved, or somebody asked for the summary again: the run is marked.
    r#"{"dynamodb":{"Keys":{"sk":{"S":["PROGRESS"]}},"NewImage":{"list_pk":{"S":[{"exists":true}]}}}}"#,
    // Rows that are gone were counted.
    r#"{"dynamodb":{"Keys":{"sk":{"S":["PROGRESS"]}},"NewImage":{"gone":{"N":[{"exists":true}]}}}}"#,
];

/// Marks a run that a reporter or a sweep has written to. All is enqueued by then, so that only its progress tells news:
/// a report that is claimed and given back must not call for the next one.
pub(crate) const TAKEN_UP: &str = "taken_up";

/// The run that a stream record tells news of, by its `Keys` and its `NewImage`.
pub fn changed(keys: &serde_dynamo::Item, image: &serde_dynamo::Item) -> Option<RunId> {
    let key = |name: &str| match keys.get(name) {
        Some(AttributeValue::S(text)) => Some(text.as_str()),
        _ => None,
    };
    let is_news = match key("sk")? {
        "RUN" => image.get(TAKEN_UP).is_none(),
        "PROGRESS" => true,
        _ => false,
    };
    is_news.then(|| run_of(key("pk")?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "0123456789abcdef0123";

    fn item(attributes: &[(&str, AttributeValue)]) -> serde_dynamo::Item {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        attributes.collect::<std::collections::HashMap<_, _>>().into()
    }

    fn keys(pk: &str, sk: &str) -> serde_dynamo::Item {
        item(&[("pk", AttributeValue::S(pk.to_owned())), ("sk", AttributeValue::S(sk.to_owned()))])
    }

    #[test]
    fn runs_and_progress_speak_of_their_run() {
        let (expected, image) = (RUN.parse().ok(), item(&[]));
        assert_eq!(changed(&keys(&format!("RUN#{RUN}"), "RUN"), &image), expected);
        assert_eq!(changed(&keys(&format!("RUN#{RUN}#7"), "PROGRESS"), &image), expected);
        assert_eq!(changed(&keys(&format!("RUN#{RUN}#7"), "ROW#000000007"), &image), None);
        assert_eq!(changed(&keys("SWITCH#here-to-help", "SWITCH"), &image), None);
        assert_eq!(changed(&keys("RUN#nonsense", "RUN"), &image), None);
    }

    #[test]
    fn what_a_reporter_notes_on_a_run_is_no_news_and_progress_is() {
        let image = item(&[(TAKEN_UP, AttributeValue::Bool(true))]);
        assert_eq!(changed(&keys(&format!("RUN#{RUN}"), "RUN"), &image), None);
        assert_eq!(changed(&keys(&format!("RUN#{RUN}#7"), "PROGRESS"), &image), RUN.parse().ok());
    }
}
