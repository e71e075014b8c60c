//! Claiming runs.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::{FileProblem, Header};
use futures::future::join_all;
use ledger::{Error, RunClaim, RunId, RunState};

use crate::support::{Fixture, checkpoint, header, new_run, pending, pending_rows, skipped, spl};
use testkit::proxy::Fate;

#[tokio::test]
async fn of_many_splitters_one_claims_a_file() {
    let fixture = Fixture::new().await;
    let claims = join_all((0..12).map(|_| fixture.claim_run(new_run("file", "a")))).await;
    let mine = claims.iter().filter(|claim| matches!(claim, RunClaim::Reading(_))).count();
    let until = fixture.until();
    let held = claims.iter().filter(|claim| matches!(claim, RunClaim::Held(held) if *held == until)).count();
    assert_eq!((mine, held), (1, 11));
}

#[tokio::test]
async fn of_many_splitters_one_takes_over_what_another_left_behind() {
    let fixture = Fixture::new().await;
    let mut dead = fixture.reading(new_run("file", "a")).await;
    dead.set_header(&header()).await.expect("noted");
    fixture.advance(TimeDelta::minutes(15));
    let claims = join_all((0..12).map(|_| fixture.claim_run(new_run("file", "a")))).await;
    let mut taken = claims.into_iter().filter_map(|claim| match claim {
        RunClaim::Reading(reading) => Some(reading),
        _ => None,
    });
    let reading = taken.next().expect("one has it");
    assert!(taken.next().is_none(), "only one has it");
    assert_eq!(reading.run().header, Some(header()), "it goes on where the other one stopped");
}

#[tokio::test]
async fn a_splitter_that_was_taken_over_can_do_nothing_more() {
    let fixture = Fixture::new().await;
    let mut slow = fixture.reading(new_run("file", "a")).await;
    fixture.advance(TimeDelta::minutes(15));
    let error = slow.set_header(&header()).await.expect_err("its time is up");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    // Even if its clock were slow.
    fixture.advance(TimeDelta::minutes(-15));
    fixture.tamper_run(&slow.run().id, "split_token", AttributeValue::S("another".into())).await;
    let error = slow.set_header(&header()).await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    let error = slow.read_whole().await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
}

