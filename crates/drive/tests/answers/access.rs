//! Access to a folder for writing.

use serde_json::json;

use crate::google::{Answer, Google};
use drive::Access;

#[tokio::test]
async fn google_is_asked_whether_a_folder_takes_files() {
    let capable = |may: bool| Answer::ok(json!({"driveId": "d", "capabilities": {"canAddChildren": may}}));
    let own = Answer::ok(json!({"capabilities": {"canAddChildren": true}}));
    let google = Google::answering([capable(true), capable(false), Answer::ok(json!({"driveId": "d"})), own]).await;
    let drive = google.drive();
    for access in [Access::Write, Access::ReadOnly, Access::ReadOnly, Access::NotOnSharedDrive] {
        assert_eq!(drive.access("f").await.expect("an answer"), access);
    }
    let asked = google.requests();
    let request = "GET /drive/v3/files/f?supportsAllDrives=true&fields=driveId,capabilities(canAddChildren)";
    assert_eq!(asked.lines().next(), Some(request));

    let google = Google::answering([Answer::refusal(404, "notFound")]).await;
    let error = google.drive().access("f").await.expect_err("not shared");
    assert!(error.to_string().contains("share it with"), "{error}");
}
