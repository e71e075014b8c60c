use google_cloud_auth::credentials::service_account::{AccessSpecifier, Builder};
use serde_json::{Value, json};

use crate::support::{Bench, DRIVE, answer, claims, exchange, jwt, ok, refused, text};

fn key(bench: &Bench) -> Value {
    serde_json::from_str(&bench.google.service_account_key()).expect("JSON")
}

#[tokio::test]
async fn an_assertion_is_exchanged_for_a_token_of_an_hour() {
    let bench = Bench::start().await;
    let key = key(&bench);
    assert_eq!(key["token_uri"], format!("{}/token", bench.google.url()));
    let token = ok(exchange(&bench.http, &bench.google, &jwt(&key, &claims(&key, DRIVE)))).await;
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3_599)));
    assert_eq!(bench.state().await["calls"]["token"], 2);
}

#[tokio::test]
async fn an_assertion_with_a_wrong_claim_is_refused() {
    let bench = Bench::start().await;
    let key = key(&bench);
    let good = claims(&key, DRIVE);
    let iat = good["iat"].as_i64().expect("a time");
    for (claim, value, error) in [
        ("iss", json!("somebody@simulated.iam.gserviceaccount.com"), "invalid_grant"),
        ("aud", json!("https://www.googleapis.com/drive/v3"), "invalid_grant"),
        ("aud", json!(null), "invalid_grant"),
        ("exp", json!(iat + 3_601), "invalid_grant"),
        ("exp", json!(iat - 1), "invalid_grant"),
        ("iat", json!(iat + 120), "invalid_grant"),
        ("exp", json!("soon"), "invalid_grant"),
        ("scope", json!(""), "invalid_scope"),
        ("scope", json!("drive"), "invalid_scope"),
        ("scope", json!(null), "invalid_scope"),
    ] {
        let mut wrong = good.clone();
        wrong[claim] = value.clone();
        let (status, body) = answer(exchange(&bench.http, &bench.google, &jwt(&key, &wrong))).await;
        assert_eq!((status, &body["error"]), (400, &json!(error)), "{claim} {value}: {body}");
        assert!(body["error_description"].is_string());
    }
}

#[tokio::test]
async fn a_signature_of_another_key_is_refused() {
    let (bench, other) = (Bench::start().await, Bench::start().await);
    let mut key = key(&bench);
    let assertion = jwt(&key, &claims(&key, DRIVE));
    let tampered = format!("{}x", &assertion[..assertion.len() - 1]);
    key["private_key"] = self::key(&other)["private_key"].clone();
    let forged = jwt(&key, &claims(&key, DRIVE));
    for assertion in [tampered.as_str(), &forged, "a.b.c", "", "abc"] {
        let (status, body) = answer(exchange(&bench.http, &bench.google, assertion)).await;
        assert_eq!((status, &body["error"]), (400, &json!("invalid_grant")), "{assertion}");
    }
}

#[tokio::test]
async fn another_grant_is_refused() {
    let bench = Bench::start().await;
    let request = bench.http.post(format!("{}/token", bench.google.url()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body("grant_type=refresh_token");
    assert_eq!(answer(request).await.1["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn without_a_known_token_nothing_is_given() {
    let bench = Bench::start().await;
    let url = format!("{}/drive/v3/files/{}", bench.google.url(), bench.inbound());
    assert_eq!(refused(bench.http.get(&url)).await, (401, "authError".to_owned()));
    assert_eq!(refused(bench.http.get(&url).bearer_auth("ya29.unknown")).await, (401, "authError".to_owned()));
    let sheet = format!("{}/v4/spreadsheets/x", bench.google.url());
    assert_eq!(refused(bench.http.get(&sheet)).await, (401, "UNAUTHENTICATED".to_owned()));
}

/// The token that `google-cloud-auth` sends for a service account by itself: Drive does not take it.
#[tokio::test]
async fn a_self_signed_token_is_refused() {
    let bench = Bench::start().await;
    let credentials = Builder::new(key(&bench))
        .with_access_specifier(AccessSpecifier::from_scopes([DRIVE]))
        .build_access_token_credentials()
        .expect("a key that the library takes");
    let token = credentials.access_token().await.expect("signed").token;
    let url = format!("{}/drive/v3/files/{}", bench.google.url(), bench.inbound());
    assert_eq!(refused(bench.http.get(&url).bearer_auth(token)).await.0, 401);
}

#[tokio::test]
async fn a_read_only_scope_reads_and_cannot_write() {
    let bench = Bench::with_scope("https://www.googleapis.com/auth/drive.readonly").await;
    bench.put("spl/inbound/a.csv", "x\n");
    bench.put("spl/inbound/b.gsheet.csv", "x\n");
    let blob = bench.id_of(&bench.inbound(), "a.csv").await;
    let sheet = bench.id_of(&bench.inbound(), "b").await;
    let media = bench.get(&format!("/drive/v3/files/{blob}?alt=media&supportsAllDrives=true"));
    assert_eq!(media.send().await.expect("answered").status(), 200);
    assert_eq!(ok(bench.values(&sheet, "A1:A1")).await["values"], json!([["x"]]));

    let all = [("supportsAllDrives", "true")];
    let writes = [
        bench.post("/drive/v3/files").query(&all).json(&json!({"name": "n", "parents": [bench.outbound()]})),
        bench.patch(&format!("/drive/v3/files/{blob}")).query(&all).json(&json!({"trashed": true})),
        bench.patch(&format!("/upload/drive/v3/files/{blob}?uploadType=resumable")).query(&all),
    ];
    for write in writes {
        assert_eq!(refused(write).await, (403, "insufficientPermissions".to_owned()));
    }
}

#[tokio::test]
async fn an_expired_token_stays_expired_and_a_new_one_works() {
    let bench = Bench::start().await;
    bench.set_faults(json!({"next": {"expired_token": 1}}));
    for _ in 0..2 {
        assert_eq!(refused(bench.metadata(&bench.inbound())).await, (401, "authError".to_owned()));
    }
    let key = key(&bench);
    let answer = ok(exchange(&bench.http, &bench.google, &jwt(&key, &claims(&key, DRIVE)))).await;
    let bench = Bench { token: text(&answer["access_token"]), ..bench };
    ok(bench.metadata(&bench.inbound())).await;
}

#[tokio::test]
async fn it_listens_to_this_machine_only_and_stops_when_dropped() {
    use simulators::google::{Options, Simulator};
    let dir = tempfile::tempdir().expect("a directory");
    let everywhere = Options { root: dir.path().to_owned(), listen: ([0, 0, 0, 0], 0).into() };
    assert!(Simulator::start(everywhere).await.is_err());

    let bench = Bench::start().await;
    let request = || bench.metadata(&bench.inbound());
    let (kept_open, after) = (request(), request());
    assert_eq!(kept_open.send().await.expect("answered").status(), 200);
    drop(bench.google);
    assert!(after.send().await.is_err(), "the connection that was kept open is of no use");
}
