//! Runs that an earlier invocation left in the middle are gone on with, one by one; what is taken of a folder; and what
//! else an event may ask for.

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use feeds::{ExcludedIds, Feed, Header, Rules, Settlement, SheetEvidence};
use lambda_support::invocation::Deadline;
use ledger::{Checkpoint, Clock, Ledger, NewRow, NewRun, Run, RunClaim, RunState};
use serde_json::json;
use simulators::google::{Direction, Options, Simulator};
use splitter::Splitter;
use testkit::dynamodb::{Dynamodb, TABLE};

/// A run that was read whole and of which nothing is to be posted; its splitter stopped there.
async fn read_whole(ledger: &Ledger, file: &str) -> Run {
    let new = NewRun {
        feed: Feed::named("spl").expect("a feed"),
        file_id: file.to_owned(),
        file_name: format!("{file}.csv"),
        revision: "a".to_owned(),
        file_created: Utc::now(),
        file_modified: Utc::now(),
        rules: Rules { as_of: Utc::now().date_naive(), excluded: ExcludedIds::parse("") },
        rules_version: 1,
        lanes: ledger::LANES,
    };
    let claim = ledger.claim_run(new, Utc::now() + Duration::from_secs(300)).await.expect("a claim");
    let RunClaim::Reading(mut reading) = claim else { panic!("not ours") };
    reading.set_header(&Header { row: 1, columns: vec!["category".to_owned()] }).await.expect("a header");
    let settlement = Some(Settlement::skipped("another category".to_owned()));
    let row = NewRow { row: 2, cells: vec!["A".to_owned()], warnings: Vec::new(), settlement };
    reading.record(&[row], Checkpoint { last_row: 2, evidence: SheetEvidence::default() }).await.expect("recorded");
    let enqueueing = reading.read_whole().await.expect("read whole");
    let run = enqueueing.run().clone();
    enqueueing.release().await.expect("released");
    run
}

async fn dynamodb() -> Dynamodb {
    let dynamodb = Dynamodb::start().await;
    ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
    dynamodb
}

fn splitter(dynamodb: &Dynamodb, google: &Simulator) -> Splitter {
    let clock: Clock = Arc::new(Utc::now);
    let ledger = Ledger::new(dynamodb.client.clone(), TABLE, clock.clone());
    common::splitter(google, ("spl", TimeDelta::zero()), ledger, clock, "nowhere")
}

#[tokio::test]
async fn a_run_of_a_newer_version_keeps_the_feeds_other_runs_and_files_from_nothing() {
    let dynamodb = dynamodb().await;
    let tree = tempfile::tempdir().expect("a folder");
    let inbound = tree.path().join("spl/inbound");
    std::fs::create_dir_all(&inbound).expect("a folder");
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let google = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
    let splitter = splitter(&dynamodb, &google);
    let ledger = &splitter.ledger;

    let newer = read_whole(ledger, "newer").await;
    let run = read_whole(ledger, "file").await;
    dynamodb.set_newer_version(&format!("RUN#{}", newer.id), "RUN").await;
    // A newer version has taken this file; of that one it has written the file's item only, and reported `letter.pdf`.
    for name in ["taken.csv", "noted.csv", "letter.pdf", "fresh.csv"] {
        std::fs::write(inbound.join(name), name).expect("room on the disk");
    }
    let files = splitter.drive.list(&google.folder_id("spl", Direction::Inbound)).await.expect("a listing");
    let id = |name: &str| files.iter().find(|file| file.name == name).expect("the file").id.clone();
    let taken = read_whole(ledger, &id("taken.csv")).await;
    read_whole(ledger, &id("noted.csv")).await;
    dynamodb.set_newer_version(&format!("RUN#{}", taken.id), "RUN").await;
    dynamodb.set_newer_version(&format!("FILE#{}", id("noted.csv")), "FILE").await;
    dynamodb.set_newer_version(&format!("FILE#{}", id("letter.pdf")), "FILE").await;

    let deadline = Deadline::after(Duration::from_secs(300));
    let polled = splitter.event(json!({ "feed": "spl" }), deadline).await;
    assert_eq!(polled.expect("polled"), json!({ "taken": 1 }));
    let run = ledger.run(&run.id).await.expect("an answer").expect("a run");
    assert_eq!(run.state, RunState::Posting, "gone on with");
    let known = ledger.known_files(&files.iter().map(|file| file.id.clone()).collect::<Vec<_>>()).await;
    let known = known.expect("an answer");
    assert_eq!(known.revisions.keys().collect::<Vec<_>>(), [&id("fresh.csv")], "taken");
    let left_alone = [id("taken.csv"), id("noted.csv"), id("letter.pdf")];
    assert!(left_alone.iter().all(|file| known.unreadable.contains_key(file)), "{known:?}");
}

