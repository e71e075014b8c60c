use calamine::{Data, Reader as _, Xlsx};
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::support::{Bench, SHEET, XLSX, note, ok, refused};

const QUANTUM: usize = 256 << 10;
const ALL: [(&str, &str); 1] = [("supportsAllDrives", "true")];

/// Begins a resumable upload; the address of the session.
async fn begin(bench: &Bench, id: &str, media_type: &str) -> String {
    let request = bench
        .patch(&format!("/upload/drive/v3/files/{id}?uploadType=resumable"))
        .query(&ALL)
        .query(&[("fields", "*")])
        .header("x-upload-content-type", media_type);
    let answer = request.send().await.expect("answered");
    assert_eq!(answer.status(), 200);
    answer.headers()[LOCATION].to_str().expect("an address").to_owned()
}

fn put(bench: &Bench, session: &str, range: String, bytes: &[u8]) -> RequestBuilder {
    bench.http.put(session).header(CONTENT_RANGE, range).body(bytes.to_vec())
}

async fn ask(bench: &Bench, session: &str, total: usize) -> Response {
    let request = bench.http.put(session).header(CONTENT_RANGE, format!("bytes */{total}")).header(CONTENT_LENGTH, 0);
    request.send().await.expect("answered")
}

fn random(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

#[tokio::test]
async fn an_xlsx_becomes_the_content_of_a_google_sheet_under_the_same_id() {
    let bench = Bench::start().await;
    let id = bench.new_sheet("summary", json!({"run": "r1"})).await;
    for words in ["first", "second"] {
        let xlsx = note(words);
        let session = begin(&bench, &id, XLSX).await;
        let range = format!("bytes 0-{}/{}", xlsx.len() - 1, xlsx.len());
        let file = ok(put(&bench, &session, range, &xlsx)).await;
        assert_eq!((&file["id"], &file["mimeType"]), (&json!(id), &json!(SHEET)));
        assert_eq!(file["properties"], json!({"run": "r1"}));
        assert_eq!(file["lastModifyingUser"]["me"], true);
        assert_eq!(ok(bench.values(&id, "A1:B2")).await["values"], json!([[words]]));
        let mut book: Xlsx<_> = calamine::open_workbook(bench.path("spl/outbound/summary.xlsx")).expect("a real file");
        let cells = book.worksheet_range("Sheet1").expect("a tab");
        assert_eq!(cells.get_value((0, 0)), Some(&Data::String(words.to_owned())));
    }
}

#[tokio::test]
async fn pieces_are_put_together_and_how_far_it_came_can_be_asked() {
    let bench = Bench::start().await;
    bench.put("spl/outbound/big.bin", "old");
    let id = bench.id_of(&bench.outbound(), "big.bin").await;
    let bytes = random(2 * QUANTUM + 1_000);
    let total = bytes.len();
    let session = begin(&bench, &id, "application/octet-stream").await;
    let started = ask(&bench, &session, total).await;
    assert_eq!((started.status().as_u16(), started.headers().get(RANGE)), (308, None));

    let first = put(&bench, &session, format!("bytes 0-{}/{total}", QUANTUM - 1), &bytes[..QUANTUM]);
    let answer = first.send().await.expect("answered");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[RANGE]),
        (308, &"bytes=0-262143".parse().expect("a value"))
    );

    let ragged =
        put(&bench, &session, format!("bytes {QUANTUM}-{}/{total}", QUANTUM + 9), &bytes[QUANTUM..QUANTUM + 10]);
    assert_eq!(refused(ragged).await, (400, "badRequest".to_owned()));
    let gap = put(&bench, &session, format!("bytes {}-{}/{total}", 2 * QUANTUM, total - 1), &bytes[2 * QUANTUM..]);
    assert_eq!(refused(gap).await, (400, "badRequest".to_owned()));

    let again = put(&bench, &session, format!("bytes 0-{}/{total}", 2 * QUANTUM - 1), &bytes[..2 * QUANTUM]);
    let answer = again.send().await.expect("answered");
    assert_eq!(answer.headers()[RANGE], "bytes=0-524287", "what it has, it does not take twice");
    let old = ok(bench.metadata(&id)).await;
    assert_eq!(old["size"], "3", "nothing changes before all has come");

    let rest = put(&bench, &session, format!("bytes {}-{}/{total}", 2 * QUANTUM, total - 1), &bytes[2 * QUANTUM..]);
    let file = ok(rest).await;
    assert_eq!(file["size"], total.to_string());
    assert_ne!(file["md5Checksum"], old["md5Checksum"]);
    assert_eq!(std::fs::read(bench.path("spl/outbound/big.bin")).expect("read"), bytes);
    assert_eq!(ask(&bench, &session, total).await.status(), 200, "done, and it says so again");
}

