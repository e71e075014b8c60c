//! What a sheet, and a folder in which it lies, cost of what AWS charges for (docs/cost.md). The numbers are exact.

mod common;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use lambda_support::invocation::Deadline;
use ledger::{Clock, Ledger};
use serde_json::json;
use simulators::google::{Options, Simulator};
use splitter::Splitter;
use testkit::dynamodb::{Dynamodb, TABLE};
use testkit::proxy::Units;

use crate::common::splitter;

const HEADER: &str = "First name,Surname,d.o.b,Help Request Type,Address Line 1,Address Line 2,City,Postcode,Email,\
                      Phone number,Phone number 2,UPRN,Subtype,Case Note 1,Case Note 2,Case Note 3,Case Note 4\n";

/// So many people, each of whom is to be posted.
fn sheet(rows: u32) -> String {
    let rows = (0..rows).map(|row| format!("Ann,Lee,,EUSS,,,,,ann{row}@example.org,,,,,Rings,,,\n"));
    rows.fold(HEADER.to_owned(), |sheet, row| sheet + &row)
}

#[tokio::test]
async fn a_row_costs_one_write_unit_and_a_file_that_is_done_with_nothing() {
    let folders = tempfile::tempdir().expect("a folder");
    let listen = ([127, 0, 0, 1], 0).into();
    let google = Simulator::start(Options { root: folders.path().to_owned(), listen }).await.expect("Google");
    let dynamodb = Dynamodb::start().await;
    ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
    dynamodb.without_stream().await;
    let (proxy, client) = dynamodb.proxied().await;
    let sqs = testkit::sqs::Sqs::start().await;
    let clock: Clock = Arc::new(Utc::now);
    let ledger = || Ledger::new(client.clone(), TABLE, clock.clone());
    let splitter = || splitter(&google, ("generic", TimeDelta::zero()), ledger(), clock.clone(), sqs.url());
    let poll = async |splitter: &Splitter| {
        let before = proxy.units();
        let deadline = Deadline::after(Duration::from_secs(300));
        splitter.event(json!({ "feed": "generic" }), deadline).await.expect("polled");
        proxy.units().since(before)
    };
    let warm = splitter();
    let nothing = poll(&warm).await;
    // The list of the feed's runs that are open.
    let list = 0.5;
    assert_eq!(nothing, Units { read: list, write: 0.0 });
    for (before, rows) in [(0.0, 20_u32), (1.0, 120)] {
        fs::write(folders.path().join(format!("generic/inbound/list {rows}.csv")), sheet(rows)).expect("room");
        // Each row, and thirty for the run, its file, its steps and its sixteen lanes. Read are the file, and each lane for what is
        // to be enqueued: here one unit each.
        let taken = Units { read: list + before + 17.0, write: f64::from(rows) + 30.0 };
        assert_eq!(poll(&warm).await, taken, "{rows} rows");
        // Runs that are open are looked at each time. A file is asked about once more, with its run, and then never again.
        let open = before + 1.0;
        assert_eq!(poll(&warm).await, Units { read: list + open + 2.0, write: 0.0 });
        assert_eq!(poll(&warm).await, Units { read: list + open, write: 0.0 });
        assert_eq!(poll(&splitter()).await, Units { read: list + open + 2.0 * open, write: 0.0 }, "a cold start");
    }
}
