use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Bench, answer, ok, refused, text};

#[tokio::test]
async fn each_fault_has_googles_form() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.gsheet.csv", "x\n");
    let id = bench.id_of(&bench.inbound(), "a").await;
    for (fault, status, reason) in [
        ("rate_limit_exceeded", 403, "rateLimitExceeded"),
        ("user_rate_limit_exceeded", 403, "userRateLimitExceeded"),
        ("insufficient_file_permissions", 403, "insufficientFilePermissions"),
        ("too_many_requests", 429, "rateLimitExceeded"),
        ("internal_error", 500, "internalError"),
        ("unavailable", 503, "backendError"),
        ("expired_token", 401, "authError"),
    ] {
        let bench = Bench::start().await;
        bench.set_faults(json!({"next": {fault: 1}}));
        assert_eq!(refused(bench.listing(&bench.inbound(), &[])).await, (status, reason.to_owned()), "{fault}");
        assert_eq!(bench.state().await["faults"], json!({fault: 1}));
        if fault != "expired_token" {
            ok(bench.listing(&bench.inbound(), &[])).await;
        }
    }
    for (fault, status, name) in [
        ("too_many_requests", 429, "RESOURCE_EXHAUSTED"),
        ("internal_error", 500, "INTERNAL"),
        ("unavailable", 503, "UNAVAILABLE"),
    ] {
        bench.set_faults(json!({"next": {fault: 1}, "calls": ["sheets.values.get"]}));
        ok(bench.listing(&bench.inbound(), &[])).await;
        assert_eq!(refused(bench.values(&id, "A1")).await, (status, name.to_owned()));
        ok(bench.values(&id, "A1")).await;
    }
}

#[tokio::test]
async fn a_share_of_the_calls_fails_the_same_ones_for_the_same_seed() {
    let bench = Bench::start().await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        bench.set_faults(json!({"seed": 3, "share": {"unavailable": 0.5}}));
        let mut statuses = Vec::new();
        for _ in 0..30 {
            statuses.push(answer(bench.metadata(&bench.inbound())).await.0);
        }
        assert!(statuses.contains(&200) && statuses.contains(&503));
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn an_incomplete_listing_says_so_and_lacks_files() {
    let bench = Bench::start().await;
    for n in 0..4 {
        bench.put(&format!("spl/inbound/{n}.csv"), "");
    }
    bench.set_faults(json!({"next": {"incomplete_search": 1}}));
    let page = ok(bench.listing(&bench.inbound(), &[])).await;
    assert_eq!((&page["incompleteSearch"], page["files"].as_array().map(Vec::len)), (&json!(true), Some(2)));
    assert_eq!(bench.files(&bench.inbound()).await.len(), 4);
}

#[tokio::test]
async fn a_page_token_is_rejected_when_asked_for() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", "");
    bench.put("spl/inbound/b.csv", "");
    bench.set_faults(json!({"next": {"page_token_rejected": 1}}));
    let page = ok(bench.listing(&bench.inbound(), &[("pageSize", "1")])).await;
    let token = text(&page["nextPageToken"]);
    assert_eq!(refused(bench.listing(&bench.inbound(), &[("pageToken", &token)])).await, (400, "invalid".to_owned()));
    ok(bench.listing(&bench.inbound(), &[("pageToken", &token)])).await;
}

#[tokio::test]
async fn a_lost_answer_is_of_a_call_that_was_done() {
    let bench = Bench::start().await;
    bench.set_faults(json!({"next": {"answer_lost": 1}, "calls": ["drive.files.create"]}));
    let body = json!({"name": "twice?", "mimeType": crate::support::SHEET, "parents": [bench.outbound()]});
    let create = bench.post("/drive/v3/files?supportsAllDrives=true").json(&body);
    assert!(create.send().await.is_err());
    assert_eq!(bench.files(&bench.outbound()).await.len(), 1);
}

/// Seen with Google's Python client, which goes on using the connection.
#[tokio::test]
async fn a_refused_call_leaves_the_connection_open_though_nobody_read_its_body() {
    let bench = Bench::start().await;
    let address = bench.google.url().trim_start_matches("http://");
    let mut line = TcpStream::connect(address).await.expect("connected");
    let body = vec![b' '; 1 << 20];
    for method in ["PATCH", "PUT", "DELETE"] {
        let head = format!(
            "{method} /upload/drive/v3/files/x HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        line.write_all(head.as_bytes()).await.expect("the connection is open");
        line.write_all(&body).await.expect("the body is taken");
        let mut answer = vec![0; 4_096];
        let read = line.read(&mut answer).await.expect("answered");
        assert!(answer[..read].starts_with(b"HTTP/1.1 4"), "{method}: {}", String::from_utf8_lossy(&answer[..read]));
    }
}

#[tokio::test]
async fn an_unreachable_google_answers_nothing() {
    let bench = Bench::start().await;
    bench.set_faults(json!({"unreachable": true}));
    assert!(bench.metadata(&bench.inbound()).send().await.is_err());
    assert!(bench.http.post(format!("{}/token", bench.google.url())).send().await.is_err());
    bench.set_faults(json!({}));
    ok(bench.metadata(&bench.inbound())).await;
}

#[tokio::test]
async fn a_call_waits_as_long_as_it_is_told() {
    let bench = Bench::start().await;
    let an_hour = 3_600_000;
    bench.set_faults(json!({"latency_ms": [an_hour, an_hour]}));
    let slow = tokio::spawn(answer(bench.metadata(&bench.inbound())));
    while bench.state().await["calls"]["drive.files.get"] != 1 {}
    bench.set_faults(json!({}));
    ok(bench.metadata(&bench.outbound())).await;
    assert!(!slow.is_finished(), "it came first and still waits");
}
