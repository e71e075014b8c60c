//! What goes wrong for an engineer on call: an API that is another one, rows that it fails, a reporter that nothing feeds.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use local_stack::{HereToHelp, Options, Stack, spl};
use serde_json::json;
use simulators::here_to_help::{self, Simulator};

/// The key of the first API, that of the one that takes its place, and one that nobody takes.
pub(crate) const KEYS: [&str; 3] = ["first-api-key", "second-api-key", "no-such-api-key"];
/// The names by which the API fails rows, how, and the class that such a row has then.
const ILL: [(&str, &str, &str); 3] =
    [("Anna", "500", "server-error"), ("Berta", "text-400", "not-recorded"), ("Clara", "403", "forbidden")];
pub(crate) const CLASSES: [&str; 3] = [ILL[0].2, ILL[1].2, ILL[2].2];

/// A stack behind this gate, with the first key.
pub(crate) fn options(drive: &Path, gate: SocketAddr) -> Options {
    let mut options = Options::new(drive);
    options.here_to_help = HereToHelp::At { url: format!("http://{gate}/api/"), key: KEYS[0].to_owned() };
    // A row that does not go through is to be a dead letter soon; one whose attempt fails just before an outage ends, and
    // whose probe then goes well, needs another.
    options.row_receives = 3;
    options.tempo.poster_timeout = Duration::from_secs(60);
    options.tempo.visibility = Duration::from_secs(60);
    options
}

/// An API that takes this key, and where it listens.
pub(crate) async fn api(key: &str) -> (Simulator, SocketAddr) {
    let options = here_to_help::Options { api_key: key.to_owned(), ..here_to_help::Options::default() };
    let api = Simulator::start(options).await.expect("the API");
    let address = api.base_url().replace("http://", "").replace("/api/", "").parse().expect("an address");
    (api, address)
}

/// A sheet's rows that the API fails from now on, so many of each class.
pub(crate) fn failing(api: &Simulator, rows: [usize; 3]) -> Vec<Vec<String>> {
    let rules = ILL.map(|(name, answer, _)| json!({ "answer": answer, "name": name, "calls": ["create"] }));
    api.set_faults(serde_json::from_value(json!({ "rules": rules })).expect("faults"));
    let names = ILL.iter().zip(rows).flat_map(|((name, ..), rows)| std::iter::repeat_n(*name, rows));
    (1_000..).zip(names).map(|(person, name)| spl::row(person, &[("PatientFirstName", name)])).collect()
}

/// Has the API fail nothing any more.
pub(crate) fn mended(api: &Simulator) {
    api.set_faults(serde_json::from_value(json!({ "rules": [] })).expect("no faults"));
}

/// Switches off what feeds the reporter.
pub(crate) async fn reporter_is_not_fed(stack: &Stack) {
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let mappings = lambda.list_event_source_mappings().function_name("reporter").send().await.expect("the mappings");
    let reports = mappings.event_source_mappings.unwrap_or_default().into_iter();
    for mapping in reports.filter(|one| one.event_source_arn.as_deref().is_some_and(|arn| arn.ends_with(":reports"))) {
        let update = lambda.update_event_source_mapping().set_uuid(mapping.uuid).enabled(false);
        update.send().await.expect("switched off");
    }
}
