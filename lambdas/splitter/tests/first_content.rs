//! What is uploaded and left as it is, is taken at once; what is changed afterwards, or is a Google Sheet, when it was left
//! alone for the quiet time.

mod common;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use feeds::Feed;
use lambda_support::invocation::Deadline;
use ledger::{Clock, Ledger, RunState};
use serde_json::json;
use simulators::google::{Options, Simulator};
use splitter::Splitter;
use testkit::dynamodb::{Dynamodb, TABLE};

use crate::common::splitter;

const QUIET: TimeDelta = TimeDelta::seconds(120);

/// A splitter over a folder of spl, whose clock the test moves on.
struct Office {
    splitter: Splitter,
    ahead: Arc<Mutex<TimeDelta>>,
    tree: tempfile::TempDir,
    _dynamodb: Dynamodb,
    _google: Simulator,
}

impl Office {
    async fn open() -> Self {
        let dynamodb = Dynamodb::start().await;
        ledger::table::create(&dynamodb.client, TABLE).await.expect("a table");
        let tree = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(tree.path().join("spl/inbound")).expect("a folder");
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let google = Simulator::start(Options { root: tree.path().to_owned(), listen }).await.expect("a simulator");
        let ahead = Arc::new(Mutex::new(TimeDelta::zero()));
        let hand = Arc::clone(&ahead);
        let clock: Clock = Arc::new(move || Utc::now() + *hand.lock().expect("not poisoned"));
        let ledger = Ledger::new(dynamodb.client.clone(), TABLE, clock.clone());
        let splitter = splitter(&google, ("spl", QUIET), ledger, clock, "nowhere");
        Self { splitter, ahead, tree, _dynamodb: dynamodb, _google: google }
    }

    /// Puts a file into the folder, or another content into one that lies there.
    fn drop(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.tree.path().join("spl/inbound").join(name), content).expect("room on the disk");
    }

    /// How many files a poll takes.
    async fn poll(&self) -> u64 {
        let deadline = Deadline::after(Duration::from_secs(300));
        let polled = self.splitter.event(json!({ "feed": "spl" }), deadline).await.expect("polled");
        polled["taken"].as_u64().expect("a number")
    }

    fn quiet_time_passes(&self) {
        *self.ahead.lock().expect("not poisoned") += QUIET;
    }

    /// What became of the file's contents, first to last, and how many rows each has.
    async fn runs(&self, name: &str) -> Vec<(RunState, u64)> {
        let feed = Feed::named("spl").expect("a feed");
        let mut runs = self.splitter.ledger.runs(feed, DateTime::UNIX_EPOCH).await.expect("the runs");
        runs.retain(|run| run.file_name == name);
        runs.sort_by_key(|run| run.claimed_at);
        runs.iter().map(|run| (run.state, run.rows_read)).collect()
    }
}

/// A list of so many people whom nobody can tell apart: each row is read, and none is sent.
fn list(people: usize) -> String {
    let feed = Feed::named("spl").expect("a feed");
    let names: Vec<&str> = feed.columns().iter().map(|column| column.name).collect();
    names.join(",") + "\n" + &"no number,Ada,Larkspur\n".repeat(people)
}

#[tokio::test]
async fn a_first_content_is_taken_at_once_and_a_second_when_it_was_left_alone() {
    let office = Office::open().await;
    office.drop("list.csv", list(2));
    assert_eq!(office.poll().await, 1);
    let [(_, 2)] = office.runs("list.csv").await[..] else { panic!("the first content, whole") };
    assert_eq!(office.poll().await, 0, "once");

    office.drop("list.csv", list(3));
    assert_eq!(office.poll().await, 0, "it may be saved a third time");
    office.drop("list.csv", list(4));
    assert_eq!(office.poll().await, 0);
    office.quiet_time_passes();
    assert_eq!(office.poll().await, 1);
    let [(_, 2), (_, 4)] = office.runs("list.csv").await[..] else { panic!("the last content, not the one between") };
}

#[tokio::test]
async fn the_time_that_a_file_brings_along_does_not_matter() {
    let office = Office::open().await;
    let desk = office.tree.path().join("spl/list.csv");
    std::fs::write(&desk, list(1)).expect("room on the disk");
    let last_year = SystemTime::now() - Duration::from_secs(365 * 24 * 3600);
    std::fs::File::options().append(true).open(&desk).and_then(|file| file.set_modified(last_year)).expect("set");
    std::fs::rename(&desk, office.tree.path().join("spl/inbound/list.csv")).expect("dropped");
    assert_eq!(office.poll().await, 1);
}

#[tokio::test]
async fn a_google_sheet_waits() {
    let office = Office::open().await;
    office.drop("sheet.gsheet.csv", list(1));
    assert_eq!(office.poll().await, 0, "somebody may be typing");
    office.quiet_time_passes();
    assert_eq!(office.poll().await, 1);
}

/// A sync client that uploads a file which a program is still writing: what it finds first is taken for the list.
#[tokio::test]
async fn what_a_sync_client_uploads_in_two_steps_becomes_two_runs_unless_the_first_is_empty() {
    let office = Office::open().await;
    office.drop("empty first.csv", "");
    let whole = xlsx(office.tree.path());
    office.drop("half first.xlsx", &whole[..whole.len() / 2]);
    office.drop("half first.csv", list(1));
    assert_eq!(office.poll().await, 2, "all but the empty one");
    let [(RunState::Rejected, 0)] = office.runs("half first.xlsx").await[..] else { panic!("told that it is cut off") };
    let [(_, 1)] = office.runs("half first.csv").await[..] else { panic!("the rows that were there") };

    office.drop("empty first.csv", list(2));
    office.drop("half first.xlsx", &whole);
    office.drop("half first.csv", list(2));
    assert_eq!(office.poll().await, 0);
    office.quiet_time_passes();
    assert_eq!(office.poll().await, 3);
    let [(_, 2)] = office.runs("empty first.csv").await[..] else { panic!("one run, of the whole list") };
    let [(RunState::Rejected, 0), (_, 1)] = office.runs("half first.xlsx").await[..] else { panic!("then the list") };
    let [(_, 1), (_, 2)] = office.runs("half first.csv").await[..] else { panic!("then all its rows") };
}

/// A workbook with one row below its header.
fn xlsx(folder: &Path) -> Vec<u8> {
    let table = list(1);
    let mut rows = table.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<String>>());
    let mut book = sheets::Workbook::default();
    let header = rows.next().expect("a header");
    let tab = book.add_tab("list", &header, 0).expect("a tab");
    for row in rows {
        book.push(tab, &row).expect("a row");
    }
    let path = folder.join("book");
    let mut file = std::fs::File::create_new(&path).expect("a file");
    book.save(&mut file).expect("saved");
    std::fs::read(&path).expect("read")
}
