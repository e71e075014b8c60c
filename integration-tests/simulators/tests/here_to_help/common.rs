//! A.0 and A.7: the key, strict types, NUL, the health check.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Caller, Got, KEY, ann, with};

const PATHS: [(&str, &str); 10] = [
    ("GET", "v3/healthcheck/ping"),
    ("POST", "v3/help-requests"),
    ("GET", "v3/help-requests"),
    ("GET", "v3/help-requests/1"),
    ("PATCH", "v3/help-requests/1"),
    ("POST", "v4/residents/1/help-requests/1/case-notes"),
    ("GET", "v4/residents/1/help-requests/1/case-notes"),
    ("GET", "v4/residents/1/case-notes"),
    ("POST", "v4/residents/1/help-requests"),
    ("GET", "no/such/path"),
];

#[tokio::test]
async fn every_path_wants_the_key() {
    let caller = Caller::start().await;
    for (method, path) in PATHS {
        let url = format!("{}{path}", caller.simulator.base_url());
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let without = caller.http.request(method.clone(), &url).json(&json!({}));
        let wrong = caller.http.request(method, &url).header("x-api-key", format!("{KEY}x")).json(&json!({}));
        let forbidden = Got::new(StatusCode::FORBIDDEN, json!({"message": "Forbidden"}));
        assert_eq!(Got::of(without).await, forbidden, "{path}, no key");
        assert_eq!(Got::of(wrong).await, forbidden, "{path}, wrong key");
    }
    let state = caller.state();
    assert_eq!(state.calls.refused["403: wrong key"], 20);
    assert!(state.residents.is_empty(), "nothing was done");
}

#[tokio::test]
async fn the_health_check() {
    let caller = Caller::start().await;
    assert_eq!(caller.get("v3/healthcheck/ping").await, Got::new(StatusCode::OK, json!({"success": true})));
    assert_eq!(caller.get("v3/healthcheck/error").await, Got::new(StatusCode::INTERNAL_SERVER_ERROR, Value::Null));
    assert_eq!(caller.get("v3/no-such-thing").await, Got::new(StatusCode::NOT_FOUND, Value::Null));
}

#[tokio::test]
async fn a_value_of_another_type_is_refused_before_anything_is_done() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    let resident = caller.read(id).await["ResidentId"].clone();
    let wrong_everywhere = [
        json!({"NhsCtasId": 12}),
        json!({"HelpNeeded": false}),
        json!({"CaseNotes": {"note": "x"}}),
        json!({"CallbackRequired": "true"}),
        json!({"CallbackRequired": 1}),
        json!({"helpneeded": ["Shielding"]}),
        json!(["not an object"]),
        json!("text"),
        json!(null),
    ];
    let wrong_in_v3 = [
        json!({"FirstName": 5}),
        json!({"Uprn": 100023010102_i64}),
        json!({"NhsNumber": 9434765919_i64}),
        json!({"DobDay": 1}),
        json!({"ContactTelephoneNumber": 7700900123_i64}),
    ];
    let wrong_but_in_patch = [json!({"DateTimeRecorded": "8 March"}), json!({"DateTimeRecorded": 5})];
    let v3 = [(Method::POST, "v3/help-requests".to_owned()), (Method::PATCH, format!("v3/help-requests/{id}"))];
    let v4 = (Method::POST, format!("v4/residents/{resident}/help-requests"));
    for body in wrong_everywhere.iter().chain(&wrong_in_v3) {
        for (method, path) in &v3 {
            let got = Got::of(caller.request(method.clone(), path).json(body)).await;
            assert!(got.is_problem_details(), "{method} {path} {body}: {got:?}");
        }
    }
    for body in &wrong_but_in_patch {
        assert!(caller.post("v3/help-requests", body.clone()).await.is_problem_details(), "{body}");
    }
    let wrong_in_v4 = [json!({"Id": "x"}), json!({"Id": null}), json!({"AssignedTo": 1})];
    for body in wrong_everywhere.iter().chain(&wrong_but_in_patch).chain(&wrong_in_v4) {
        let got = Got::of(caller.request(v4.0.clone(), &v4.1).json(body)).await;
        assert!(got.is_problem_details(), "{v4:?} {body}: {got:?}");
    }
    let notes = format!("v4/residents/{resident}/help-requests/{id}/case-notes");
    for body in [json!({"CaseNote": 5}), json!({"CaseNote": {"note": "an object, not its text"}}), json!(null)] {
        assert!(caller.post(&notes, body.clone()).await.is_problem_details(), "{body}");
    }
    let state = caller.state();
    assert_eq!((state.residents.len(), state.help_requests.len(), state.case_notes.len()), (1, 1, 0));
    assert_eq!(state.help_request(id).expect("there").text("HelpNeeded"), Some("Shielding"));
}

