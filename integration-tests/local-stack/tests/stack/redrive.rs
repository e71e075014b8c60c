//! Dead letters and redrive: with h2h, and by AWS's own way.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::common::h2h::H2h;
use aws_sdk_sqs::types::QueueAttributeName;
use calamine::{Reader, Xlsx};
use feeds::Outcome;
use ledger::{BreakerState, Progress, Run};
use local_stack::{Options, Stack, nhs_number};
use serde_json::{Value, json};
use simulators::google::Direction;

use crate::common;
use crate::common::until;

/// How often a row is tried.
const RECEIVES: u32 = 1;
/// The files: how many rows, whom they are about, and how the API fails them.
const FILES: [(&str, u32, &str, &str); 3] =
    [("by run", 34, "Anna", "500"), ("by class", 33, "Berta", "text-400"), ("by hand", 33, "Clara", "500")];

fn options(drive: &Path) -> Options {
    let mut options = Options::new(drive);
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    // A row that does not go through is to be a dead letter soon.
    options.tempo.visibility = Duration::from_secs(20);
    options.row_receives = RECEIVES;
    options
}

/// A sheet of the spl feed with so many residents of one first name, all of them different people.
fn sheet(first_name: &str, rows: u32, from: u32) -> String {
    let mut sheet =
        "Traced_NHSNUMBER,PatientFirstName,PatientOtherName,PatientSurname,DateOfBirth,PatientAddress_Line1,\
         PatientAddress_Line2,PatientAddress_Line3,PatientAddress_Line4,PatientAddress_PostCode,PatientEmailAddress,\
         mobile,landline,DateOfDeath,category,uprn\n"
            .to_owned();
    for (index, number) in (from..).map(nhs_number).take(rows as usize).enumerate() {
        let surname = ["Able", "Baker", "Cook", "Dyer"][index % 4];
        writeln!(sheet, "{number},{first_name},,{surname}{index},10/12/1945,{index} Mare Street,,London,,E8 1AB,,,,,,")
            .expect("written to memory");
    }
    sheet
}

fn of(progress: &Progress, outcomes: &[Outcome]) -> u64 {
    outcomes.iter().filter_map(|outcome| progress.settled.get(outcome)).sum()
}

/// AWS's own redrive, which the local AWS lacks: each dead letter is received, sent to the rows queue and deleted.
async fn redrive_by_hand(stack: &Stack, sqs: &aws_sdk_sqs::Client) -> usize {
    let (from, to) = (&stack.endpoints.dead_letter_queue, &stack.endpoints.rows_queue);
    let mut moved = 0;
    loop {
        let request = sqs.receive_message().queue_url(from).max_number_of_messages(10).wait_time_seconds(1);
        let letters = request.send().await.expect("the queue answers").messages.unwrap_or_default();
        if letters.is_empty() {
            return moved;
        }
        for letter in letters {
            let body = letter.body.expect("a body");
            sqs.send_message().queue_url(to).message_body(body).send().await.expect("sent");
            let receipt = letter.receipt_handle.expect("a receipt");
            sqs.delete_message().queue_url(from).receipt_handle(receipt).send().await.expect("deleted");
            moved += 1;
        }
    }
}

/// The content of the tab `summary` of a run's only summary.
fn summary(stack: &Stack, run: &Run) -> BTreeMap<String, String> {
    let files = stack.google.state().expect("the folders").files;
    let of_run = |file: &&simulators::google::FileState| {
        file.folder.direction == Direction::Outbound
            && !file.trashed
            && file.properties.get("run").is_some_and(|id| id == run.id.as_str())
    };
    let summaries: Vec<_> = files.iter().filter(of_run).collect();
    assert_eq!(summaries.len(), 1, "{}: not exactly one summary", run.file_name);
    let mut book: Xlsx<_> = calamine::open_workbook(&summaries[0].path).expect("a workbook");
    let tab = book.worksheet_range("summary").expect("the tab");
    tab.rows().map(|cells| (cells[0].to_string(), cells[1].to_string())).collect()
}

