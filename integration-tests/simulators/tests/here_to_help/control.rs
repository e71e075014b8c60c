//! `/_simulator/…`: the state, faults, reset; starting and stopping.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulators::here_to_help::{Options, Simulator, State};

use crate::support::{Caller, Got, ann, with};

impl Caller {
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> reqwest::Response {
        let url = format!("{}{path}", self.simulator.control_url());
        self.http.request(method, url).json(&body).send().await.expect("an answer")
    }

    pub(crate) async fn staff(&self, order: Value) -> Result<i64, String> {
        let response = self.control(Method::PUT, "staff", order).await;
        let status = response.status();
        let text = response.text().await.expect("a body");
        if status == StatusCode::OK {
            let body: Value = serde_json::from_str(&text).expect("JSON");
            Ok(body["Id"].as_i64().expect("an id"))
        } else {
            assert_eq!(status, StatusCode::BAD_REQUEST);
            Err(text)
        }
    }
}

#[tokio::test]
async fn the_state_shows_all_rows_and_all_calls() {
    let caller = Caller::start().await;
    let id = caller
        .create(with(&ann(), json!({"CaseNotes": "x", "Metadata": {"nsss_id": "1"}, "DateTimeRecorded": "2021-03-08"})))
        .await;
    caller.get("v3/help-requests/9").await;
    let mut state: Value = caller.control(Method::GET, "state", Value::Null).await.json().await.expect("JSON");
    for varying in ["started_at", "arrivals_ms", "per_second"] {
        let there = state["calls"].as_object_mut().and_then(|calls| calls.remove(varying));
        assert!(there.is_some(), "{varying}");
    }
    assert_eq!(
        state,
        json!({
            "residents": [{"Id": 1, "DobDay": "1", "DobMonth": "2", "DobYear": "1980", "FirstName": "Ann", "LastName": "Able"}],
            "help_requests": [{"Id": id, "ResidentId": 1, "CallbackRequired": true, "DateTimeRecorded": "2021-03-08T00:00:00",
                "HelpNeeded": "Shielding", "Metadata": {"nsss_id": "1"}}],
            "case_notes": [{"Id": 2_000_001, "ResidentId": 1, "HelpRequestId": id, "CaseNote": "x"}],
            "calls": {"total": 2, "by_call": {"create": 1, "read": 1}, "answers": {"201": 1, "404": 1},
                "refused": {"404: no such help request": 1}, "connections": 1, "max_concurrent": 1},
            "faults": {"set": {"seed": 0, "rules": []}, "struck": []},
            "doubles": {"residents": [], "help_requests": [], "case_notes": []},
        })
    );
}

#[tokio::test]
async fn the_state_can_be_read_back_by_another_process() {
    let caller = Caller::start().await;
    let id = caller.create(with(&ann(), json!({"CaseNotes": "x", "Metadata": {"nsss_id": 12}}))).await;
    caller.control(Method::PUT, "faults", json!({"rules": [{"latency_ms": [1, 2], "calls": ["ping"]}]})).await;
    let state: State = caller.control(Method::GET, "state", Value::Null).await.json().await.expect("a state");
    assert_eq!(state.residents, caller.state().residents);
    assert_eq!(state.help_request(id).expect("there").metadata("nsss_id").as_deref(), Some("12"));
    assert_eq!(state.notes_of(id).count(), 1);
    assert_eq!(state.faults.set, caller.state().faults.set);
    assert_eq!(state.resident(1).and_then(|resident| resident.text("FirstName")), Some("Ann"));
}

#[tokio::test]
async fn arrivals_tell_the_pace() {
    let caller = Caller::start().await;
    let pause = Duration::from_millis(30);
    for _ in 0..4 {
        caller.get("v3/healthcheck/ping").await;
        tokio::time::sleep(pause).await;
    }
    let calls = caller.state().calls;
    assert_eq!((calls.total, calls.arrivals_ms.len()), (4, 4));
    assert!(calls.arrivals_ms.windows(2).all(|pair| pair[1] >= pair[0] + 29), "{:?}", calls.arrivals_ms);
    assert_eq!(calls.per_second.values().sum::<u64>(), 4);
    assert_eq!(calls.connections, 1, "the caller kept its connection");
}

#[tokio::test]
async fn faults_are_set_by_http_and_mistakes_in_them_are_told() {
    let caller = Caller::start().await;
    let set = caller.control(Method::PUT, "faults", json!({"rules": [{"answer": "500"}]})).await;
    assert_eq!(set.status(), StatusCode::NO_CONTENT);
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 500);
    let mistaken = caller.control(Method::PUT, "faults", json!({"rules": [{"answr": "500"}]})).await;
    assert_eq!(mistaken.status(), StatusCode::BAD_REQUEST);
    assert!(mistaken.text().await.expect("a body").contains("unknown field `answr`"));
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 500, "those before stay");
    caller.control(Method::PUT, "faults", json!({})).await;
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200);
}

