//! The client against answers in a given order.

mod access;
mod download;
mod failures;
mod file;
mod google;
mod listing;
mod sheet;
mod sign_in;
mod upload;

use std::{collections::BTreeMap, error::Error as _, fs::File};

use drive::{Drive, Entry, Error, Form, SheetReader};
use serde_json::json;

use google::{Answer, Google};

/// The message and all that lies behind it, as a log would show them.
fn shown(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    format!("{text} {error:?}")
}

/// The Lambdas' runtime moves what it runs from thread to thread.
#[test]
fn everything_can_be_awaited_on_several_threads() {
    fn sends<T: Send>(_: fn(Drive) -> T) {}
    fn drive(_: &Drive, _: &Entry, _: &File, _: &mut SheetReader) {}
    let _ = drive;
    sends(|drive| async move { drive.list("f").await });
    sends(|drive| async move { drive.entry("f").await });
    sends(|drive| async move { drive.access("f").await });
    sends(|drive| async move { drive.max_import_size().await });
    sends(|drive| async move { drive.trash("f").await });
    sends(|drive| async move {
        let entry = drive.entry("f").await?.expect("it is there");
        let content = drive.download(&entry).await?;
        drive.replace_content("f", &content).await
    });
    sends(|drive| async move { drive.sheet("f", "to_fix").await?.next().await });
    sends(|drive| async move {
        let key = BTreeMap::from([("run".to_owned(), "r".to_owned())]);
        drive.find_or_create("f", "name", &key, Form::Sheet).await
    });
}

#[tokio::test]
async fn the_largest_upload_is_what_google_says() {
    let sizes = json!({"maxImportSizes": {"application/vnd.google-apps.spreadsheet": "104857600", "x/y": "1"}});
    let google = Google::answering([Answer::ok(sizes), Answer::ok(json!({}))]).await;
    let drive = google.drive();
    assert_eq!(drive.max_import_size().await.expect("an answer"), Some(104_857_600));
    assert_eq!(drive.max_import_size().await.expect("an answer"), None);
    insta::assert_snapshot!(google.requests(), @r"
    GET /drive/v3/about?fields=maxImportSizes
    GET /drive/v3/about?fields=maxImportSizes
    ");
}