#[tokio::test]
async fn a_hundred_dead_letters_are_redriven_by_run_by_class_and_by_aws_and_twice_is_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(options(folder.path())).await.expect("the stack starts");
    let h2h = H2h::build(&folder.path().canonicalize().expect("a path")).await;
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    let rules = FILES.map(|(_, _, name, answer)| json!({ "answer": answer, "name": name, "calls": ["create"] }));
    api.set_faults(serde_json::from_value(json!({ "rules": rules })).expect("faults as the simulator takes them"));
    for ((name, rows, first_name, _), from) in FILES.into_iter().zip([0, 1_000, 2_000]) {
        let path = folder.path().join("spl/inbound").join(format!("{name}.csv"));
        fs::write(path, sheet(first_name, rows, from)).expect("the sheet");
    }
    let all: u64 = FILES.iter().map(|(_, rows, ..)| u64::from(*rows)).sum();

    // All of them are dead, reported, and their dead letters are where they belong.
    let runs = common::reported(&stack, FILES.len()).await;
    let run = |name: &str| {
        let found = runs.iter().find(|(run, _)| run.file_name == format!("{name}.csv"));
        found.map(|(run, _)| run.clone()).expect("a run")
    };
    let dead = [Outcome::DeadLettered, Outcome::Uncertain];
    assert_eq!(runs.iter().map(|(_, progress)| of(progress, &dead)).sum::<u64>(), all);
    let letters = async || {
        let counts = h2h.json(&["dlq", "list"]).await;
        let letters = &counts["letters"];
        letters["visible"].as_u64().expect("a count") + letters["in_flight"].as_u64().expect("a count")
    };
    until("every dead row has its letter", async || (letters().await == all).then_some(())).await;
    let list = h2h.lines(&["dlq", "list", "--class", "not-recorded"]).await;
    assert_eq!(list.len(), 33 + 1, "{list:?}");
    assert_eq!(list[0]["file"], "by class.csv");
    let of_run = run("by run");
    let row = format!("{}/2", &of_run.id.as_str()[..10]);
    let shown = h2h.run(&["dlq", "show", &row]).await;
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    assert!(shown.contains("server-error") && !shown.contains("Anna"), "{shown}");
    let revealed = h2h.run(&["dlq", "show", &row, "--reveal"]).await;
    assert!(String::from_utf8_lossy(&revealed.stdout).contains("Anna"));

    // The other looks say the same.
    let listed = h2h.lines(&["runs", "--feed", "spl"]).await;
    assert_eq!(listed.iter().map(|run| &run["state"]).collect::<Vec<_>>(), ["reported"; 3]);
    let of_class = h2h.json(&["show", &run("by class").id.as_str()[..10]]).await;
    assert_eq!((&of_class["settled"], &of_class["waits_for"]), (&json!(33), &Value::Null), "{of_class}");
    assert_eq!(of_class["links"].as_array().map(Vec::len), Some(1));
    let outcomes = h2h.lines(&["rows", of_run.id.as_str(), "--outcome", "dead-lettered,uncertain"]).await;
    assert_eq!(outcomes.len(), 34);
    assert!(h2h.lines(&["rows", of_run.id.as_str(), "--outcome", "created"]).await.is_empty());
    let status = h2h.json(&["status"]).await;
    assert_eq!((&status["status"], &status["posting"]), (&json!("needs a look"), &json!("running")), "{status}");
    assert_eq!(h2h.run(&["status"]).await.status.code(), Some(1));
    let polled = h2h.run(&["poll", "spl"]).await;
    assert!(polled.status.success(), "{polled:?}");

    // Without a terminal nothing is changed that was not agreed to.
    let refused = h2h.run(&["dlq", "redrive", "--all"]).await;
    assert_eq!(refused.status.code(), Some(2));
    let planned = h2h.run(&["dlq", "redrive", "--all", "--dry-run"]).await;
    assert!(String::from_utf8_lossy(&planned.stdout).starts_with("100 rows"), "{planned:?}");
    assert_eq!(letters().await, all);

    // Posting pauses and goes on.
    let paused = h2h.json(&["pause", "--why", "the API is mended", "--yes"]).await;
    assert_eq!(paused["posting"], "paused");
    assert_eq!(stack.ledger.breaker().await.expect("a circuit breaker").state, BreakerState::Open);
    let status = h2h.json(&["status"]).await;
    assert_eq!((&status["why"], &status["rows_queue_feeds_posters"]), (&json!("the API is mended"), &json!(false)));
    api.set_faults(serde_json::from_value(json!({ "rules": [] })).expect("no faults"));
    let resumed = h2h.json(&["resume", "--yes"]).await;
    assert_eq!(resumed["posting"], "running");

    // By run: killed in the middle, and started again.
    let mut killed = h2h
        .command(&["dlq", "redrive", "--run", of_run.id.as_str(), "--rate", "3/s", "--yes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("h2h runs");
    let moves = async |run: &Run| stack.ledger.progress(run).await.expect("the progress").moves;
    until("a few rows have moved", async || (moves(&of_run).await > 2).then_some(())).await;
    killed.kill().await.expect("killed");
    assert!(moves(&of_run).await < 34, "it was to be killed in the middle");
    h2h.json(&["dlq", "redrive", "--run", of_run.id.as_str(), "--yes"]).await;
    until("the letters of the run are gone", async || (letters().await == all - 34).then_some(())).await;

    // By class, and by AWS's way.
    let redriven = h2h.json(&["dlq", "redrive", "--class", "not-recorded", "--yes"]).await;
    assert_eq!((&redriven["sent"], &redriven["letters"]["taken_off"]), (&json!(33), &json!(33)));
    assert_eq!(redrive_by_hand(&stack, &sqs).await, 33);

    // The summaries say so, in place.
    let reported = async |name: &str| {
        let id = run(name).id;
        until("the summary has every move in it", async || {
            let run = stack.ledger.run(&id).await.expect("an answer").expect("the run");
            let progress = stack.ledger.progress(&run).await.expect("the progress");
            let is_current = run.report.is_some_and(|report| report.moves == progress.moves && report.version > 1);
            (is_current && of(&progress, &dead) == 0).then_some((run, progress))
        })
        .await
    };
    for (name, rows, ..) in FILES {
        let (run, progress) = reported(name).await;
        assert_eq!(progress.totals(&run).values().sum::<u64>(), u64::from(rows), "{name}");
        let summary = summary(&stack, &run);
        assert_eq!(summary["created"], rows.to_string(), "{name}: {summary:?}");
        assert_eq!(summary["total"], rows.to_string(), "{name}: {summary:?}");
    }

    // Twice is once, whoever sends it.
    let again = h2h.json(&["dlq", "redrive", "--all", "--yes"]).await;
    assert_eq!(again["sent"], 0, "{again}");
    let pointer = ledger::RowMessage::new(&of_run.id, 2, of_run.feed).body();
    sqs.send_message().queue_url(&stack.endpoints.rows_queue).message_body(pointer).send().await.expect("sent");
    let waiting = async || {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Visible, ApproximateNumberOfMessagesNotVisible as InFlight,
        };
        let request = sqs.get_queue_attributes().queue_url(&stack.endpoints.rows_queue);
        let answer = request.attribute_names(Visible).attribute_names(InFlight).send().await.expect("an answer");
        answer.attributes.unwrap_or_default().values().filter_map(|count| count.parse::<u64>().ok()).sum::<u64>()
    };
    until("the rows queue is empty", async || (waiting().await == 0).then_some(())).await;
    until("the dead-letter queue is empty", async || (letters().await == 0).then_some(())).await;
    assert_eq!(h2h.run(&["status"]).await.status.code(), Some(0));
    assert_eq!(h2h.run(&["dlq", "list"]).await.status.code(), Some(0));
    let state = api.state();
    assert_eq!((state.residents.len(), state.help_requests.len()), (100, 100));
    assert!(state.doubles.residents.is_empty() && state.doubles.help_requests.is_empty(), "{:?}", state.doubles);
    assert!(state.doubles.case_notes.is_empty(), "{:?}", state.doubles);
    for (name, rows, ..) in FILES {
        let (run, progress) = reported(name).await;
        assert_eq!(of(&progress, &[Outcome::Created]), u64::from(rows), "{:?}: {name}", run.state);
    }
    stack.stop().await.expect("the stack stops");
}
