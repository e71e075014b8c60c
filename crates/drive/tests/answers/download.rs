use std::io::Read;

use crate::google::{Answer, Google, file};
use drive::{Entry, Error};

/// The entry of a file with this content.
fn entry(content: &str) -> Entry {
    let mut file = file("f", "Contacts.csv");
    file["md5Checksum"] = match content {
        "" => "d41d8cd98f00b204e9800998ecf8427e",
        "abc" => "900150983cd24fb0d6963f7d28e17f72",
        "message digest" => "f96b697d7cb7938d525a2f31aaf161d0",
        _ => "another",
    }
    .into();
    file["size"] = content.len().to_string().into();
    serde_json::from_value(file).expect("an entry")
}

fn text(mut file: std::fs::File) -> String {
    let mut text = String::new();
    file.read_to_string(&mut text).expect("a readable file");
    text
}

#[tokio::test]
async fn a_file_comes_whole() {
    for content in ["abc", ""] {
        let google = Google::answering([Answer::new(200, content)]).await;
        let file = google.drive().download(&entry(content)).await.expect("a file");
        assert_eq!(text(file), content);
    }
}

#[tokio::test]
async fn a_broken_download_goes_on_where_it_broke() {
    let part = |from: usize| {
        let content = &"message digest"[from..];
        Answer::new(206, content).header("content-range", format!("bytes {from}-13/14"))
    };
    let google = Google::answering([
        Answer::new(200, "message digest").cut(4),
        Answer::refusal(503, "backendError"),
        part(4).cut(3),
        Answer::lost(),
        part(7),
    ])
    .await;
    let file = google.drive().download(&entry("message digest")).await.expect("a file");
    assert_eq!(text(file), "message digest");
    insta::assert_snapshot!(google.requests(), @r"
    GET /drive/v3/files/f?alt=media&supportsAllDrives=true
    GET /drive/v3/files/f?alt=media&supportsAllDrives=true
      range: bytes=4-
    GET /drive/v3/files/f?alt=media&supportsAllDrives=true
      range: bytes=4-
    GET /drive/v3/files/f?alt=media&supportsAllDrives=true
      range: bytes=7-
    GET /drive/v3/files/f?alt=media&supportsAllDrives=true
      range: bytes=7-
    ");
}

#[tokio::test]
async fn breaks_are_borne_as_long_as_something_arrives() {
    let part = |from: usize| {
        let content = &"message digest"[from..];
        Answer::new(206, content).header("content-range", format!("bytes {from}-13/14")).cut(1)
    };
    let first = Answer::new(200, "message digest").cut(1);
    // Thirteen breaks in a row: more than a single request would survive.
    let google = Google::answering([first].into_iter().chain((1..14).map(part))).await;
    let file = google.drive().download(&entry("message digest")).await.expect("a file");
    assert_eq!(text(file), "message digest");
}

#[tokio::test]
async fn a_server_that_starts_over_is_followed() {
    let google =
        Google::answering([Answer::new(200, "message digest").cut(4), Answer::new(200, "message digest")]).await;
    let file = google.drive().download(&entry("message digest")).await.expect("a file");
    assert_eq!(text(file), "message digest");
}

#[tokio::test]
async fn a_part_from_elsewhere_is_not_taken() {
    let part =
        |from| Answer::new(206, &"message digest"[from..]).header("content-range", format!("bytes {from}-13/14"));
    let google = Google::answering([Answer::new(200, "message digest").cut(4), part(5), part(4)]).await;
    let file = google.drive().download(&entry("message digest")).await.expect("a file");
    assert_eq!(text(file), "message digest");
    assert_eq!(google.left(), 0);
}

#[tokio::test]
async fn another_revision_than_listed_is_no_file() {
    for other in ["xyz", "longer"] {
        let mut now = file("f", "Contacts.csv");
        now["md5Checksum"] = "another".into();
        let google = Google::answering([Answer::new(200, other), Answer::ok(now)]).await;
        let error = google.drive().download(&entry("abc")).await.expect_err("changed meanwhile");
        assert!(matches!(error, Error::Changed { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_file_deleted_meanwhile_is_not_found() {
    let google = Google::answering([Answer::new(200, "xyz"), Answer::refusal(404, "notFound")]).await;
    let error = google.drive().download(&entry("abc")).await.expect_err("deleted meanwhile");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn damage_on_the_way_is_tried_once_more() {
    let same = || Answer::ok(file("f", "Contacts.csv"));
    let google = Google::answering([Answer::new(200, "abX"), same(), Answer::new(200, "abc")]).await;
    assert_eq!(text(google.drive().download(&entry("abc")).await.expect("a file")), "abc");

    let google = Google::answering([Answer::new(200, "abX"), same(), Answer::new(200, "abX"), same()]).await;
    let error = google.drive().download(&entry("abc")).await.expect_err("damaged twice");
    insta::assert_snapshot!(error, @"the file `f` arrived damaged, twice: it can be tried again later");
}

#[tokio::test]
async fn a_document_of_googles_has_no_content() {
    let google = Google::answering([]).await;
    let mut entry = entry("abc");
    entry.md5 = None;
    let error = google.drive().download(&entry).await.expect_err("no content");
    insta::assert_snapshot!(error, @"the file `f` has no content to download: it is neither a CSV nor an XLSX file");
}
