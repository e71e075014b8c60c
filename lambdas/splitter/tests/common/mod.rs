//! A splitter over a simulator of Drive, as it is after a cold start.

use std::time::Duration;

use aws::queue::Sqs;
use chrono::TimeDelta;
use drive::{Drive, Scope};
use feeds::Feed;
use lambda_support::settings::Environment;
use ledger::{Clock, Ledger};
use simulators::google::{Direction, Simulator};
use splitter::{DoneFiles, Settings, Splitter};
use testkit::aws::sdk_config;

/// Of a feed whose files have this quiet time; it sends to the queue `rows` of this stand-in for SQS.
pub(crate) fn splitter(
    google: &Simulator,
    (feed, quiet): (&str, TimeDelta),
    ledger: Ledger,
    clock: Clock,
    sqs: &str,
) -> Splitter {
    let mut signed_in = drive::Settings::new(google.service_account_key().into(), Scope::ReadOnly);
    signed_in.api_url = Some(google.url().to_owned());
    signed_in.first_wait = Duration::from_millis(1);
    let prefix = Feed::named(feed).expect("a feed").settings_prefix;
    let settings = Settings::from_env(&Environment::Of(&[
        (&format!("{prefix}_INBOUND_FOLDER_ID"), &google.folder_id(feed, Direction::Inbound)),
        ("QUIET_SECONDS", &quiet.num_seconds().to_string()),
    ]));
    Splitter {
        drive: Drive::new(&signed_in).expect("a client"),
        ledger,
        queue: Sqs::new(aws_sdk_sqs::Client::new(&sdk_config(sqs)), format!("{sqs}/000000000000/rows")),
        clock,
        done: DoneFiles::default(),
        settings: settings.expect("settings"),
    }
}
