//! Claiming runs.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::{FileProblem, Header};
use futures::future::join_all;
use ledger::{Error, RunClaim, RunId, RunState};

use crate::proxy::Fate;
use crate::support::{Fixture, checkpoint, header, new_run, pending, pending_rows};

#[tokio::test]
async fn of_many_splitters_one_claims_a_file() {
    let fixture = Fixture::new().await;
    let claims = join_all((0..12).map(|_| fixture.claim_run(new_run("file", "a")))).await;
    let mine = claims.iter().filter(|claim| matches!(claim, RunClaim::Reading(_))).count();
    let until = fixture.until();
    let held = claims.iter().filter(|claim| matches!(claim, RunClaim::Held { until: held } if *held == until)).count();
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
    fixture.reading(new_run("cancelled", "a")).await.cancel("replaced by b").await.expect("cancelled");
    fixture.posting(new_run("posting", "a"), &[pending(2)]).await;
    for (file, state) in
        [("rejected", RunState::Rejected), ("cancelled", RunState::Cancelled), ("posting", RunState::Posting)]
    {
        match fixture.claim_run(new_run(file, "a")).await {
            RunClaim::Known(run) => {
                assert_eq!(run.state, state, "{file}");
                assert_eq!(run.split_at, Some(fixture.now()), "{file}");
                assert_eq!(run.problems.as_slice(), if file == "rejected" { problems.as_slice() } else { &[] });
                assert_eq!(run.cancelled_because.as_deref(), (file == "cancelled").then_some("replaced by b"));
            }
            other => panic!("{file}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn every_revision_of_a_file_is_known() {
    let fixture = Fixture::new().await;
    let (a, b) = (new_run("file", "a"), new_run("file", "b"));
    fixture.claim_run(a.clone()).await;
    fixture.reading(b.clone()).await.cancel("why").await.expect("cancelled");
    fixture.claim_run(new_run("other", "a")).await;
    let files: Vec<String> = ["file", "file", "other", "unknown"].map(str::to_owned).into();
    let known = fixture.ledger.known_revisions(&files).await.expect("an answer");
    assert_eq!(known.keys().collect::<Vec<_>>(), ["file", "other"]);
    let mut revisions: Vec<_> = known["file"].iter().map(|it| (it.revision.as_str(), it.state)).collect();
    revisions.sort_by_key(|(revision, _)| *revision);
    assert_eq!(revisions, [("a", RunState::Reading), ("b", RunState::Cancelled)]);
    assert!(known["file"].iter().any(|revision| revision.run == a.id()));
    assert!(fixture.ledger.known_revisions(&[]).await.expect("an answer").is_empty());
}

#[tokio::test]
async fn hundreds_of_files_are_looked_up_in_a_few_calls() {
    let fixture = Fixture::new().await;
    for file in 0..105 {
        fixture.claim_run(new_run(&format!("file {file}"), "a")).await;
    }
    let before = fixture.proxy.calls().len();
    let files: Vec<String> = (0..400).map(|file| format!("file {file}")).collect();
    let known = fixture.ledger.known_revisions(&files).await.expect("an answer");
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
