//! Claiming rows, and giving them back.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use futures::future::join_all;
use ledger::{DeliveryProgress, Error, GiveBack, RowClaim};

use crate::support::{Fixture, new_run, pending, pending_rows, rejected, skipped};
use testkit::proxy::Fate;

fn failed() -> GiveBack {
    GiveBack::Failed { error_class: "retry".to_owned() }
}

#[tokio::test]
async fn of_many_posters_one_claims_a_row() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    for _ in 0..2 {
        let claims = join_all((0..12).map(|_| fixture.claim_row(&run, 2))).await;
        let until = fixture.until();
        let mine = claims.iter().filter(|claim| matches!(claim, RowClaim::Mine(_))).count();
        let held = claims.iter().filter(|claim| matches!(claim, RowClaim::Held { until: at } if *at == until)).count();
        assert_eq!((mine, held), (1, 11));
        // The second time they find a claim that has expired.
        fixture.advance(TimeDelta::minutes(15));
    }
}

#[tokio::test]
async fn a_claim_shows_the_row() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let row = fixture.mine(&run, 3).await;
    assert_eq!(row.id.to_string(), format!("{}/3", run.id));
    assert_eq!(row.record.cells, pending(3).cells);
    assert_eq!((row.record.attempts, row.record.may_have_been_sent, row.record.outcome()), (1, false, None));
    assert_eq!(row.until(), fixture.until());
    assert_eq!(row.record.delivery, DeliveryProgress::default());
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_still_ours() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 3);
    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.attempts, row.record.may_have_been_sent), (1, false));
}

#[tokio::test]
async fn a_claim_that_meets_a_transaction_is_repeated() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    fixture.proxy.next("UpdateItem", Fate::Conflict, 3);
    assert_eq!(fixture.mine(&run, 2).await.record.attempts, 1);
}

#[tokio::test]
async fn a_claim_that_was_lost_says_so_until_the_row_settles() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let dead = fixture.mine(&run, 2).await;
    fixture.advance(TimeDelta::minutes(15));
    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.attempts, row.record.may_have_been_sent), (2, true));
    // It did not come to looking, for somebody else had the lease: the next one must look all the same.
    row.give_back(GiveBack::Untouched).await.expect("given back");
    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.attempts, row.record.may_have_been_sent), (2, true));
    let error = dead.settle(Settlement::new(Outcome::Created)).await.expect_err("taken over");
    assert!(matches!(error, Error::LostClaim { .. }), "{error}");
    row.settle(Settlement::new(Outcome::DeadLettered)).await.expect("settled");
    assert!(fixture.mine(&run, 2).await.record.may_have_been_sent, "a redrive looks too");
}

#[tokio::test]
async fn giving_back_counts_attempts_and_remembers_what_may_have_been_sent() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    fixture.mine(&run, 2).await.give_back(GiveBack::Untouched).await.expect("given back");
    assert_eq!(fixture.row_item(&run, 2).await["attempts"], AttributeValue::N("0".to_owned()));
    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.attempts, row.record.may_have_been_sent), (1, false));
    row.give_back(failed()).await.expect("given back");
    assert_eq!(fixture.row_item(&run, 2).await["last_error"], AttributeValue::S("retry".to_owned()));
    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.attempts, row.record.may_have_been_sent), (2, false));
    row.give_back(GiveBack::MayHaveBeenSent { error_class: "retry".to_owned() }).await.expect("given back");
    let row = fixture.mine(&run, 2).await;
    assert_eq!((row.record.attempts, row.record.may_have_been_sent), (3, true));
}

#[tokio::test]
async fn giving_back_when_the_answer_is_lost_counts_once() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let row = fixture.mine(&run, 2).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 2);
    row.give_back(GiveBack::Untouched).await.expect("given back");
    assert_eq!(fixture.mine(&run, 2).await.record.attempts, 1);
}

#[tokio::test]
async fn an_owner_whose_time_is_up_can_do_nothing_more() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let mut writing = fixture.mine(&run, 2).await;
    let giving_back = fixture.mine(&run, 3).await;
    let settling = fixture.mine(&run, 4).await;
    fixture.advance(TimeDelta::minutes(15));
    let calls = fixture.proxy.calls().len();
    for result in [
        writing.note_progress(DeliveryProgress::default()).await,
        giving_back.give_back(failed()).await,
        writing.lease(&[]).await.map(drop),
        settling.settle(Settlement::new(Outcome::Created)).await,
    ] {
        assert!(matches!(result, Err(Error::LostClaim { .. })), "{result:?}");
    }
    assert_eq!(fixture.proxy.calls().len(), calls, "nothing was even asked");
}

