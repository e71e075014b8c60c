use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::google::{Answer, Google, file, page};
use drive::{Error, Form};

const NAME: &str = "PROCESSED_spl_2021-03-08";

fn key() -> BTreeMap<String, String> {
    [("run", "run-1"), ("kind", "processed"), ("part", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn summary(id: &str, created: &str, part: &str) -> Value {
    let mut file = file(id, NAME);
    file["createdTime"] = created.into();
    file["properties"] = json!({"run": "run-1", "kind": "processed", "part": part, "theirs": "x"});
    file
}

fn created(id: &str) -> Answer {
    Answer::ok(json!({"id": id}))
}

#[tokio::test]
async fn a_summary_is_found_by_its_properties_whatever_its_name() {
    let mut renamed = summary("mine", "2021-03-08T09:00:00Z", "1");
    renamed["name"] = "done".into();
    let listing = page([file("other", NAME), summary("part 2", "2021-03-01T09:00:00Z", "2"), renamed]);
    let google = Google::answering([Answer::ok(listing)]).await;
    assert_eq!(google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect("a summary"), "mine");
    assert_eq!(google.left(), 0);
}

#[tokio::test]
async fn an_empty_sheet_is_made_if_there_is_none() {
    let google = Google::answering([Answer::ok(page([file("other", NAME)])), created("new")]).await;
    assert_eq!(google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect("a summary"), "new");
    insta::assert_snapshot!(google.requests(), @r#"
    GET /drive/v3/files?q='out' in parents and trashed=false&pageSize=1000&supportsAllDrives=true&includeItemsFromAllDrives=true&fields=nextPageToken,incompleteSearch,files(id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload))
    POST /drive/v3/files?supportsAllDrives=true&fields=id
      {"name":"PROCESSED_spl_2021-03-08","mimeType":"application/vnd.google-apps.spreadsheet","parents":["out"],"properties":{"kind":"processed","part":"1","run":"run-1"}}
    "#);
}

#[tokio::test]
async fn after_a_lost_creation_it_is_looked_for_before_another_is_made() {
    let none = || Answer::ok(page([file("other", NAME)]));
    let google =
        Google::answering([none(), Answer::lost(), Answer::ok(page([summary("made", "2021-03-08T09:00:00Z", "1")]))])
            .await;
    assert_eq!(google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect("a summary"), "made");

    let google = Google::answering([none(), Answer::refusal(503, "backendError"), none(), created("new")]).await;
    assert_eq!(google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect("a summary"), "new");
}

#[tokio::test]
async fn of_two_the_oldest_stays_and_the_other_goes_to_the_trash() {
    let mut copy = summary("copy", "2021-03-10T09:00:00Z", "1");
    copy["name"] = format!("Copy of {NAME}").into();
    let listing =
        page([copy, summary("younger", "2021-03-09T09:00:00Z", "1"), summary("older", "2021-03-08T09:00:00Z", "1")]);
    let google = Google::answering([Answer::ok(listing), created("younger")]).await;
    assert_eq!(google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect("a summary"), "older");
    let requests = google.requests();
    let (_, trashing) = requests.split_once('\n').expect("two requests");
    insta::assert_snapshot!(trashing, @r#"
    PATCH /drive/v3/files/younger?supportsAllDrives=true&fields=id
      {"trashed":true}
    "#);
}

#[tokio::test]
async fn a_folder_that_takes_no_files_is_not_tried_twice() {
    for (status, reason) in [(403, "insufficientFilePermissions"), (403, "storageQuotaExceeded"), (404, "notFound")] {
        let google =
            Google::answering([Answer::ok(page([file("other", NAME)])), Answer::refusal(status, reason)]).await;
        let error = google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect_err("refused");
        assert!(!error.is_transient() && error.to_string().contains("`out`"), "{error}");
        assert_eq!(google.left(), 0);
    }
}

#[tokio::test]
async fn a_creation_that_stays_unknown_says_so() {
    let round = || [Answer::ok(page([file("other", NAME)])), Answer::refusal(500, "internalError")];
    let google = Google::answering((0..8).flat_map(|_| round())).await;
    let error = google.drive().find_or_create("out", NAME, &key(), Form::Sheet).await.expect_err("never known");
    assert!(matches!(error, Error::LostCreate { .. }) && error.is_transient());
    insta::assert_snapshot!(error, @"it could not be learnt whether Google made a spreadsheet in the folder `out`: it can be tried again later");
    assert_eq!(google.left(), 0);
}

#[test]
fn what_google_does_not_convert_is_an_xlsx_file() {
    for (bytes, most, form) in [
        (100, Some(100), Form::Sheet),
        (101, Some(100), Form::Xlsx),
        (0, Some(0), Form::Sheet),
        (u64::MAX, None, Form::Sheet),
    ] {
        assert_eq!(Form::of(bytes, most), form, "{bytes} bytes, at most {most:?}");
    }
}

#[tokio::test]
async fn an_xlsx_file_is_made_as_one() {
    let google = Google::answering([Answer::ok(page([file("other", NAME)])), created("new")]).await;
    let name = format!("{NAME}.xlsx");
    let made = google.drive().find_or_create("out", &name, &key(), Form::Xlsx).await.expect("a summary");
    assert_eq!(made, "new");
    let requests = google.requests();
    let (_, making) = requests.split_once('\n').expect("two requests");
    insta::assert_snapshot!(making, @r#"
    POST /drive/v3/files?supportsAllDrives=true&fields=id
      {"name":"PROCESSED_spl_2021-03-08.xlsx","mimeType":"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet","parents":["out"],"properties":{"kind":"processed","part":"1","run":"run-1"}}
    "#);
}
