//! A data officer's whole round: a bad list is corrected in the page, its download is dropped into Drive, the real functions
//! take it in, and its summary is read.

use std::fs;
use std::time::Duration;

use chrono::{DateTime, Utc};
use feeds::{Feed, Outcome};
use ledger::Run;
use local_stack::summaries::{self, Book};
use local_stack::{Options, Stack, spl};

use crate::opened::Browser;

/// How long a summary is waited for before the test gives up; nothing is judged by it.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// A list of people of which every tenth has a birthday that no calendar has, up to three of them.
fn bad_list(people: std::ops::Range<u32>) -> (String, usize) {
    let wrong = |person: &u32| person % 10 == 1 && person - people.start < 30;
    let row = |person: u32| match wrong(&person) {
        true => spl::row(person, &[("DateOfBirth", "31/02/1960")]),
        false => spl::row(person, &[]),
    };
    (spl::csv(&people.clone().map(row).collect::<Vec<_>>()), people.clone().filter(wrong).count())
}

/// Waits for the summary of the file of this name.
async fn summary(stack: &Stack, name: &str) -> (Run, Book) {
    let feed = Feed::named("spl").expect("the feed");
    let reported = async {
        loop {
            let runs = stack.ledger.runs(feed, DateTime::UNIX_EPOCH).await.expect("the runs");
            if let Some(run) = runs.into_iter().find(|run| run.file_name == name && run.report.is_some()) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let run = tokio::time::timeout(PATIENCE, reported).await;
    let run = run.unwrap_or_else(|_| panic!("{name} has no summary; logs: {:?}", stack.logs));
    let book = summaries::of(stack, &run.id).expect("the summaries").remove("processed").expect("the summary");
    (run, book)
}

#[tokio::test]
async fn a_list_that_was_corrected_in_the_page_is_taken_in_whole() {
    let drive = tempfile::tempdir().expect("a folder");
    let mut options = Options::new(drive.path());
    options.posters_are_warm = true;
    options.calls_per_second = 2_000;
    let stack = Stack::start(options).await.expect("the stack starts");
    let browser = Browser::start().await;
    let mut people_there = 0;
    for (name, people) in [("three people", 1..4), ("three thousand people", 11..3_011)] {
        let all = people.len();
        let (list, wrong) = bad_list(people);
        let file = browser.folder.path().join(format!("{name}.csv"));
        fs::write(&file, list).expect("written");
        browser.open().await;
        browser.choose(&[&file]).await;
        browser.is_ready().await;
        let verdict = browser.text(".sheet .verdict h3").await;
        assert!(verdict.ends_with(&format!("ready to send, {wrong} to fix")) && wrong > 0, "{verdict}");

        for _ in 0..wrong {
            browser.correct("DateOfBirth", "28/02/1960").await;
        }
        browser.until("document.querySelector('.sheet .verdict.good')").await;
        browser.click("[data-download=corrected]").await;
        let name = format!("{name}-corrected.xlsx");
        let download = browser.downloaded(&name).await;
        fs::rename(download, drive.path().join("spl/inbound").join(&name)).expect("dropped");

        let (run, book) = summary(&stack, &name).await;
        let settled = stack.ledger.progress(&run).await.expect("the progress").totals(&run);
        assert_eq!(settled.get(&Outcome::Created).copied(), u64::try_from(all).ok(), "{settled:?}");
        assert_eq!(run.rows_read, settled.values().sum::<u64>(), "every row settled");
        let lines = book.tab("summary");
        assert_eq!(lines[0][0], format!("All {all} people are in Here to Help."));
        assert_eq!(lines.iter().any(|line| line[0] == "Compared with the last sheet"), people_there > 0);
        let cases = book.lines("hackney_cases");
        assert!(cases.len() == all && cases.iter().all(|case| case["status"] == "created"), "{}", cases.len());
        assert_eq!(cases.iter().filter(|case| case["DateOfBirth"] == "28/02/1960").count(), wrong);
        assert_eq!(book.lines("to_fix").len(), 0);

        people_there += all;
        let there = stack.here_to_help.as_ref().expect("the stack's own simulator").state();
        assert_eq!((there.residents.len(), there.help_requests.len()), (people_there, people_there));
        eprintln!("{name}: {} s from the drop to the summary", (Utc::now() - run.claimed_at).num_seconds());
    }
    stack.stop().await.expect("the stack stops");
}
