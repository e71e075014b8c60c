//! The page says what `h2h preview` says, row by row.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::{Value, json};

use crate::opened::Browser;
use crate::sheets_of::csv;
use crate::support::{AS_OF, EXCLUDED, fixtures, preview};

/// What the program inside the page says of a sheet: the worker is made of the page's own parts.
const LINES: &str = "
    const text = (id) => document.getElementById(id).textContent;
    const packed = Uint8Array.from(atob(text('wasm')), (letter) => letter.charCodeAt(0));
    const program = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
    const worker = new Worker(URL.createObjectURL(new Blob([text('worker')], { type: 'text/javascript' })));
    let settled, answered;
    worker.onmessage = ({ data }) => {
        if (data.fault) throw new Error(data.fault);
        if (data.progress) { if (data.progress.is_done) settled?.(); } else answered(data.answer);
    };
    worker.postMessage({ program });
    const ask = (request, bytes) => new Promise((done) => { answered = done; worker.postMessage({ id: 1, request, bytes }); });
    const settle = async (request, bytes) => {
        const end = new Promise((done) => { settled = done; });
        await ask(request, bytes);
        await end;
    };
    const bytes = Uint8Array.from(atob(input.bytes), (letter) => letter.charCodeAt(0)).buffer;
    await settle({ open: { name: input.name } }, bytes);
    await settle({ judge: { feed: input.feed, as_of: input.as_of, excluded: input.excluded } });
    const lines = await ask({ lines: { from: 0, count: 1e6 } });
    lines.report = await ask('report');
    worker.terminate();
    return lines;";

async fn lines(browser: &Browser, feed: &str, file: &Path) -> Value {
    let name = file.file_name().expect("a name").to_string_lossy();
    let bytes = STANDARD.encode(fs::read(file).expect("the file"));
    let input = json!({ "name": name, "bytes": bytes, "feed": feed, "as_of": AS_OF, "excluded": EXCLUDED });
    browser.run(LINES, input).await
}

/// Every fixture and every sheet from the field, with its feed.
fn known() -> Vec<(String, PathBuf)> {
    let folder = fixtures();
    let mut known: Vec<(String, PathBuf)> =
        feeds::all().iter().map(|feed| (feed.to_string(), folder.join(format!("{feed}.csv")))).collect();
    for entry in fs::read_dir(folder.join("rejected")).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let feed = feeds::all().iter().find(|feed| name.starts_with(feed.name()));
        known.push((feed.unwrap_or_else(|| panic!("of which feed is {name}?")).to_string(), path));
    }
    let expected = fs::read_to_string(folder.join("field/expected.jsonl")).expect("the expectations");
    let of_field: BTreeMap<String, String> = expected
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|line| {
            (line["file"].as_str().expect("a name").to_owned(), line["feed"].as_str().expect("a feed").to_owned())
        })
        .collect();
    known.extend(of_field.into_iter().map(|(file, feed)| (feed, folder.join("field").join(file))));
    known
}

/// A row as the table has to show it.
fn shown(line: &Value) -> Value {
    let kind = match line["decision"].as_str() {
        Some("rejected") => "to-fix",
        Some(other) => other,
        None => "outside",
    };
    let problems = line["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let wrong = problems.iter().filter(|problem| !problem["column"].is_null());
    json!({ "row": line["row"], "kind": kind, "wrong": wrong.map(|problem| json!([problem["column"], problem["problem"]])).collect::<Vec<_>>() })
}

#[tokio::test]
async fn every_fixture_and_field_file_is_judged_and_shown_as_h2h_does() {
    let browser = Browser::start().await;
    let known = known();
    assert!(known.len() > 50, "{}", known.len());
    for (feed, file) in &known {
        let name = file.file_name().expect("a name").to_string_lossy();
        let (rows, last) = preview(feed, file);
        let said = lines(&browser, feed, file).await;
        if last["header"].is_null() {
            assert_eq!(said["report"]["rejected"], last["problems"], "{name}");
        } else {
            assert_eq!(said["sheet"], last, "{name}");
        }
        let of_page = said["rows"].as_array().expect("rows");
        assert_eq!(of_page.len(), rows.len(), "{name}");
        for (of_page, row) in of_page.iter().zip(&rows) {
            assert_eq!(of_page, row, "{name}");
        }

        browser.open().await;
        browser.choose(&[file]).await;
        browser.is_ready().await;
        browser.judge(feed).await;
        if last["file"] == "rejected" {
            let page = browser.text(".sheet .outcome").await;
            for problem in last["problems"].as_array().expect("problems") {
                // A sentence begins with a capital on the page.
                let text = &problem["problem"].as_str().expect("a text")[1..];
                assert!(collapsed(&page).contains(&collapsed(text)), "{name}: {page}");
            }
        } else {
            let shown_rows: Vec<Value> = rows.iter().map(shown).collect();
            let mut table = browser.table("all").await;
            for (row, expected) in table.iter_mut().zip(&shown_rows) {
                sort(row);
                assert_eq!(row, &sorted(expected), "{name}");
            }
            assert_eq!(table.len(), shown_rows.len(), "{name}");
        }
    }
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table has the wrong cells from left to right, `h2h` in the feed's order.
fn sort(row: &mut Value) {
    if let Some(wrong) = row["wrong"].as_array_mut() {
        wrong.sort_by_key(ToString::to_string);
    }
}

fn sorted(row: &Value) -> Value {
    let mut row = row.clone();
    sort(&mut row);
    row
}

#[tokio::test]
async fn two_thousand_rows_that_nobody_has_seen_are_judged_as_h2h_does() {
    let browser = Browser::start().await;
    let seed = rand::random();
    for feed in feeds::all() {
        let file = browser.folder.path().join(format!("{feed}.csv"));
        fs::write(&file, csv(feed, 400, seed)).expect("written");
        let (rows, last) = preview(feed.name(), &file);
        let said = lines(&browser, feed.name(), &file).await;
        assert_eq!(said["sheet"], last, "{feed}, seed {seed}");
        for (of_page, row) in said["rows"].as_array().expect("rows").iter().zip(&rows) {
            assert_eq!(of_page, row, "{feed}, seed {seed}");
        }
        let counts = ["post", "skipped", "rejected"].map(|count| last[count].as_u64().unwrap_or(0));
        assert!(
            counts.iter().sum::<u64>() == 400 && counts[0] > 20 && counts[2] > 20,
            "{feed}, seed {seed}: {counts:?}"
        );
    }
}
