use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
};

use crate::google::{Answer, Google};
use drive::Error;

const MIB: usize = 1024 * 1024;

fn content(size: usize) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(&vec![7; size]).expect("room on the disk");
    file.seek(SeekFrom::Start(0)).expect("a file that can be rewound");
    file
}

fn opened() -> Answer {
    Answer::new(200, "").header("location", "{url}/session/1")
}

/// "Go on", with the first `bytes` there.
fn go_on(bytes: usize) -> Answer {
    match bytes {
        0 => Answer::new(308, ""),
        bytes => Answer::new(308, "").header("range", format!("bytes=0-{}", bytes - 1)),
    }
}

fn done() -> Answer {
    Answer::new(200, r#"{"id": "f"}"#)
}

#[tokio::test]
async fn a_file_goes_up_in_chunks() {
    let google = Google::answering([opened(), go_on(8 * MIB), go_on(16 * MIB), done()]).await;
    google.drive().replace_content("f", &content(20 * MIB)).await.expect("an upload");
    insta::assert_snapshot!(google.requests(), @r"
    PATCH /upload/drive/v3/files/f?uploadType=resumable&supportsAllDrives=true
      x-upload-content-type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
      x-upload-content-length: 20971520
      {}
    PUT /session/1
      content-range: bytes 0-8388607/20971520
      (8388608 bytes)
    PUT /session/1
      content-range: bytes 8388608-16777215/20971520
      (8388608 bytes)
    PUT /session/1
      content-range: bytes 16777216-20971519/20971520
      (4194304 bytes)
    ");
}

#[tokio::test]
async fn going_on_is_no_redirection() {
    let elsewhere = go_on(8 * MIB).header("location", "{url}/elsewhere");
    let google = Google::answering([opened(), elsewhere, done()]).await;
    google.drive().replace_content("f", &content(9 * MIB)).await.expect("an upload");
    assert!(!google.requests().contains("elsewhere"));
}

#[tokio::test]
async fn a_small_file_is_one_chunk_and_an_empty_one_none() {
    for size in [1, 0] {
        let google = Google::answering([opened(), done()]).await;
        google.drive().replace_content("f", &content(size)).await.expect("an upload");
        assert_eq!(google.left(), 0);
    }
}

#[tokio::test]
async fn a_broken_chunk_is_asked_about_and_sent_from_where_it_broke() {
    let google = Google::answering([
        opened(),
        go_on(8 * MIB),
        Answer::lost(),
        Answer::refusal(503, "backendError"),
        go_on(9 * MIB),
        Answer::refusal(429, "rateLimitExceeded"),
        go_on(9 * MIB),
        done(),
    ])
    .await;
    google.drive().replace_content("f", &content(12 * MIB)).await.expect("an upload");
    insta::assert_snapshot!(google.requests(), @r"
    PATCH /upload/drive/v3/files/f?uploadType=resumable&supportsAllDrives=true
      x-upload-content-type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
      x-upload-content-length: 12582912
      {}
    PUT /session/1
      content-range: bytes 0-8388607/12582912
      (8388608 bytes)
    PUT /session/1
      content-range: bytes 8388608-12582911/12582912
      (4194304 bytes)
    PUT /session/1
      content-range: bytes */12582912
    PUT /session/1
      content-range: bytes */12582912
    PUT /session/1
      content-range: bytes 9437184-12582911/12582912
      (3145728 bytes)
    PUT /session/1
      content-range: bytes */12582912
    PUT /session/1
      content-range: bytes 9437184-12582911/12582912
      (3145728 bytes)
    ");
}

#[tokio::test]
async fn a_lost_final_answer_is_asked_for() {
    let google = Google::answering([opened(), Answer::lost(), done()]).await;
    google.drive().replace_content("f", &content(MIB)).await.expect("an upload");
    insta::assert_snapshot!(google.requests(), @r"
    PATCH /upload/drive/v3/files/f?uploadType=resumable&supportsAllDrives=true
      x-upload-content-type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
      x-upload-content-length: 1048576
      {}
    PUT /session/1
      content-range: bytes 0-1048575/1048576
      (1048576 bytes)
    PUT /session/1
      content-range: bytes */1048576
    ");
}

#[tokio::test]
async fn google_is_given_time_to_finish() {
    let google = Google::answering([opened(), go_on(MIB), go_on(MIB), done()]).await;
    google.drive().replace_content("f", &content(MIB)).await.expect("an upload");
    assert_eq!(google.left(), 0);
}

#[tokio::test]
async fn a_chunk_that_google_did_not_take_is_sent_again() {
    let google = Google::answering([opened(), go_on(0), go_on(0), done()]).await;
    google.drive().replace_content("f", &content(MIB)).await.expect("an upload");
    assert_eq!(google.left(), 0);
}

#[tokio::test]
async fn a_session_that_is_over_is_begun_anew() {
    for status in [404, 410] {
        let google = Google::answering([
            opened(),
            Answer::lost(),
            Answer::refusal(status, "notFound"),
            Answer::new(200, "").header("location", "{url}/session/2"),
            done(),
        ])
        .await;
        google.drive().replace_content("f", &content(MIB)).await.expect("an upload");
        let requests = google.requests();
        assert!(
            requests.ends_with("PUT /session/2\n  content-range: bytes 0-1048575/1048576\n  (1048576 bytes)"),
            "{requests}"
        );
    }
}

#[tokio::test]
async fn breaks_are_borne_as_long_as_something_arrives() {
    let breaks = (1..=12).flat_map(|arrived| [Answer::lost(), go_on(arrived * MIB / 2)]);
    let google = Google::answering([opened()].into_iter().chain(breaks).chain([done()])).await;
    google.drive().replace_content("f", &content(7 * MIB)).await.expect("an upload");
    assert_eq!(google.left(), 0);
}

#[tokio::test]
async fn an_upload_that_never_gets_further_ends() {
    let google = Google::answering([opened()].into_iter().chain((0..8).map(|_| go_on(0)))).await;
    let error = google.drive().replace_content("f", &content(MIB)).await.expect_err("no step forward");
    assert!(error.is_transient());
    insta::assert_snapshot!(error, @"Google has no answer about the file `f` at the moment (308 uploadNotFinished): it can be tried again later");
}

#[tokio::test]
async fn nonsense_about_what_arrived_is_not_believed() {
    let nonsense = || Answer::new(308, "").header("range", "bytes=0-99");
    let google = Google::answering([opened()].into_iter().chain((0..8).map(|_| nonsense()))).await;
    let error = google.drive().replace_content("f", &content(10)).await.expect_err("nonsense");
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

#[tokio::test]
async fn no_storage_says_to_use_a_shared_drive() {
    let google = Google::answering([Answer::refusal(403, "storageQuotaExceeded")]).await;
    let error = google.drive().replace_content("f", &content(10)).await.expect_err("no storage");
    insta::assert_snapshot!(error, @"there is no storage for the file `f` (403 storageQuotaExceeded): a service account has none of its own, so outbound folders must be on a shared drive; move the folder to one, and make ingestion@council.iam.gserviceaccount.com a Content manager there");
}
