//! The table's stream, as the reporter sees it.

use crate::keys::{RunId, run_of};

/// The filter criteria of the reporter's event source mapping: run and progress items only.
pub const STREAM_FILTER: &str = r#"{"dynamodb":{"Keys":{"sk":{"S":["RUN","PROGRESS"]}}}}"#;

/// The run that a stream record's `Keys` speak of; none for items other than runs and progress.
pub fn changed(keys: &serde_dynamo::Item) -> Option<RunId> {
    let key = |name: &str| match keys.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => Some(text.as_str()),
        _ => None,
    };
    matches!(key("sk")?, "RUN" | "PROGRESS").then(|| run_of(key("pk")?)).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn keys(pk: &str, sk: &str) -> serde_dynamo::Item {
        let attribute = |text: &str| serde_dynamo::AttributeValue::S(text.to_owned());
        HashMap::from([("pk".to_owned(), attribute(pk)), ("sk".to_owned(), attribute(sk))]).into()
    }

    #[test]
    fn runs_and_progress_speak_of_their_run() {
        let run = "0123456789abcdef0123";
        let expected = run.parse().ok();
        assert_eq!(changed(&keys(&format!("RUN#{run}"), "RUN")), expected);
        assert_eq!(changed(&keys(&format!("RUN#{run}#7"), "PROGRESS")), expected);
        assert_eq!(changed(&keys(&format!("RUN#{run}#7"), "ROW#000000007")), None);
        assert_eq!(changed(&keys("SWITCH#here-to-help", "SWITCH")), None);
        assert_eq!(changed(&keys("RUN#nonsense", "RUN")), None);
    }
}
