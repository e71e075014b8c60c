//! The faults that a test can order.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulators::here_to_help::Faults;

use crate::support::{Caller, Got, ann, until, with};

/// Counts of residents, requests, notes.
fn there(caller: &Caller) -> (usize, usize, usize) {
    let state = caller.state();
    (state.residents.len(), state.help_requests.len(), state.case_notes.len())
}

fn noted() -> Value {
    with(&ann(), json!({"CaseNotes": "a note"}))
}

#[tokio::test]
async fn every_answer_before_anything_is_done() {
    let caller = Caller::start().await;
    for (answer, status, body) in [
        ("403", StatusCode::FORBIDDEN, json!({"message": "Forbidden"})),
        ("429", StatusCode::TOO_MANY_REQUESTS, json!({"message": "Too Many Requests"})),
        ("500", StatusCode::INTERNAL_SERVER_ERROR, Value::Null),
        ("502", StatusCode::BAD_GATEWAY, json!({"message": "Internal server error"})),
        ("503", StatusCode::SERVICE_UNAVAILABLE, json!({"message": "Service Unavailable"})),
        ("504", StatusCode::GATEWAY_TIMEOUT, json!({"message": "Endpoint request timed out"})),
    ] {
        caller.faults(json!({"rules": [{"answer": answer}]}));
        assert_eq!(caller.post("v3/help-requests", noted()).await, Got::new(status, body.clone()));
        assert_eq!(caller.get("v4/residents/0/help-requests").await, Got::new(status, body), "every call");
        assert_eq!(caller.state().calls.refused[&format!("{answer}: fault")], 2);
    }
    assert_eq!(there(&caller), (0, 0, 0));
}

#[tokio::test]
async fn a_429_may_say_when_to_come_back() {
    let caller = Caller::start().await;
    for (rule, expected) in [(json!({"answer": "429", "retry_after": 2}), Some("2")), (json!({"answer": "429"}), None)]
    {
        caller.faults(json!({"rules": [rule]}));
        let response = caller.request(Method::GET, "v3/healthcheck/ping").send().await.expect("an answer");
        assert_eq!(response.headers().get("retry-after").and_then(|value| value.to_str().ok()), expected);
    }
}

#[tokio::test]
async fn both_400s_repeat_the_row_and_strike_only_where_the_api_has_them() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    caller.faults(json!({"rules": [{"answer": "text-400"}]}));
    let created = caller.post("v3/help-requests", ann()).await;
    assert!(created.is_text("Record not created. ") && created.body.to_string().contains("Able"), "{created:?}");
    let updated = caller.patch(&format!("v3/help-requests/{id}"), ann()).await;
    assert!(updated.is_text("Record not updated. ") && updated.body.to_string().contains("Able"), "{updated:?}");
    assert_eq!(caller.post("v4/residents/1/help-requests", json!({})).await.status, 201, "v4 has no text");
    assert_eq!(caller.get(&format!("v3/help-requests/{id}")).await.status, 200);

    caller.faults(json!({"rules": [{"answer": "object-400"}]}));
    let object = caller.post("v3/help-requests", ann()).await;
    assert!(object.is_problem_details() && object.body.to_string().contains("Able"), "{object:?}");
    assert!(caller.post("v4/residents/1/help-requests", json!({})).await.is_problem_details());
    assert_eq!(caller.get(&format!("v3/help-requests/{id}")).await.status, 200, "a GET has no body");
}

#[tokio::test]
async fn a_fault_strikes_after_the_commit_it_names() {
    let caller = Caller::start().await;
    for (after, expected) in [
        ("nothing", (0, 0, 0)),
        ("resident", (1, 0, 0)),
        ("help-request", (1, 1, 0)),
        ("note", (1, 1, 1)),
        ("everything", (1, 1, 1)),
    ] {
        for answer in ["500", "502", "text-400"] {
            caller.simulator.reset();
            caller.faults(json!({"rules": [{"answer": answer, "after": after, "next": 1}]}));
            assert!(caller.post("v3/help-requests", noted()).await.status >= 400);
            assert_eq!(there(&caller), expected, "{answer} after {after}");
            assert_eq!(caller.post("v3/help-requests", noted()).await.status, 201, "it was the next one only");
            assert_eq!(caller.state().faults.struck, [1]);
        }
    }
}