#[tokio::test]
async fn an_upload_that_was_cut_in_the_middle_goes_on() {
    let bench = Bench::start().await;
    bench.put("spl/outbound/big.bin", "old");
    let id = bench.id_of(&bench.outbound(), "big.bin").await;
    let bytes = random(7 * QUANTUM);
    let session = begin(&bench, &id, "application/octet-stream").await;
    bench.set_faults(json!({"next": {"upload_cut": 1}}));
    let whole = put(&bench, &session, format!("bytes 0-{}/{}", bytes.len() - 1, bytes.len()), &bytes);
    assert!(whole.send().await.is_err(), "no answer");
    let state = ask(&bench, &session, bytes.len()).await;
    assert_eq!((state.status().as_u16(), &state.headers()[RANGE]), (308, &"bytes=0-786431".parse().expect("a value")));
    let rest = put(&bench, &session, format!("bytes 786432-{}/{}", bytes.len() - 1, bytes.len()), &bytes[786_432..]);
    ok(rest).await;
    assert_eq!(std::fs::read(bench.path("spl/outbound/big.bin")).expect("read"), bytes);
}

#[tokio::test]
async fn an_answer_that_was_lost_can_be_asked_for() {
    let bench = Bench::start().await;
    let id = bench.new_sheet("summary", json!({})).await;
    let xlsx = note("there");
    let session = begin(&bench, &id, XLSX).await;
    bench.set_faults(json!({"next": {"answer_lost": 1}, "calls": ["drive.upload.chunk"]}));
    let whole = put(&bench, &session, format!("bytes 0-{}/{}", xlsx.len() - 1, xlsx.len()), &xlsx);
    assert!(whole.send().await.is_err());
    let asked = ask(&bench, &session, xlsx.len()).await;
    assert_eq!(asked.status(), 200);
    assert_eq!(asked.json::<Value>().await.expect("JSON")["id"], json!(id));
    assert_eq!(ok(bench.values(&id, "A1:A1")).await["values"], json!([["there"]]));
}

#[tokio::test]
async fn what_cannot_be_converted_is_refused_and_changes_nothing() {
    let bench = Bench::start().await;
    let id = bench.new_sheet("summary", json!({})).await;
    let whole = async |media_type: &str, bytes: &[u8]| {
        let session = begin(&bench, &id, media_type).await;
        refused(put(&bench, &session, format!("bytes 0-{}/{}", bytes.len() - 1, bytes.len()), bytes)).await
    };
    assert_eq!(whole("application/pdf", b"%PDF").await.0, 400);
    assert_eq!(whole(XLSX, b"PK no zip").await.0, 400);
    let cells = format!("{}\n", ",".repeat(1_000)).repeat(10_000);
    assert_eq!(whole("text/csv", cells.as_bytes()).await.0, 400, "more than ten million cells");
    bench.set_faults(json!({"max_import_bytes": 100}));
    assert_eq!(whole(XLSX, &note("x")).await, (413, "uploadTooLarge".to_owned()));
    bench.set_faults(json!({}));
    assert_eq!(ok(bench.values(&id, "A1:A1")).await.get("values"), None);
    assert_eq!(bench.files(&bench.outbound()).await.len(), 1);
}

#[tokio::test]
async fn small_contents_go_in_one_request_up_to_five_megabytes() {
    let bench = Bench::start().await;
    let multipart = |body: Vec<u8>| {
        bench
            .post("/upload/drive/v3/files?uploadType=multipart")
            .query(&ALL)
            .header("content-type", "multipart/related; boundary=limit")
            .body(body)
    };
    let body = |media: &[u8]| {
        let metadata = json!({"name": "a.xlsx", "parents": [bench.outbound()]});
        let head = format!(
            "--limit\r\nContent-Type: application/json\r\n\r\n{metadata}\r\n--limit\r\nContent-Type: {XLSX}\r\n\r\n"
        );
        [head.as_bytes(), media, b"\r\n--limit--\r\n"].concat()
    };
    let whole = note("whole");
    let made = ok(multipart(body(&whole))).await;
    assert_eq!((&made["name"], &made["mimeType"]), (&json!("a.xlsx"), &json!(XLSX)), "left as it is");
    let large = multipart(body(&vec![0; (5 << 20) + 1]));
    assert_eq!(refused(large).await, (413, "uploadTooLarge".to_owned()));
    assert_eq!(std::fs::read(bench.path("spl/outbound/a.xlsx")).expect("read"), whole);
}

#[tokio::test]
async fn an_upload_to_nowhere_is_not_found() {
    let bench = Bench::start().await;
    let start = bench.patch("/upload/drive/v3/files/nothing?uploadType=resumable").query(&ALL);
    assert_eq!(refused(start).await, (404, "notFound".to_owned()));
    let session = format!("{}/upload/drive/v3/files/x?uploadType=resumable&upload_id=unknown", bench.google.url());
    assert_eq!(refused(put(&bench, &session, "bytes */1".to_owned(), b"")).await, (404, "notFound".to_owned()));
    let id = bench.new_sheet("summary", json!({})).await;
    for other in ["media", "multipart", "chunked"] {
        let kind = bench.patch(&format!("/upload/drive/v3/files/{id}?uploadType={other}")).query(&ALL);
        assert_eq!(refused(kind).await, (400, "invalid".to_owned()), "{other}");
    }

    let session = begin(&bench, &id, XLSX).await;
    std::fs::remove_file(bench.path("spl/outbound/summary.xlsx")).expect("removed");
    let xlsx = note("late");
    let whole = put(&bench, &session, format!("bytes 0-{}/{}", xlsx.len() - 1, xlsx.len()), &xlsx);
    assert_eq!(refused(whole).await, (404, "notFound".to_owned()), "deleted meanwhile");
}
