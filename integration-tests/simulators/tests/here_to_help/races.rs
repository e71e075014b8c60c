//! A.9: it finds, and then it inserts, and nothing stands between.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use simulators::here_to_help::{Call, Options};
use tokio::join;

use crate::support::{Caller, ann, until, with};

/// Long enough for two calls to arrive within it on a busy machine.
const WINDOW: Duration = Duration::from_millis(300);

async fn racing() -> Caller {
    Caller::with(Options { race_window: WINDOW, ..Options::default() }).await
}

#[tokio::test]
async fn two_posts_for_one_new_person_make_two_residents() {
    let caller = racing().await;
    join!(caller.create(ann()), caller.create(ann()));
    let state = caller.state();
    assert_eq!(state.residents.len(), 2);
    assert_eq!(state.doubles.residents[0].same, "names and date of birth");
    assert_eq!(state.doubles.residents[0].ids, [1, 2]);
}

#[tokio::test]
async fn two_posts_for_one_new_id_make_two_requests() {
    for (ids, same) in [
        (json!({"NhsCtasId": "c"}), "NhsCtasId and HelpNeeded"),
        (json!({"Metadata": {"nsss_id": "1"}}), "nsss_id"),
        (json!({"Metadata": {"spl_id": "1"}}), "spl_id"),
        (json!({"Metadata": {"generic_ingestion_id": "EUSS"}}), "generic_ingestion_id"),
    ] {
        let caller = racing().await;
        // The resident is there already and nothing in them changes, so that only the request is raced for.
        caller.create(ann()).await;
        join!(caller.create(with(&ann(), ids.clone())), caller.create(with(&ann(), ids)));
        let state = caller.state();
        assert_eq!((state.residents.len(), state.help_requests.len()), (1, 3), "{same}");
        assert!(state.doubles.residents.is_empty());
        assert_eq!(state.doubles.help_requests[0].same, same);
    }
}

#[tokio::test]
async fn one_after_the_other_they_make_one() {
    let caller = racing().await;
    let body = with(&ann(), json!({"Metadata": {"nsss_id": "1"}}));
    assert_eq!(caller.create(body.clone()).await, caller.create(body).await);
    let state = caller.state();
    assert_eq!((state.residents.len(), state.help_requests.len()), (1, 1));
    assert!(state.doubles.is_empty());
}

#[tokio::test]
async fn the_last_of_two_patches_wins() {
    let caller = racing().await;
    let phone = |phone: &str| with(&ann(), json!({"ContactMobileNumber": phone, "NhsCtasId": "c"}));
    caller.create(phone("077")).await;
    join!(caller.create(phone("078")), caller.create(phone("079")));
    let state = caller.state();
    let phones = state.residents[0].text("ContactMobileNumber").expect("a phone");
    assert!(phones == "077 / 078" || phones == "077 / 079", "one of them is lost: {phones}");
}

#[tokio::test]
async fn calls_are_worked_on_at_the_same_time() {
    let caller = racing().await;
    let people = (0..8).map(|number| json!({"FirstName": "Ann", "LastName": format!("Able{number}")}));
    let posts: Vec<_> = people
        .map(|person| {
            let request = caller.request(Method::POST, "v3/help-requests").json(&person);
            tokio::spawn(async move { request.send().await.expect("an answer").status().as_u16() })
        })
        .collect();
    for post in posts {
        assert_eq!(post.await.expect("no panic"), 201);
    }
    assert_eq!(caller.state().calls.max_concurrent, 8);
}

#[tokio::test]
async fn a_caller_that_hangs_up_stops_nothing() {
    let caller = racing().await;
    let impatient = tokio::spawn(caller.request(Method::POST, "v3/help-requests").json(&ann()).send());
    until("it arrives", || caller.state().calls.by_call.contains_key(&Call::Create)).await;
    impatient.abort();
    assert!(impatient.await.expect_err("hung up").is_cancelled());
    until("the request is written", || !caller.state().help_requests.is_empty()).await;
}
