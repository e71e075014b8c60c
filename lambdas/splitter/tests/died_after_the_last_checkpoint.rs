//! A splitter that dies between a file's last checkpoint and the word that the file is read whole.

mod common;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use feeds::{Intake, Origin, Rules, SheetRow};
use lambda_support::invocation::Deadline;
use ledger::{Checkpoint, Clock, Ledger, NewRow, NewRun, RowMessage, RunClaim, RunState};
use serde_json::json;
use simulators::google::{Direction, Options, Simulator};
use splitter::Splitter;
use testkit::dynamodb::{Dynamodb, TABLE};

const SHEET: [[&str; 17]; 3] = [
    [
        "First name",
        "Surname",
        "d.o.b",
        "Help Request Type",
        "Address Line 1",
        "Address Line 2",
        "City",
        "Postcode",
        "Email",
        "Phone number",
        "Phone number 2",
        "UPRN",
        "Subtype",
        "Case Note 1",
        "Case Note 2",
        "Case Note 3",
        "Case Note 4",
    ],
    ["Ann", "Lee", "", "EUSS", "", "", "", "", "ann@example.org", "", "", "", "", "Note 1", "", "", ""],
    ["Bob", "Lee", "", "EUSS", "", "", "", "", "bob@example.org", "", "", "", "", "Note 2", "", "", ""],
];

#[tokio::test]
async fn the_next_one_goes_on_and_enqueues_every_row_once() {
    let folders = tempfile::tempdir().expect("a folder");
    let listen = ([127, 0, 0, 1], 0).into();
    let google = Simulator::start(Options { root: folders.path().to_owned(), listen }).await.expect("Google");
    let sheet: String = SHEET.iter().map(|row| row.join(",") + "\n").collect();
    fs::write(folders.path().join("generic/inbound/list.csv"), sheet).expect("room on the disk");
    let hours = Arc::new(AtomicI64::new(0));
    let (splitter, sqs) = splitter(&google, hours.clone()).await;

    // Read to its end, with the checkpoint behind the last row; then it dies.
    let run = {
        let folder = google.folder_id("generic", Direction::Inbound);
        let entry = splitter.drive.list(&folder).await.expect("a listing").into_iter().next().expect("the file");
        let rules = Rules { as_of: Utc::now().date_naive(), excluded: splitter.settings.excluded.clone() };
        let new = NewRun {
            feed: feeds::all().iter().find(|feed| feed.name() == "generic").expect("the feed"),
            file_id: entry.id,
            file_name: entry.name,
            revision: entry.md5.expect("a checksum"),
            file_created: entry.created,
            file_modified: entry.modified,
            rules: rules.clone(),
            rules_version: feeds::RULES_VERSION,
            lanes: ledger::LANES,
        };
        let mut intake = Intake::new(new.feed, rules, Origin::Separated);
        let until = Utc::now() + TimeDelta::hours(2);
        let RunClaim::Reading(mut reading) = splitter.ledger.claim_run(new, until).await.expect("a claim") else {
            panic!("the run is not new")
        };
        let mut rows = Vec::new();
        for (number, cells) in (1..).zip(SHEET) {
            let judged = intake.push(SheetRow::of_text(number, cells)).expect("a row");
            rows.extend(judged.into_iter().map(pending));
        }
        rows.extend(intake.finish().expect("a sheet").into_iter().map(pending));
        reading.set_header(intake.header().expect("a header")).await.expect("noted");
        let evidence = intake.evidence().clone();
        reading.record(&rows, Checkpoint { last_row: 3, evidence }).await.expect("recorded");
        reading.run().id.clone()
    };

    // Its lease is over then.
    hours.store(3, Ordering::SeqCst);
    splitter.event(json!({ "feed": "generic" }), Deadline::after(Duration::from_secs(4 * 3600))).await.expect("polled");

    let run = splitter.ledger.run(&run).await.expect("read").expect("the run");
    assert_eq!((run.state, run.rows_read, run.rows_enqueued), (RunState::Posting, 2, 2));
    let sent = sqs.bodies("rows");
    let rows: Vec<u32> = sent.iter().map(|body| RowMessage::parse(body).expect("a row message").row.row).collect();
    assert_eq!(rows, [2, 3], "{sent:?}");
}

fn pending(judged: feeds::Judged) -> NewRow {
    NewRow { settlement: None, ..NewRow::from(judged) }
}

/// A splitter whose clock is so many hours ahead, and its queue.
async fn splitter(google: &Simulator, hours: Arc<AtomicI64>) -> (Splitter, testkit::sqs::Sqs) {
    let dynamodb = Dynamodb::start().await.client;
    ledger::table::create(&dynamodb, TABLE).await.expect("a table");
    let sqs = testkit::sqs::Sqs::start().await;
    let clock: Clock = Arc::new(move || Utc::now() + TimeDelta::hours(hours.load(Ordering::SeqCst)));
    let ledger = Ledger::new(dynamodb, TABLE, clock.clone());
    let splitter = common::splitter(google, ("generic", TimeDelta::zero()), ledger, clock, sqs.url());
    (splitter, sqs)
}
