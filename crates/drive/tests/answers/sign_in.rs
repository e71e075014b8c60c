use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use drive::{Drive, Error, Scope, Settings, Subject};
use serde_json::{Value, json};

use crate::google::{Answer, Google, file};
use crate::shown;

fn given(token: &str, seconds: u64) -> Answer {
    Answer::ok(json!({"access_token": token, "expires_in": seconds, "token_type": "Bearer"}))
}

fn found() -> Answer {
    Answer::ok(file("f", "F.csv"))
}

fn unusable(credentials: &str) -> String {
    let settings = Settings::new(credentials.to_owned().into(), Scope::ReadOnly);
    Drive::new(&settings).err().expect("unusable credentials").to_string()
}

#[tokio::test]
async fn one_token_serves_until_shortly_before_its_end() {
    let google = Google::answering_sign_ins([given("long", 3600), found(), found()]).await;
    let drive = google.drive();
    drive.entry("f").await.expect("signed in");
    drive.clone().entry("f").await.expect("still signed in");
    assert_eq!(google.left(), 0);

    let google = Google::answering_sign_ins([given("short", 119), found(), given("next", 3600), found()]).await;
    let drive = google.drive();
    drive.entry("f").await.expect("signed in");
    drive.entry("f").await.expect("signed in again");
    assert_eq!(google.left(), 0);
}

#[tokio::test]
async fn a_sign_in_that_fails_for_a_moment_is_repeated() {
    let google =
        Google::answering_sign_ins([Answer::new(503, "{}"), Answer::lost(), given("token", 3600), found()]).await;
    google.drive().entry("f").await.expect("signed in at last");
}

#[tokio::test]
async fn a_refused_key_says_what_to_check() {
    let google = Google::answering_sign_ins([Answer::new(404, "<html>")]).await;
    let error = google.drive().entry("f").await.expect_err("no such address");
    assert!(matches!(error, Error::SignIn { .. }), "{error:?}");

    let refusal = json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."});
    let google = Google::answering_sign_ins([Answer::new(400, refusal.to_string())]).await;
    insta::assert_snapshot!(google.drive().entry("f").await.expect_err("refused"), @"Google does not let ingestion@council.iam.gserviceaccount.com sign in (invalid_grant): check that the key or federation was not deleted or disabled, and that this machine's clock is right");
}

