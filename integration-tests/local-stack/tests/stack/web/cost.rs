//! What a view costs: calls, and time. Other machines and other loads take other times, so that calls are what is asserted.
//!
//! `WEB_DEAD=10000 WEB_RUNS=500 integration-tests/local-stack/test-web cost` takes as many as the page is made for, and prints
//! the times.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use local_stack::{Options, Stack, dead_letters};

use super::page::Page;
use crate::common::door::Door;
use crate::common::h2h::H2h;
use crate::common::until;

fn number(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test]
async fn a_view_costs_so_many_calls_however_many_rows_are_dead_and_looks_at_no_message() {
    let (dead, runs) = (number("WEB_DEAD", 600), number("WEB_RUNS", 60));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("a path");
    let mut options = Options::new(path.join("drive"));
    // Nobody repairs the rows, nor looks for sheets meanwhile.
    (options.tempo.sweep, options.tempo.poll) = (Duration::from_secs(86_400), Duration::from_secs(86_400));
    let stack = Stack::start(options).await.expect("the stack starts");
    let run = dead_letters::make(&stack.endpoints, 0, dead).await.expect("dead letters");
    for one in 1..runs {
        dead_letters::make(&stack.endpoints, 1_000_000 + one, 1).await.expect("a dead letter");
    }
    let beside = path.join("door");
    std::fs::create_dir(&beside).expect("a folder");
    let calls = Arc::<Mutex<Vec<String>>>::default();
    let note = calls.clone();
    let note = move |call: &str| note.lock().expect("no panic").push(call.to_owned());
    let _door = Door::noting(&stack.endpoints, &beside, note).await;
    let noted = || std::mem::take(&mut *calls.lock().expect("no panic"));
    let page = Page::open(&H2h::build(&beside).await).await;
    let all = format!("{} dead rows", dead + runs - 1);
    page.go("dead").await;
    page.says("#counts", &all).await;
    page.open_other("about:blank").await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    // The reading of the list in the background ends, and rests.
    until("quiet", async || {
        noted();
        tokio::time::sleep(Duration::from_secs(2)).await;
        noted().is_empty().then_some(())
    })
    .await;
    // Of an index a page has 250 entries; each feed has a list of open runs and one of those that are done.
    let (row, index) = (format!("row?row={}/17", run.id), 10 + runs as usize / 250);
    let (run, of_run) = (format!("run?run={}", run.id), format!("run?run={}&outcome=created", run.id));
    let read_on = 5 + (dead + runs) as usize / 250;
    for (view, most) in [
        ("runs", index + 1 + 50),
        ("runs?state=reported", index + runs as usize / 100 + 1 + 50),
        (&*run, 2 + 16),
        (&of_run, 2 + 16),
        (&row, 2),
        ("dead", 1 + 1 + read_on),
        ("dead?skip=200", 1 + 1 + read_on),
        ("redrive?all=true", runs as usize / 100 + 1 + read_on),
        ("now", 13 + 5 + runs as usize * 2 + read_on),
        ("check", 0),
        ("doctor", 0),
        // The last one: its days are read on beside it. The metrics are one call.
        ("charts", 1 + index + runs as usize / 100 + 1 + runs as usize),
    ] {
        noted();
        let began = Instant::now();
        let answer = client.get(format!("{}/{view}", page.root)).send().await.expect("an answer");
        let status = answer.status();
        let body = answer.text().await.expect("a page");
        let took = began.elapsed();
        let mut calls: BTreeMap<String, usize> = BTreeMap::new();
        noted().into_iter().for_each(|call| *calls.entry(call).or_default() += 1);
        eprintln!("{view}: {} ms, {calls:?}", took.as_millis());
        assert!(status.is_success(), "{view}: {body}");
        let touched = ["ReceiveMessage", "SendMessage", "DeleteMessage", "PutItem", "UpdateItem"];
        assert!(touched.iter().all(|call| !calls.keys().any(|name| name.starts_with(call))), "{view}: {calls:?}");
        assert!(calls.values().sum::<usize>() <= most, "{view}: at most {most}: {calls:?}");
    }
    stack.stop().await.expect("the stack stops");
}
