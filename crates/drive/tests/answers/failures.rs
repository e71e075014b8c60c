use std::time::Duration;

use chrono::{TimeDelta, Utc};
use drive::{Drive, Error, Settings};
use serde_json::json;
use tokio::time::Instant;

use crate::google::{Answer, Google, file};
use crate::shown;

/// The result of asking for a file when Google answers with `answer` first and well after.
async fn after(answer: Answer) -> Result<usize, Error> {
    let google = Google::answering([answer, Answer::ok(file("f", "F.csv"))]).await;
    google.drive().entry("f").await.map(|_| google.left())
}

#[tokio::test]
async fn what_passes_by_itself_is_repeated() {
    let passing = [
        Answer::refusal(429, "rateLimitExceeded"),
        Answer::refusal(500, "internalError"),
        Answer::refusal(502, "backendError"),
        Answer::new(503, "<html>Service Unavailable</html>"),
        Answer::refusal(403, "rateLimitExceeded"),
        Answer::refusal(403, "userRateLimitExceeded"),
        Answer::lost(),
        Answer::ok(file("f", "F.csv")).cut(9),
        Answer::new(200, "<html>"),
    ];
    for answer in passing {
        assert_eq!(after(answer).await.expect("the second answer"), 0);
    }
}

#[tokio::test]
async fn what_does_not_pass_is_not_repeated() {
    let lasting = [
        (400, "badRequest"),
        (403, "insufficientFilePermissions"),
        (403, "dailyLimitExceeded"),
        (403, "storageQuotaExceeded"),
        (403, "accessNotConfigured"),
        (409, "conflict"),
    ];
    for (status, reason) in lasting {
        let error = after(Answer::refusal(status, reason)).await.expect_err("a refusal");
        assert!(!error.is_transient(), "{error}");
        assert!(!shown(&error).contains("CANARY"), "{error:?}");
    }
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    let mut messages = Vec::new();
    for (status, reason) in [
        (403, "insufficientFilePermissions"),
        (403, "storageQuotaExceeded"),
        (403, "accessNotConfigured"),
        (400, "badRequest"),
    ] {
        messages.push(after(Answer::refusal(status, reason)).await.expect_err("a refusal").to_string());
    }
    // The Sheets API words its refusals otherwise.
    let sheets = json!({"error": {"code": 403, "message": "CANARY", "status": "PERMISSION_DENIED"}});
    messages.push(after(Answer::new(403, sheets.to_string())).await.expect_err("a refusal").to_string());
    let disabled = json!({"error": {"code": 403, "message": "CANARY", "status": "PERMISSION_DENIED", "details": [
        {"@type": "type.googleapis.com/google.rpc.Help"},
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"},
    ]}});
    messages.push(after(Answer::new(403, disabled.to_string())).await.expect_err("a refusal").to_string());
    messages.push(after(Answer::new(400, r#"{"error": "CANARY Jane"}"#)).await.expect_err("a refusal").to_string());
    insta::assert_snapshot!(messages.join("\n"), @r"
    ingestion@council.iam.gserviceaccount.com is not allowed to do this with the file `f` (403 insufficientFilePermissions): share it with that address, as Viewer where files are read (as Contributor, if the drive forbids viewers to download), as Content manager where summaries are written
    there is no storage for the file `f` (403 storageQuotaExceeded): a service account has none of its own, so outbound folders must be on a shared drive; move the folder to one, and make ingestion@council.iam.gserviceaccount.com a Content manager there
    the Drive or the Sheets API is switched off in the Google project of ingestion@council.iam.gserviceaccount.com (403 accessNotConfigured): switch both on there
    Google refused a request about the file `f` (400 badRequest): this is a fault of this program, report it
    ingestion@council.iam.gserviceaccount.com is not allowed to do this with the file `f` (403 PERMISSION_DENIED): share it with that address, as Viewer where files are read (as Contributor, if the drive forbids viewers to download), as Content manager where summaries are written
    the Drive or the Sheets API is switched off in the Google project of ingestion@council.iam.gserviceaccount.com (403 SERVICE_DISABLED): switch both on there
    Google refused a request about the file `f` (400 no reason given): this is a fault of this program, report it
    ");
}

#[tokio::test]
async fn google_is_left_alone_for_as_long_as_it_asks() {
    // The deadline comes before the end of either wait: no second request, and no wait.
    let instant = (Utc::now() + TimeDelta::seconds(90)).to_rfc2822().replace("+0000", "GMT");
    for asked in ["90".to_owned(), instant] {
        let google = Google::answering([Answer::refusal(429, "rateLimitExceeded").header("retry-after", asked)]).await;
        let drive = google.drive().until(Instant::now() + Duration::from_secs(60));
        let Error::Busy(_, Some(asked)) = drive.entry("f").await.expect_err("too soon") else {
            panic!("Google asked to be left alone");
        };
        assert!(asked <= Duration::from_secs(90) && asked > Duration::from_secs(60), "{asked:?}");
    }
}

#[tokio::test]
async fn a_silent_google_ends_at_the_deadline() {
    let google = Google::answering([Answer::ok(file("f", "F.csv")), Answer::silent(), Answer::silent()]).await;
    let drive = google.drive();
    let entry = drive.entry("f").await.expect("signed in").expect("a file");
    let soon = || drive.until(Instant::now() + Duration::from_millis(50));
    let errors = [
        soon().max_import_size().await.map(|_| ()).expect_err("silence"),
        soon().download(&entry).await.map(|_| ()).expect_err("silence"),
    ];
    for error in errors {
        assert!(matches!(error, Error::TimedOut { .. }) && error.is_transient(), "{error:?}");
    }
}

#[tokio::test]
async fn an_unreachable_google_says_so_without_the_address() {
    let settings =
        Settings { api_url: Some("http://127.0.0.1:1".to_owned()), ..Google::answering([]).await.settings() };
    let error = Drive::new(&settings).expect("settings").list("folder").await.expect_err("nobody listens");
    insta::assert_snapshot!(error, @"Google cannot be reached about the folder `folder`: check this machine's network, and GOOGLE_API_URL if it is set");
    assert!(!shown(&error).contains("in parents") && !shown(&error).contains("pageSize"), "{error:?}");
}

#[tokio::test]
async fn an_expired_token_is_replaced_once() {
    let google = Google::answering([Answer::refusal(401, "authError"), Answer::ok(file("f", "F.csv"))]).await;
    google.drive().entry("f").await.expect("the second token is taken");
    insta::assert_snapshot!(google.requests(), @r"
    GET /drive/v3/files/f?supportsAllDrives=true&fields=id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)
    GET /drive/v3/files/f?supportsAllDrives=true&fields=id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)
      authorization: Bearer token-2
    ");

    let google = Google::answering([Answer::refusal(401, "authError"), Answer::refusal(401, "authError")]).await;
    insta::assert_snapshot!(google.drive().entry("f").await.expect_err("no token is taken"), @"Google does not let ingestion@council.iam.gserviceaccount.com sign in (authError): check that the key or federation was not deleted or disabled, and that this machine's clock is right");
}