#[tokio::test]
async fn a_patch_and_a_note_and_a_follow_up_are_cut_off_too() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    caller.faults(json!({"rules": [
        {"answer": "502", "after": "help-request", "calls": ["patch"]},
        {"answer": "502", "after": "note", "calls": ["add-note"]},
        {"answer": "502", "after": "everything", "calls": ["follow-up"]},
    ]}));
    let block = json!({"AddressFirstLine": "1 High Street", "Postcode": "E8 1AA", "AdviceNotes": "changed"});
    assert_eq!(caller.patch(&format!("v3/help-requests/{id}"), block).await.status, 502);
    let shown = caller.read(id).await;
    assert_eq!((&shown["AdviceNotes"], &shown["Postcode"]), (&json!("changed"), &Value::Null));
    let path = format!("v4/residents/1/help-requests/{id}/case-notes");
    assert_eq!(caller.post(&path, json!({"CaseNote": "x"})).await.status, 502);
    assert_eq!(caller.post("v4/residents/1/help-requests", json!({})).await.status, 502);
    assert_eq!(there(&caller), (1, 2, 1));
}

#[tokio::test]
async fn a_step_that_a_call_does_not_have_cannot_be_its_last() {
    let caller = Caller::start().await;
    caller.faults(json!({"rules": [{"answer": "502", "after": "resident"}, {"answer": "502", "after": "note"}]}));
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200);
    assert_eq!(caller.get("v3/help-requests").await.status, 200);
    assert_eq!(caller.state().faults.struck, [0, 0]);
}

#[tokio::test]
async fn a_lost_answer_closes_the_connection_with_everything_done() {
    let caller = Caller::start().await;
    caller.faults(json!({"rules": [{"answer": "closed", "after": "everything", "next": 1}]}));
    let lost = caller.request(Method::POST, "v3/help-requests").json(&noted()).send().await;
    let error = lost.expect_err("no answer");
    assert!(!error.is_timeout() && !error.is_connect(), "the connection was there, and was closed: {error:?}");
    assert_eq!(there(&caller), (1, 1, 1));
    assert_eq!(caller.state().calls.refused["closed: fault after everything"], 1);
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200, "the next one gets through");
}

#[tokio::test]
async fn an_outage_that_hangs_answers_never_and_does_nothing() {
    let caller = Caller::start().await;
    caller.faults(json!({"rules": [{"answer": "hang", "next": 1}]}));
    let hanging = tokio::spawn(caller.request(Method::POST, "v3/help-requests").json(&ann()).send());
    until("it hangs", || caller.state().calls.answers.get("hang") == Some(&1)).await;
    assert!(!hanging.is_finished());
    hanging.abort();
    assert_eq!(there(&caller), (0, 0, 0));
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200);
}

#[tokio::test]
async fn a_rule_can_be_about_one_row() {
    let caller = Caller::start().await;
    caller.create(with(&ann(), json!({"Metadata": {"nsss_id": "1"}}))).await;
    let send = |correlation: &'static str| {
        Got::of(caller.request(Method::GET, "v3/healthcheck/ping").header("X-Correlation-Id", correlation))
    };
    caller.faults(json!({"rules": [{"answer": "403", "correlation": "run-1/17"}]}));
    assert_eq!(send("run-1/17").await.status, 403);
    assert_eq!(send("run-1/170").await.status, 200);
    assert_eq!(caller.get("v4/residents/0/help-requests").await.status, 200, "the probe gets through");

    caller.faults(json!({"rules": [{"answer": "403", "correlation": "run-1/"}]}));
    assert_eq!((send("run-1/17").await.status, send("run-2/17").await.status), (403, 200));

    caller.faults(json!({"rules": [{"answer": "403", "name": "ann able"}]}));
    assert_eq!(caller.post("v3/help-requests", ann()).await.status, 403);
    assert_eq!(caller.get("v3/help-requests?FirstName=Ann&LastName=Able").await.status, 403);
    assert_eq!(caller.post("v3/help-requests", json!({"FirstName": "Bob", "LastName": "Able"})).await.status, 201);

    caller.faults(json!({"rules": [{"answer": "500", "calls": ["search", "read"]}]}));
    assert_eq!(caller.get("v3/help-requests").await.status, 500);
    assert_eq!(caller.get("v3/help-requests/1000001").await.status, 500);
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200);
}