#[tokio::test]
async fn an_unusable_setting_says_why_and_keeps_its_secret() {
    let key = |change: fn(&mut Value)| {
        let mut key = json!({
            "type": "service_account", "project_id": "p", "private_key_id": "i", "private_key": "CANARY",
            "client_email": "a@b", "token_uri": "https://x/token",
        });
        change(&mut key);
        key.to_string()
    };
    let messages = [
        unusable("CANARY"),
        unusable(r#"{"type": "CANARY"}"#),
        unusable(&key(|key| key["client_email"] = Value::Null)),
        unusable(&key(|key| key["private_key"] = json!(["CANARY"]))),
        unusable(&key(|key| key["token_uri"] = "CANARY".into())),
    ];
    let problems: Vec<_> = messages.iter().filter_map(|message| message.split(';').next()).collect();
    insta::assert_snapshot!(problems.join("\n"), @r"
    the Google credentials cannot be used: they are not JSON
    the Google credentials cannot be used: their `type` is neither `service_account` nor `external_account`
    the Google credentials cannot be used: the key has no `client_email`
    the Google credentials cannot be used: the key has no `private_key`
    the Google credentials cannot be used: the key's `token_uri` is not an address
    ");
    assert!(!messages.concat().contains("CANARY"));

    let settings = Settings::new(key(|_| ()).into(), Scope::ReadOnly);
    let drive = Drive::new(&settings).expect("only a signature tells");
    let error = drive.entry("f").await.expect_err("no key");
    assert!(matches!(error, Error::Credentials { .. }), "{error:?}");
    assert!(![shown(&error), format!("{settings:?}")].concat().contains("CANARY"));
}

#[test]
fn an_address_that_is_none_says_so() {
    for url in ["localhost", "ftp://x", ""] {
        let key = r#"{"type": "external_account"}"#.to_owned().into();
        let settings = Settings { api_url: Some(url.to_owned()), ..Settings::new(key, Scope::ReadOnly) };
        let error = Drive::new(&settings).err().expect("not an address");
        assert!(matches!(error, Error::ApiUrl { .. }), "{error:?}");
    }
}

/// A federation whose subject token lies in a file: the one kind that needs no AWS.
fn federation(google: &Google, impersonate: bool) -> (Settings, tempfile::NamedTempFile) {
    let subject = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(subject.path(), "subject token").expect("room on the disk");
    let mut config = json!({
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aws/providers/lambda",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": format!("{}/sts", google.url),
        "credential_source": {"file": subject.path()},
    });
    if impersonate {
        let account = "ingestion@council.iam.gserviceaccount.com";
        config["service_account_impersonation_url"] =
            format!("{}/v1/projects/-/serviceAccounts/{account}:generateAccessToken", google.url).into();
    }
    (Settings { credentials: config.to_string().into(), ..google.settings() }, subject)
}

fn exchanged(token: &str) -> Answer {
    Answer::ok(json!({
        "access_token": token, "expires_in": 3600, "token_type": "Bearer",
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }))
}

#[tokio::test]
async fn a_federation_signs_in_with_the_same_setting() {
    let google = Google::answering([
        exchanged("federated"),
        Answer::ok(json!({"accessToken": "first", "expireTime": "2999-01-01T00:00:00Z"})),
        Answer::refusal(401, "authError"),
        exchanged("federated"),
        Answer::ok(json!({"accessToken": "second", "expireTime": "2999-01-01T00:00:00Z"})),
        found(),
    ])
    .await;
    let (settings, _subject) = federation(&google, true);
    let drive = Drive::new(&settings).expect("settings");
    assert_eq!(drive.account(), Some("ingestion@council.iam.gserviceaccount.com"));
    drive.entry("f").await.expect("signed in, with a second token after the first was refused");
    insta::assert_snapshot!(google.requests(), @r#"
    POST /sts
      (412 bytes)
    POST /v1/projects/-/serviceAccounts/ingestion@council.iam.gserviceaccount.com:generateAccessToken
      authorization: Bearer federated
      {"scope":["https://www.googleapis.com/auth/drive"],"lifetime":"3600s"}
    GET /drive/v3/files/f?supportsAllDrives=true&fields=id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)
      authorization: Bearer first
    POST /sts
      (412 bytes)
    POST /v1/projects/-/serviceAccounts/ingestion@council.iam.gserviceaccount.com:generateAccessToken
      authorization: Bearer federated
      {"scope":["https://www.googleapis.com/auth/drive"],"lifetime":"3600s"}
    GET /drive/v3/files/f?supportsAllDrives=true&fields=id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)
      authorization: Bearer second
    "#);
}

#[tokio::test]
async fn a_federation_that_is_refused_says_so() {
    let google = Google::answering([Answer::new(400, r#"{"error": "invalid_grant"}"#)]).await;
    let (settings, _subject) = federation(&google, false);
    let drive = Drive::new(&settings).expect("settings");
    assert_eq!(drive.account(), None);
    let error = drive.entry("f").await.expect_err("refused");
    assert!(matches!(error, Error::SignIn { .. }), "{error:?}");

    let unavailable = (0..8).map(|_| Answer::new(503, "{}"));
    let google = Google::answering(unavailable).await;
    let (settings, _subject) = federation(&google, false);
    let error = Drive::new(&settings).expect("settings").entry("f").await.expect_err("no answer");
    assert!(matches!(error, Error::TimedOut(Subject::SignIn)), "{error:?}");
}

#[tokio::test]
async fn the_assertion_is_what_google_documents() {
    let google = Google::answering([found()]).await;
    google.drive().entry("f").await.expect("signed in");
    let form = google.form();
    let assertion = form
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .expect("a JWT bearer grant");
    let part = |index: usize| -> Value {
        let part = assertion.split('.').nth(index).expect("three parts");
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
    };
    assert_eq!(part(0), json!({"alg": "RS256", "typ": "JWT", "kid": "key-1"}));
    let claims = part(1);
    assert_eq!(claims["iss"], "ingestion@council.iam.gserviceaccount.com");
    assert_eq!(claims["scope"], "https://www.googleapis.com/auth/drive");
    assert_eq!(claims["aud"], format!("{}/token", google.url));
    let [issued, ends] = ["iat", "exp"].map(|time| claims[time].as_i64().expect("a time"));
    assert_eq!(ends - issued, 3600);
}

/// A configuration made with `--enable-imdsv2`, and a user to act as, which a federation cannot.
#[test]
fn a_federation_that_cannot_work_is_refused_with_what_to_do() {
    let config = |source: Value| {
        json!({"type": "external_account", "audience": "a", "subject_token_type": "t", "token_url": "https://x",
               "credential_source": source})
    };
    let imdsv2 = config(json!({"environment_id": "aws1", "imdsv2_session_token_url": "http://169.254.169.254/x"}));
    insta::assert_snapshot!(unusable(&imdsv2.to_string()), @"the Google credentials cannot be used: the workload-identity configuration is for a machine with IMDSv2, which a function is not: take `imdsv2_session_token_url` out of it, or make it anew without `--enable-imdsv2`; put the whole JSON of a service-account key, or of a workload-identity configuration, into the parameter that GOOGLE_CREDENTIALS_PARAMETER names");
    let settings = Settings {
        subject: Some("a@b".to_owned()),
        ..Settings::new(config(json!({"environment_id": "aws1"})).to_string().into(), Scope::ReadOnly)
    };
    insta::assert_snapshot!(Drive::new(&settings).err().expect("no user"), @"the Google credentials cannot be used: a workload identity cannot act as a user: leave GOOGLE_SUBJECT unset, or use a service-account key; put the whole JSON of a service-account key, or of a workload-identity configuration, into the parameter that GOOGLE_CREDENTIALS_PARAMETER names");
}

#[tokio::test]
async fn the_assertion_names_the_user_that_the_account_acts_as() {
    let google = Google::answering([found()]).await;
    let settings = Settings { subject: Some("ingestion@council.example".to_owned()), ..google.settings() };
    Drive::new(&settings).expect("settings").entry("f").await.expect("signed in");
    let form = google.form();
    let claims = form.split('.').nth(1).expect("three parts");
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("JSON");
    assert_eq!(claims["sub"], "ingestion@council.example");
    assert_eq!(claims["iss"], "ingestion@council.iam.gserviceaccount.com");
}
