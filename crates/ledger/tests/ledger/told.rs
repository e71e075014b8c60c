//! Entries of a folder that are left alone.

use futures::future::join_all;

use crate::support::{Fixture, new_run};
use testkit::proxy::Fate;

fn files(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[tokio::test]
async fn a_file_is_told_once_for_ever() {
    let fixture = Fixture::new().await;
    let tell = async |names: &[&str]| fixture.ledger.mark_reported(&files(names)).await.expect("an answer");
    assert_eq!(tell(&["letter", "folder"]).await, ["letter", "folder"]);
    fixture.advance(chrono::TimeDelta::days(400));
    assert_eq!(tell(&["letter", "picture", "folder"]).await, ["picture"]);
    assert_eq!(tell(&[]).await, [""; 0]);
    let item = fixture.direct.item("FILE#letter", "FILE").await.expect("a file");
    assert!(!item.contains_key("expires_at"), "files never expire");
}

#[tokio::test]
async fn of_many_splitters_one_tells() {
    let fixture = Fixture::new().await;
    let letter = files(&["letter"]);
    let told = join_all((0..12).map(|_| fixture.ledger.mark_reported(&letter))).await;
    let told = told.into_iter().map(|told| told.expect("an answer").len()).sum::<usize>();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn an_answer_that_was_lost_keeps_nobody_from_telling() {
    let fixture = Fixture::new().await;
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    assert_eq!(fixture.ledger.mark_reported(&files(&["letter"])).await.expect("an answer"), ["letter"]);
}

/// Renamed, what a program left behind may be a list.
#[tokio::test]
async fn a_file_that_was_told_can_still_become_a_run_and_the_other_way_round() {
    let fixture = Fixture::new().await;
    let list = files(&["list"]);
    assert_eq!(fixture.ledger.mark_reported(&list).await.expect("an answer"), ["list"]);
    assert!(fixture.ledger.known_files(&list).await.expect("an answer").revisions.is_empty());
    fixture.claim_run(new_run("list", "a")).await;
    assert_eq!(fixture.ledger.known_files(&list).await.expect("an answer").revisions["list"].len(), 1);
    assert_eq!(fixture.ledger.mark_reported(&list).await.expect("an answer"), [""; 0]);

    fixture.claim_run(new_run("other", "a")).await;
    assert_eq!(fixture.ledger.mark_reported(&files(&["other"])).await.expect("an answer"), ["other"]);
    assert_eq!(fixture.ledger.known_files(&files(&["other"])).await.expect("an answer").revisions["other"].len(), 1);
}