#[tokio::test]
async fn a_reset_empties_everything() {
    let caller = Caller::start().await;
    caller.create(noted_twice()).await;
    caller.create(noted_twice()).await;
    assert!(!caller.state().doubles.is_empty());
    caller.faults(json!({"rules": [{"answer": "500"}]}));
    let reset = caller.control(Method::POST, "reset", Value::Null).await;
    assert_eq!(reset.status(), StatusCode::NO_CONTENT);
    let state = caller.state();
    assert!(state.residents.is_empty() && state.help_requests.is_empty() && state.case_notes.is_empty());
    assert_eq!((state.calls.total, state.faults.set.rules.len()), (0, 0));
    assert_eq!(caller.create(noted_twice()).await, 1_000_001);
}

fn noted_twice() -> Value {
    with(&ann(), json!({"NhsCtasId": "c", "CaseNotes": "x"}))
}

#[tokio::test]
async fn doubles_are_found_however_they_came_about() {
    let caller = Caller::start().await;
    for resident in [
        json!({"FirstName": "Ann", "LastName": "Able", "NhsNumber": "943 476 5919"}),
        json!({"FirstName": "Anna", "LastName": "Able", "NhsNumber": "9434765919"}),
        json!({"FirstName": "Bob", "LastName": "Baker", "DobDay": "1", "DobMonth": "2", "DobYear": "1980"}),
        json!({"FirstName": " BOB", "LastName": "baker", "DobDay": "01", "DobMonth": "02", "DobYear": "1980"}),
        json!({"FirstName": "Bob", "LastName": "Baker", "DobYear": "1980"}),
        json!({"FirstName": "", "LastName": "", "NhsNumber": " "}),
        json!({"FirstName": "", "LastName": "", "NhsNumber": " "}),
    ] {
        caller.staff(json!({"add_resident": resident})).await.expect("added");
    }
    for request in [
        json!({"ResidentId": 1, "NhsCtasId": "c", "HelpNeeded": "Welfare Call"}),
        json!({"ResidentId": 2, "NhsCtasId": "c", "HelpNeeded": "WELFARE CALL"}),
        json!({"ResidentId": 2, "NhsCtasId": "c", "HelpNeeded": "Contact Tracing"}),
        json!({"ResidentId": 1, "NhsCtasId": "", "Metadata": {"generic_ingestion_id": "EUSS", "ingestion_row": "r/1"}}),
        json!({"ResidentId": 2, "NhsCtasId": "", "Metadata": {"generic_ingestion_id": "EUSS", "ingestion_row": "r/2"}}),
        json!({"ResidentId": 2, "Metadata": {"generic_ingestion_id": "EUSS", "ingestion_row": "r/1"}}),
        json!({"ResidentId": 3, "Metadata": {"nsss_id": 5}}),
        json!({"ResidentId": 4, "Metadata": {"nsss_id": "5"}}),
    ] {
        caller.staff(json!({"add_help_request": request})).await.expect("added");
    }
    for (request, note) in [
        (1_000_001, r#"{"author":"a","noteDate":"Monday","note":"rang"}"#),
        (1_000_001, r#"{"author":"a","noteDate":"Tuesday","note":"rang"}"#),
        (1_000_002, "rang"),
        (1_000_002, "rang "),
    ] {
        caller
            .staff(json!({"add_note": {"ResidentId": 1, "HelpRequestId": request, "CaseNote": note}}))
            .await
            .expect("added");
    }
    assert_eq!(
        serde_json::to_value(caller.state().doubles).expect("JSON"),
        json!({
            "residents": [{"same": "NHS number", "ids": [1, 2]}, {"same": "names and date of birth", "ids": [3, 4]}],
            "help_requests": [
                {"same": "NhsCtasId and HelpNeeded", "ids": [1_000_001, 1_000_002]},
                {"same": "nsss_id", "ids": [1_000_007, 1_000_008]},
                {"same": "generic_ingestion_id", "ids": [1_000_005, 1_000_006]},
                {"same": "ingestion_row", "ids": [1_000_004, 1_000_006]},
            ],
            "case_notes": [{"same": "help request and text", "ids": [2_000_001, 2_000_002]}],
        })
    );
}

#[tokio::test]
async fn it_listens_on_this_machine_only_and_stops_when_dropped() {
    let everywhere = Options { listen: "0.0.0.0:0".parse().expect("an address"), ..Options::default() };
    assert!(Simulator::start(everywhere).await.is_err());

    let caller = Caller::start().await;
    assert_eq!(caller.get("v3/healthcheck/ping").await.status, 200);
    let Caller { simulator, http } = caller;
    let url = format!("{}v3/healthcheck/ping", simulator.base_url());
    assert!(url.starts_with("http://127.0.0.1:"));
    drop(simulator);
    while let Ok(response) = http.get(&url).send().await {
        // A call that slipped in before the sign to stop; the test ends, or hangs.
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_control_path_that_is_not_there_is_404_without_a_key() {
    let caller = Caller::start().await;
    let unknown = Got::of(caller.http.get(format!("{}nothing", caller.simulator.control_url()))).await;
    assert_eq!(unknown.status, 404);
}