#[tokio::test]
async fn a_released_run_is_taken_up_at_once() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    reading.set_header(&header()).await.expect("noted");
    reading.record(&pending_rows(2..=4), checkpoint(4)).await.expect("recorded");
    reading.release().await.expect("released");

    let reading = fixture.reading(new_run("file", "a")).await;
    assert_eq!(reading.run().checkpoint, Some(checkpoint(4)));
    assert_eq!(reading.run().rows_read, 3);
    reading.read_whole().await.expect("read").release().await.expect("released");

    let run = fixture.ledger.run(&RunId::of("file", "a")).await.expect("an answer").expect("a run");
    match fixture.ledger.resume_run(&run, fixture.until()).await.expect("a claim") {
        RunClaim::Enqueueing(mut enqueueing) => assert_eq!(enqueueing.next_rows(9).await.expect("rows"), [2, 3, 4]),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_still_ours() {
    let fixture = Fixture::new().await;
    fixture.proxy.next("TransactWriteItems", Fate::AnswerLost, 1);
    fixture.reading(new_run("file", "a")).await.release().await.expect("released");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    assert!(matches!(fixture.claim_run(new_run("file", "a")).await, RunClaim::Reading(_)));
}

#[tokio::test]
async fn a_known_run_keeps_the_rules_of_its_first_claim() {
    let fixture = Fixture::new().await;
    fixture.reading(new_run("file", "a")).await.release().await.expect("released");
    let mut later = new_run("file", "a");
    later.rules.as_of = later.rules.as_of.succ_opt().expect("a date");
    let reading = fixture.reading(later).await;
    assert_eq!(reading.run().rules, new_run("file", "a").rules);
    assert_eq!(reading.run().rules_version, 1);
}

#[tokio::test]
async fn what_is_split_is_not_claimed_again() {
    let fixture = Fixture::new().await;
    let problems = [FileProblem { problem: "no header".to_owned(), how_to_fix: "add one".to_owned() }];
    fixture.reading(new_run("rejected", "a")).await.reject(&problems).await.expect("rejected");
    fixture.cancelled(new_run("cancelled", "a")).await;
    fixture.posting(new_run("posting", "a"), &[pending(2)]).await;
    for (file, state) in
        [("rejected", RunState::Rejected), ("cancelled", RunState::Cancelled), ("posting", RunState::Posting)]
    {
        match fixture.claim_run(new_run(file, "a")).await {
            RunClaim::Known(run) => {
                assert_eq!(run.state, state, "{file}");
                assert_eq!(run.split_at, Some(fixture.now()), "{file}");
                assert_eq!(run.problems.as_slice(), if file == "rejected" { problems.as_slice() } else { &[] });
            }
            other => panic!("{file}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn content_that_was_superseded_and_is_there_again_is_read_anew() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    reading.set_header(&header()).await.expect("noted");
    reading.record(&[pending(2), skipped(3), pending(4)], checkpoint(4)).await.expect("recorded");
    let superseded = reading.run().clone();
    reading.supersede().await.expect("superseded");
    assert!(fixture.ledger.open_runs(spl()).await.expect("the runs").is_empty());
    assert!(matches!(
        fixture.ledger.resume_run(&superseded, fixture.until()).await.expect("an answer"),
        RunClaim::Known(run) if run.state == RunState::Superseded
    ));

    fixture.advance(TimeDelta::minutes(5));
    let newer = fixture.posting(new_run("file", "b"), &[pending(2)]).await;
    fixture.advance(TimeDelta::minutes(5));
    let mut again = new_run("file", "a");
    again.file_name = "renamed.csv".to_owned();
    again.rules.as_of = again.rules.as_of.succ_opt().expect("a date");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    let mut reading = fixture.reading(again.clone()).await;
    let run = reading.run();
    assert_eq!((run.state, run.generation, run.rows_read), (RunState::Reading, 2, 0));
    assert_eq!((&run.header, &run.checkpoint, run.split_at), (&None, &None, None));
    assert!(run.settled_at_split.is_empty());
    assert_eq!((&run.file_name, &run.rules), (&again.file_name, &again.rules), "nothing was posted by the old ones");
    assert!(run.claimed_at > newer.claimed_at, "its rows are newer than those of the content in between");
    let open: Vec<_> = fixture.ledger.open_runs(spl()).await.expect("the runs").into_iter().map(|run| run.id).collect();
    assert_eq!(open, [newer.id, again.id()]);

    reading.set_header(&header()).await.expect("noted");
    reading.record(&[pending(2)], checkpoint(4)).await.expect("recorded");
    let mut enqueueing = reading.read_whole().await.expect("read");
    assert_eq!(enqueueing.next_rows(9).await.expect("rows"), [2], "row 4 is of the older reading");
}

#[tokio::test]
async fn of_many_splitters_one_reads_superseded_content_anew() {
    let fixture = Fixture::new().await;
    fixture.reading(new_run("file", "a")).await.supersede().await.expect("superseded");
    let claims = join_all((0..12).map(|_| fixture.claim_run(new_run("file", "a")))).await;
    let mine: Vec<_> = claims.iter().filter(|claim| matches!(claim, RunClaim::Reading(_))).collect();
    let held = claims.iter().filter(|claim| matches!(claim, RunClaim::Held { .. })).count();
    assert_eq!((mine.len(), held), (1, 11));
}

#[tokio::test]
async fn a_splitter_that_gave_a_run_up_can_do_nothing_to_the_next_reading() {
    let fixture = Fixture::new().await;
    let mut slow = fixture.reading(new_run("file", "a")).await;
    let id = slow.run().id.clone();
    fixture.tamper_run(&id, "split_token", AttributeValue::S("another".into())).await;
    fixture.tamper_run(&id, "state", AttributeValue::S("superseded".into())).await;
    fixture.advance(TimeDelta::minutes(14));
    fixture.tamper_run(&id, "split_until", AttributeValue::N("0".into())).await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    let error = slow.set_header(&header()).await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    reading.set_header(&header()).await.expect("ours");
}

#[tokio::test]
async fn every_revision_of_a_file_is_known() {
    let fixture = Fixture::new().await;
    let (a, b) = (new_run("file", "a"), new_run("file", "b"));
    fixture.claim_run(a.clone()).await;
    fixture.reading(b.clone()).await.supersede().await.expect("superseded");
    fixture.claim_run(new_run("other", "a")).await;
    let files: Vec<String> = ["file", "file", "other", "unknown"].map(str::to_owned).into();
    let known = fixture.ledger.known_files(&files).await.expect("an answer").revisions;
    assert_eq!(known.keys().collect::<Vec<_>>(), ["file", "other"]);
    let mut revisions: Vec<_> = known["file"].iter().map(|it| (it.revision.as_str(), it.state)).collect();
    revisions.sort_by_key(|(revision, _)| *revision);
    assert_eq!(revisions, [("a", RunState::Reading), ("b", RunState::Superseded)]);
    assert!(known["file"].iter().all(|revision| revision.file_modified == a.file_modified));
    assert!(fixture.ledger.known_files(&[]).await.expect("an answer").revisions.is_empty());
}

#[tokio::test]
async fn hundreds_of_files_are_looked_up_in_a_few_calls() {
    let fixture = Fixture::new().await;
    for file in 0..105 {
        fixture.claim_run(new_run(&format!("file {file}"), "a")).await;
    }
    let before = fixture.proxy.calls().len();
    let files: Vec<String> = (0..400).map(|file| format!("file {file}")).collect();
    let known = fixture.ledger.known_files(&files).await.expect("an answer").revisions;
    assert_eq!(known.len(), 105);
    assert_eq!(fixture.proxy.calls().len() - before, 6);
}

#[tokio::test]
async fn a_header_that_no_item_can_hold_is_refused() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    let wide = Header { row: 1, columns: vec!["c".repeat(40_000); 8] };
    let error = reading.set_header(&wide).await.expect_err("too large");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    reading.set_header(&header()).await.expect("still ours");
}

#[tokio::test]
async fn a_run_of_a_newer_version_is_left_to_that_version() {
    let fixture = Fixture::new().await;
    let reading = fixture.reading(new_run("file", "a")).await;
    let id = reading.run().id.clone();
    reading.release().await.expect("released");
    fixture.tamper_run(&id, "v", AttributeValue::N("2".into())).await;
    let claim = fixture.ledger.claim_run(new_run("file", "a"), fixture.until()).await;
    assert!(matches!(claim, Err(Error::NewerVersion { .. })), "{claim:?}");
    let run = fixture.ledger.run(&id).await;
    assert!(matches!(run, Err(Error::NewerVersion { .. })), "{run:?}");
    fixture.tamper_run(&id, "v", AttributeValue::N("1".into())).await;
    fixture.tamper_run(&id, "lanes", AttributeValue::S("many".into())).await;
    let run = fixture.ledger.run(&id).await;
    assert!(matches!(run, Err(Error::Corrupt { .. })), "{run:?}");
}

#[tokio::test]
async fn an_unknown_run_is_none() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.ledger.run(&RunId::of("no", "such")).await.expect("an answer"), None);
}