#[tokio::test]
async fn what_is_no_sheet_is_rejected_once_for_each_content() {
    let dynamodb = dynamodb().await;
    let tree = tempfile::tempdir().expect("a folder");
    let inbound = tree.path().join("spl/inbound");
    std::fs::create_dir_all(inbound.join("last year")).expect("a folder in it");
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let google = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
    let splitter = splitter(&dynamodb, &google);
    let poll = async || {
        let deadline = Deadline::after(Duration::from_secs(300));
        splitter.event(json!({ "feed": "spl" }), deadline).await.expect("polled")
    };
    for (content, taken, runs) in [("one", 1, 1), ("one", 0, 1), ("another", 1, 2)] {
        std::fs::write(inbound.join("old list.xls"), content).expect("room on the disk");
        assert_eq!(poll().await, json!({ "taken": taken }));
        let rejected = splitter.ledger.runs(Feed::named("spl").expect("a feed"), chrono::DateTime::UNIX_EPOCH).await;
        let rejected = rejected.expect("the runs");
        assert_eq!(rejected.len(), runs);
        for run in rejected {
            assert_eq!((run.state, run.file_name.as_str()), (RunState::Rejected, "old list.xls"));
            assert!(run.problems[0].problem.contains("old kind (.xls)"), "{:?}", run.problems);
        }
    }
}

/// An alarm says which feed it is.
#[tokio::test]
async fn a_poll_that_fails_is_counted_by_feed() {
    let dynamodb = dynamodb().await;
    let tree = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let google = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
    let splitter = splitter(&dynamodb, &google);
    lambda_support::metrics::start();
    for feed in ["spl", "generic"] {
        // Only spl has an inbound folder here.
        let polled = splitter.event(json!({ "feed": feed }), Deadline::after(Duration::from_secs(300))).await;
        assert_eq!(polled.is_ok(), feed == "spl", "{polled:?}");
    }
    let lines = String::from_utf8(lambda_support::metrics::drained().expect("lines")).expect("text");
    let failed = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON"));
    let failed: Vec<_> = failed.filter(|line| !line["PollsFailed"].is_null()).collect();
    assert_eq!(failed.len(), 1, "{lines}");
    assert_eq!((&failed[0]["PollsFailed"], &failed[0]["Feed"]), (&json!(1), &json!("generic")));
}

/// `h2h doctor` asks so where only a function can sign in to Google.
#[tokio::test]
async fn a_folder_is_looked_at_for_who_cannot() {
    let dynamodb = dynamodb().await;
    let tree = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let google = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
    std::fs::write(tree.path().join("spl/inbound/list.csv"), "a,b").expect("room on the disk");
    let splitter = splitter(&dynamodb, &google);
    let ask = async |event| splitter.event(event, Deadline::after(Duration::from_secs(300))).await;
    let folder = google.folder_id("spl", Direction::Inbound);
    let answer = ask(json!({ "look": folder })).await.expect("an answer");
    let look: drive::Look = serde_json::from_value(answer).expect("a look");
    assert_eq!(look, splitter.drive.look(&folder).await.expect("a look"), "as if one looked oneself");
    assert_eq!((look.files[0].name.as_str(), look.files[0].size), ("list.csv", Some(3)));
    let open = splitter.ledger.open_run_ids(Feed::named("spl").expect("a feed")).await.expect("a list");
    assert!(open.is_empty(), "and nothing is taken");

    let answer = ask(json!({ "look": "no-such-folder" })).await.expect("an answer");
    let problem = answer["problem"].as_str().expect("what to do");
    assert!(problem.contains("share it with"), "{problem}");
    let error = ask(json!({ "sweep": true })).await.expect_err("none of its own");
    assert!(error.to_string().contains("check the schedule's input"), "{error}");
}
