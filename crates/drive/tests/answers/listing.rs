use serde_json::{Value, json};

use crate::google::{Answer, Google, file, page};
use drive::{Error, Kind};

const FOLDER: &str = "application/vnd.google-apps.folder";

fn with_next(mut page: Value, token: &str) -> Value {
    page["nextPageToken"] = token.into();
    page
}

fn ids(entries: &[crate::Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

#[tokio::test]
async fn a_folder_comes_whole_page_by_page() {
    let google = Google::answering([
        Answer::ok(with_next(page([file("b", "B.csv"), file("a", "A.csv")]), "page 2")),
        // `b` slipped onto the second page because a file was added meanwhile.
        Answer::ok(page([file("b", "B.csv"), file("c", "C.csv")])),
    ])
    .await;
    let entries = google.drive().list("it's").await.expect("a listing");
    assert_eq!(ids(&entries), ["a", "b", "c"]);
    insta::assert_snapshot!(google.requests(), @r"
    GET /drive/v3/files?q='it\'s' in parents and trashed=false&pageSize=1000&supportsAllDrives=true&includeItemsFromAllDrives=true&fields=nextPageToken,incompleteSearch,files(id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload))
    GET /drive/v3/files?q='it\'s' in parents and trashed=false&pageSize=1000&supportsAllDrives=true&includeItemsFromAllDrives=true&fields=nextPageToken,incompleteSearch,files(id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload))&pageToken=page 2
    ");
}

#[tokio::test]
async fn a_rejected_page_token_starts_the_listing_anew() {
    for refusal in [400, 404, 410] {
        let google = Google::answering([
            Answer::ok(with_next(page([file("a", "A.csv")]), "old")),
            Answer::refusal(refusal, "invalid"),
            Answer::ok(with_next(page([file("a", "A.csv")]), "new")),
            Answer::ok(page([file("b", "B.csv")])),
        ])
        .await;
        let entries = google.drive().list("f").await.expect("a listing");
        assert_eq!(ids(&entries), ["a", "b"]);
        assert_eq!(google.left(), 0);
    }
}

#[tokio::test]
async fn an_incomplete_listing_is_asked_for_again() {
    let incomplete = || Answer::ok(json!({"incompleteSearch": true, "files": [file("a", "A.csv")]}));
    let google = Google::answering([incomplete(), Answer::ok(page([file("a", "A.csv"), file("b", "B.csv")]))]).await;
    assert_eq!(ids(&google.drive().list("f").await.expect("a listing")), ["a", "b"]);

    let google = Google::answering((0..8).map(|_| incomplete())).await;
    let error = google.drive().list("f").await.expect_err("never complete");
    assert!(matches!(error, Error::IncompleteListing { .. }) && error.is_transient());
    insta::assert_snapshot!(error, @"Google did not give the whole listing of the folder `f`: it can be tried again later");
}

#[tokio::test]
async fn an_empty_listing_is_believed_only_if_the_folder_can_be_seen() {
    let empty = || Answer::ok(page([]));
    let google = Google::answering([empty(), Answer::ok(json!({"mimeType": FOLDER, "trashed": false}))]).await;
    assert_eq!(google.drive().list("f").await.expect("an empty folder"), []);
    insta::assert_snapshot!(google.requests(), @r"
    GET /drive/v3/files?q='f' in parents and trashed=false&pageSize=1000&supportsAllDrives=true&includeItemsFromAllDrives=true&fields=nextPageToken,incompleteSearch,files(id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload))
    GET /drive/v3/files/f?supportsAllDrives=true&fields=mimeType,trashed
    ");

    let google = Google::answering([empty(), Answer::refusal(404, "notFound")]).await;
    insta::assert_snapshot!(google.drive().list("f").await.expect_err("not shared"), @"the folder `f` cannot be found (404): check its id, and share it with ingestion@council.iam.gserviceaccount.com");

    let google = Google::answering([empty(), Answer::ok(json!({"mimeType": FOLDER, "trashed": true}))]).await;
    insta::assert_snapshot!(google.drive().list("f").await.expect_err("in the trash"), @"the folder `f` is in the trash: give the id of the folder that is meant, or restore it");

    let google = Google::answering([empty(), Answer::ok(json!({"mimeType": "text/csv"}))]).await;
    insta::assert_snapshot!(google.drive().list("f").await.expect_err("not a folder"), @"the folder `f` is not a folder: give the id of the folder that is meant, or restore it");
}

#[tokio::test]
async fn an_entry_tells_how_it_is_read() {
    let mut sheet = file("s", "Sheet");
    sheet["mimeType"] = "application/vnd.google-apps.spreadsheet".into();
    let of = |mime: &str| {
        json!({
            "id": mime, "name": mime, "mimeType": mime,
            "createdTime": "2021-03-08T09:00:00.000Z", "modifiedTime": "2021-03-08T09:00:00.000Z",
        })
    };
    let shortcut = of("application/vnd.google-apps.shortcut");
    let document = of("application/vnd.google-apps.document");
    let google = Google::answering([file("c", "C.csv"), sheet, shortcut, document].map(Answer::ok)).await;
    let drive = google.drive();
    let mut kinds = Vec::new();
    for id in ["c", "s", "l", "d"] {
        kinds.push(drive.entry(id).await.expect("an answer").expect("a file").kind());
    }
    assert_eq!(kinds, [Kind::Blob, Kind::Sheet, Kind::Other, Kind::Document]);
}

#[tokio::test]
async fn a_deleted_file_is_none() {
    let google = Google::answering([Answer::refusal(404, "notFound")]).await;
    assert_eq!(google.drive().entry("gone").await.expect("an answer"), None);
    insta::assert_snapshot!(google.requests(), @"GET /drive/v3/files/gone?supportsAllDrives=true&fields=id,name,mimeType,md5Checksum,size,createdTime,modifiedTime,trashed,properties,headRevisionId,version,lastModifyingUser(me),capabilities(canDownload)");
}
