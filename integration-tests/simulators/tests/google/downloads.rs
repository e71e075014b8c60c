use reqwest::header::RANGE;
use serde_json::json;

use crate::support::{Bench, refused};

async fn bench_with_file(bytes: &[u8]) -> (Bench, String) {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.csv", bytes);
    let id = bench.id_of(&bench.inbound(), "a.csv").await;
    (bench, format!("/drive/v3/files/{id}?alt=media&supportsAllDrives=true"))
}

#[tokio::test]
async fn a_blob_is_downloaded_whole_or_from_where_it_broke() {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(300_000).collect();
    let (bench, path) = bench_with_file(&bytes).await;
    let whole = bench.get(&path).send().await.expect("answered");
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.headers()["content-length"], "300000");
    assert_eq!(whole.headers()["content-type"], "text/csv");
    assert_eq!(whole.bytes().await.expect("a body"), bytes);

    let rest = bench.get(&path).header(RANGE, "bytes=299990-").send().await.expect("answered");
    assert_eq!(rest.status(), 206);
    assert_eq!(rest.headers()["content-range"], "bytes 299990-299999/300000");
    assert_eq!(rest.bytes().await.expect("a body"), bytes[299_990..]);
    let part = bench.get(&path).header(RANGE, "bytes=5-9").send().await.expect("answered");
    assert_eq!(part.bytes().await.expect("a body"), bytes[5..10]);
    let past = bench.get(&path).header(RANGE, "bytes=300000-");
    assert_eq!(refused(past).await, (416, "requestedRangeNotSatisfiable".to_owned()));
}

#[tokio::test]
async fn half_a_download_breaks_off_and_can_be_resumed() {
    let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(300_000).collect();
    let (bench, path) = bench_with_file(&bytes).await;
    bench.set_faults(json!({"next": {"half_download": 1}}));
    let mut answer = bench.get(&path).send().await.expect("an answer that begins well");
    assert_eq!(answer.headers()["content-length"], "300000");
    let mut got = Vec::new();
    let error = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => got.extend_from_slice(&chunk),
            Ok(None) => panic!("it ended as if it were whole"),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert!(!got.is_empty() && got.len() <= 150_000, "{}", got.len());
    let rest = bench.get(&path).header(RANGE, format!("bytes={}-", got.len())).send().await.expect("answered");
    got.extend_from_slice(&rest.bytes().await.expect("a body"));
    assert_eq!(got, bytes);
}

#[tokio::test]
async fn a_google_sheet_has_no_bytes_to_download() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/a.gsheet.csv", "x\n");
    let id = bench.id_of(&bench.inbound(), "a").await;
    let media = bench.get(&format!("/drive/v3/files/{id}?alt=media&supportsAllDrives=true"));
    assert_eq!(refused(media).await, (403, "fileNotDownloadable".to_owned()));
}

#[tokio::test]
async fn a_file_changes_in_the_middle_of_its_being_read() {
    let (bench, path) = bench_with_file(b"a,b\n").await;
    bench.set_faults(json!({"on_read": [
        {"file": "a.csv", "reads": 2, "change": {"append": "1,2\n"}},
        {"file": "a.csv", "reads": 3, "change": {"rename": "b.csv"}},
        {"file": "b.csv", "reads": 1, "change": "trash"},
    ]}));
    let read = async || bench.get(&path).send().await.expect("answered").text().await.expect("a text");
    let before = bench.named(&bench.inbound(), "a.csv").await;
    assert_eq!(read().await, "a,b\n");
    assert_eq!(bench.named(&bench.inbound(), "a.csv").await, before);
    assert_eq!(read().await, "a,b\n", "the change comes after the read");
    let after = bench.named(&bench.inbound(), "a.csv").await;
    assert_ne!(after["md5Checksum"], before["md5Checksum"]);
    assert_eq!(read().await, "a,b\n1,2\n");
    bench.named(&bench.inbound(), "b.csv").await;
    read().await;
    assert!(bench.files(&bench.inbound()).await.is_empty());
}