#[tokio::test]
async fn latency_of_several_rules_adds_up() {
    let caller = Caller::start().await;
    caller.faults(
        json!({"rules": [{"latency_ms": 120}, {"latency_ms": [80, 90]}, {"latency_ms": 60000, "probability": 0.0}]}),
    );
    let asked = Instant::now();
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200);
    assert!(asked.elapsed() >= Duration::from_millis(200));
    assert_eq!(caller.state().faults.struck, [1, 1, 0]);
}

/// Eighty rows, each read three times in the order that is given; the status of each row's calls, by row.
async fn statuses(seed: u64, order: impl Iterator<Item = u32> + Clone) -> Vec<(u32, Vec<u16>)> {
    let caller = Caller::start().await;
    caller.faults(json!({"seed": seed, "rules": [
        {"answer": "500", "probability": 0.2}, {"answer": "429", "probability": 0.2}, {"latency_ms": [0, 2]},
    ]}));
    let mut by_row: Vec<(u32, Vec<u16>)> = (0..80).map(|row| (row, Vec::new())).collect();
    for _ in 0..3 {
        for row in order.clone() {
            let id = format!("run/{row}");
            let got = Got::of(caller.request(Method::GET, "v3/help-requests").header("X-Correlation-Id", id)).await;
            by_row[row as usize].1.push(got.status);
        }
    }
    by_row
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_calls_in_whatever_order_they_come() {
    let forwards = statuses(7, 0..80).await;
    assert_eq!(forwards, statuses(7, (0..80).rev()).await);
    assert_ne!(forwards, statuses(8, 0..80).await);
    let count = |status: u16| forwards.iter().flat_map(|(_, got)| got).filter(|got| **got == status).count();
    // Of 240: about a fifth, and a fifth of the rest.
    assert!((30..=66).contains(&count(500)), "{}", count(500));
    assert!((22..=55).contains(&count(429)), "{}", count(429));
    assert!(forwards.iter().any(|(_, got)| got[0] != got[1]), "a retry has a chance of its own");
}

#[tokio::test]
async fn without_a_correlation_id_the_body_tells_calls_apart() {
    let mut struck = Vec::new();
    for order in [[1, 2, 3, 4, 5, 6, 7, 8], [8, 7, 6, 5, 4, 3, 2, 1]] {
        let caller = Caller::start().await;
        caller.faults(json!({"seed": 3, "rules": [{"answer": "500", "probability": 0.5}]}));
        let mut refused = Vec::new();
        for number in order {
            if caller.post("v3/help-requests", json!({"FirstName": number.to_string()})).await.status == 500 {
                refused.push(number);
            }
        }
        refused.sort_unstable();
        struck.push(refused);
    }
    assert_eq!(struck[0], struck[1]);
    assert!(!struck[0].is_empty() && struck[0].len() < 8);
}

#[test]
fn faults_that_mean_nothing_are_errors() {
    for (faults, says) in [
        (json!({"rule": []}), "unknown field `rule`"),
        (json!({"rules": [{"answer": "500", "probabilty": 0.1}]}), "unknown field `probabilty`"),
        (json!({"rules": [{"answer": "418"}]}), "unknown variant `418`"),
        (json!({"rules": [{"answer": "500", "after": "lunch"}]}), "unknown variant `lunch`"),
        (json!({"rules": [{"answer": "500", "calls": ["post"]}]}), "unknown variant `post`"),
        (json!({"rules": [{"latency_ms": 1}, {"next": 1}]}), "rule 1: give it an `answer` or a `latency_ms`"),
        (json!({"rules": [{"latency_ms": 1, "after": "note"}]}), "rule 0: `after` needs an `answer`"),
        (json!({"rules": [{"answer": "503", "retry_after": 1}]}), "has a `retry_after`"),
        (json!({"rules": [{"answer": "503", "probability": 10}]}), "`probability` goes from 0 to 1"),
        (json!({"rules": [{"latency_ms": [9, 1]}]}), "`latency_ms` goes from the smaller to the larger"),
    ] {
        let error = serde_json::from_value::<Faults>(faults.clone()).expect_err("an error").to_string();
        assert!(error.contains(says), "{faults}: {error}");
    }
}