#[tokio::test]
async fn what_is_not_json_is_refused() {
    let caller = Caller::start().await;
    let send = |body: Vec<u8>| {
        caller.request(Method::POST, "v3/help-requests").header("content-type", "application/json").body(body)
    };
    let bodies: [&[u8]; 6] = [
        b"",
        b"{",
        br#"{"FirstName":"a "quoted" name"}"#,
        br#"{"FirstName":NaN}"#,
        b"{\"FirstName\":\"\xe9\"}",
        b"{} {}",
    ];
    for body in bodies {
        assert!(Got::of(send(body.to_vec())).await.is_problem_details(), "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(Got::of(send(b"{}".to_vec())).await.status, 201);
    let too_deep = format!(r#"{{"Metadata": {}{}}}"#, "[".repeat(32), "]".repeat(32));
    assert!(Got::of(send(too_deep.into_bytes())).await.is_problem_details());
}

#[tokio::test]
async fn a_body_is_read_by_its_media_type_and_charset() {
    let caller = Caller::start().await;
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    for (media_type, body, status) in [
        (Some("application/json"), b"\xef\xbb\xbf{}".to_vec(), 201),
        (Some("Text/JSON"), b"{}".to_vec(), 201),
        (Some("application/vnd.x+json"), b"{}".to_vec(), 201),
        (Some("application/json; charset=\"UTF-8\""), b"{}".to_vec(), 201),
        (Some("application/json; charset=utf-16"), utf_16("\u{feff}{}"), 201),
        (Some("application/json; charset=latin1"), b"{}".to_vec(), 415),
        (Some("text/plain"), b"{}".to_vec(), 415),
        (Some("json"), b"{}".to_vec(), 415),
        (None, b"{}".to_vec(), 415),
    ] {
        let mut request = caller.request(Method::POST, "v3/help-requests").body(body);
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        assert_eq!(Got::of(request).await.status, status, "{media_type:?}");
    }
}

#[tokio::test]
async fn paths_are_read_kindly_and_other_methods_refused() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    for (method, path, status) in [
        (Method::GET, format!("V3/Help-Requests/{id}/"), 200),
        (Method::GET, format!("v3/help-requests/%20{id:+}"), 200),
        (Method::GET, format!("v3/help-requests/0x{id:x}"), 200),
        (Method::GET, format!("v3/help-requests/{id}//"), 404),
        (Method::GET, format!("v3//help-requests/{id}"), 404),
        (Method::PUT, format!("v3/help-requests/{id}"), 405),
        (Method::HEAD, format!("v3/help-requests/{id}"), 405),
        (Method::PATCH, "v3/help-requests".to_owned(), 405),
        (Method::DELETE, "v4/residents/1/case-notes".to_owned(), 405),
        (Method::POST, "v3/healthcheck/ping".to_owned(), 405),
    ] {
        let got = Got::of(caller.request(method.clone(), &path)).await;
        assert_eq!(got.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn names_match_in_any_case_and_unknown_ones_are_ignored() {
    let caller = Caller::start().await;
    let id = caller
        .create(
            json!({"firstname": "Ann", "LASTNAME": "Able", "Surname": "Other", "metadata": {"nsss_id": 1}, "Id": "x"}),
        )
        .await;
    let read = caller.read(id).await;
    assert_eq!((&read["FirstName"], &read["LastName"]), (&json!("Ann"), &json!("Able")));
    assert_eq!(read["Metadata"], json!(r#"{"nsss_id": 1}"#));
    assert_eq!(read.get("Surname"), None);
}

#[tokio::test]
async fn nothing_is_required_and_no_length_is_checked() {
    let caller = Caller::start().await;
    let nameless = caller.create(json!({})).await;
    assert_eq!(caller.read(nameless).await["FirstName"], Value::Null);
    let long = caller.create(json!({"HelpNeeded": "x".repeat(100_000)})).await;
    assert_eq!(caller.read(long).await["HelpNeeded"].as_str().map(str::len), Some(100_000));
}

#[tokio::test]
async fn nul_is_refused_where_it_would_be_written_and_what_came_before_stays() {
    for (place, body, residents, requests) in [
        ("a looked-up field", json!({"FirstName": "A\0nn"}), 0, 0),
        ("another field of the resident", json!({"Ward": "\0"}), 0, 0),
        ("the request", json!({"AdviceNotes": "\0"}), 1, 0),
        ("the metadata", json!({"Metadata": {"nsss_id": "1", "deep": ["\0"]}}), 1, 0),
        ("the note", json!({"CaseNotes": "\0"}), 1, 1),
    ] {
        let caller = Caller::start().await;
        let got = caller.post("v3/help-requests", with(&ann(), body)).await;
        assert!(got.is_text("Record not created. "), "{place}: {got:?}");
        assert!(got.body.as_str().expect("a text").contains("Able"), "the row is repeated: {}", got.body);
        let state = caller.state();
        assert_eq!((state.residents.len(), state.help_requests.len()), (residents, requests), "{place}");
        assert_eq!(state.calls.refused["400: U+0000"], 1);
    }
}

#[tokio::test]
async fn nul_in_v4_is_an_empty_500() {
    let caller = Caller::start().await;
    let id = caller.create(ann()).await;
    let resident = caller.read(id).await["ResidentId"].clone();
    let empty_500 = Got::new(StatusCode::INTERNAL_SERVER_ERROR, Value::Null);
    let notes = format!("v4/residents/{resident}/help-requests/{id}/case-notes");
    assert_eq!(caller.post(&notes, json!({"CaseNote": "\0"})).await, empty_500);
    let requests = format!("v4/residents/{resident}/help-requests");
    assert_eq!(caller.post(&requests, json!({"AdviceNotes": "\0"})).await, empty_500);
}