#[tokio::test]
async fn an_owner_that_was_taken_over_can_do_nothing_more() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=4)).await;
    let mut writing = fixture.mine(&run, 2).await;
    let giving_back = fixture.mine(&run, 3).await;
    let settling = fixture.mine(&run, 4).await;
    fixture.advance(TimeDelta::minutes(15));
    let owners = [fixture.mine(&run, 2).await, fixture.mine(&run, 3).await, fixture.mine(&run, 4).await];
    // Their clocks are slow: only the token stands between them and the row.
    fixture.advance(TimeDelta::minutes(-10));
    for result in [
        writing.note_progress(DeliveryProgress::default()).await,
        giving_back.give_back(failed()).await,
        settling.settle(Settlement::new(Outcome::Created)).await,
    ] {
        assert!(matches!(result, Err(Error::LostClaim { .. })), "{result:?}");
    }
    assert!(fixture.settled(&run).await.is_empty());
    for owner in owners {
        owner.settle(Settlement::new(Outcome::AlreadyKnown)).await.expect("settled");
    }
    assert_eq!(fixture.settled(&run).await[&Outcome::AlreadyKnown], 3);
}

#[tokio::test]
async fn how_far_a_row_came_outlives_the_claim() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let mut row = fixture.mine(&run, 2).await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    let follow_up = DeliveryProgress { follow_up_started: true, ..DeliveryProgress::default() };
    row.note_progress(follow_up.clone()).await.expect("written");
    let known = DeliveryProgress { help_request_id: Some(7), ..follow_up };
    row.note_progress(known.clone()).await.expect("written");
    assert_eq!(row.record.delivery, known);
    fixture.advance(TimeDelta::minutes(15));
    let row = fixture.mine(&run, 2).await;
    assert_eq!(row.record.delivery, known);
    row.settle(Settlement::new(Outcome::Uncertain)).await.expect("settled");
    assert_eq!(fixture.mine(&run, 2).await.record.delivery, known);
}

#[tokio::test]
async fn what_is_not_there_is_gone() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    let mut reading = fixture.reading(new_run("reading", "a")).await;
    reading.record(&[pending(2)], crate::support::checkpoint(2)).await.expect("recorded");
    assert!(matches!(fixture.claim_row(&reading.run().clone(), 2).await, RowClaim::Gone), "not read whole");
    let id = reading.run().id.clone();
    reading.supersede().await.expect("superseded");
    let superseded = fixture.ledger.run(&id).await.expect("an answer").expect("a run");
    assert!(matches!(fixture.claim_row(&superseded, 2).await, RowClaim::Gone), "superseded");

    fixture.advance(TimeDelta::days(90));
    assert!(matches!(fixture.claim_row(&run, 2).await, RowClaim::Gone), "expired, though not deleted yet");
    fixture.delete_row(&run, 2).await;
    assert!(matches!(fixture.claim_row(&run, 2).await, RowClaim::Gone), "expired and deleted");
}

#[tokio::test]
async fn a_row_that_the_run_never_had_is_unknown() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2), pending(4)]).await;
    let is_unknown = async |row| matches!(fixture.claim_row(&run, row).await, RowClaim::Unknown);
    assert!(is_unknown(3).await, "a blank line: nothing can have expired yet");
    assert!(is_unknown(99).await, "beyond the last row");
    fixture.advance(TimeDelta::days(90));
    assert!(is_unknown(99).await, "for ever");
}

#[tokio::test]
async fn what_is_settled_stays_settled() {
    let fixture = Fixture::new().await;
    let rows = [pending(2), pending(3), pending(4), skipped(5), rejected(6)];
    let run = fixture.posting(new_run("file", "a"), &rows).await;
    for (row, outcome) in [
        (2, Outcome::Created),
        (3, Outcome::AlreadyKnown),
        (4, Outcome::Failed),
        (5, Outcome::Skipped),
        (6, Outcome::Rejected),
    ] {
        if row < 5 {
            fixture.settle(&run, row, outcome).await;
        }
        let claim = fixture.claim_row(&run, row).await;
        assert!(matches!(claim, RowClaim::Settled(settled) if settled == outcome), "{claim:?}");
    }
}

#[tokio::test]
async fn a_row_of_a_newer_version_is_left_to_that_version() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.tamper_row(&run, 2, "v", AttributeValue::N("2".into())).await;
    let claim = fixture.ledger.claim_row(&run, 2, fixture.until()).await;
    assert!(matches!(claim, Err(Error::NewerVersion { .. })), "{claim:?}");
    assert!(!fixture.row_item(&run, 2).await.contains_key("claim"), "untouched");
    fixture.tamper_row(&run, 3, "cells", AttributeValue::N("2".into())).await;
    let claim = fixture.ledger.claim_row(&run, 3, fixture.until()).await;
    assert!(matches!(claim, Err(Error::Corrupt { .. })), "{claim:?}");
}

/// An outcome that this version does not know: the row is not an open one, or it would be posted again.
#[tokio::test]
async fn a_row_whose_outcome_cannot_be_read_is_not_taken_for_an_open_one() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    fixture.tamper_row(&run, 2, "outcome", AttributeValue::S("merged".to_owned())).await;
    let looked = fixture.ledger.row(&run, 2).await;
    assert!(matches!(looked, Err(Error::Corrupt { .. })), "{looked:?}");
    let claimed = fixture.ledger.claim_row(&run, 2, fixture.until()).await;
    assert!(matches!(claimed, Err(Error::Corrupt { .. })), "{claimed:?}");
}
