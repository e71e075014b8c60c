//! The page itself: how files come in, what never goes out, and that everybody can use it.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::opened::Browser;
use crate::support::{fixtures, h2h};

#[tokio::test]
async fn several_files_are_dropped_and_each_feed_is_guessed() {
    let browser = Browser::start().await;
    let files: Vec<Value> = feeds::all()
        .iter()
        .map(|feed| {
            let name = format!("{feed}.csv");
            json!({ "name": name, "text": fs::read_to_string(fixtures().join(&name)).expect("the fixture") })
        })
        .collect();
    let body = "
        const transfer = new DataTransfer();
        for (const { name, text } of input) transfer.items.add(new File([text], name));
        for (const type of ['dragenter', 'dragover', 'drop']) {
            document.getElementById('drop').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }";
    browser.run(body, files).await;
    browser.until("document.querySelectorAll('.file').length === 5 && ![...document.querySelectorAll('.file')].some((file) => file.innerText.includes('being read'))").await;
    for feed in feeds::all() {
        let body = "
            [...document.querySelectorAll('.file button')].find((button) => button.innerText.startsWith(`${input}.csv`)).click();
            return document.querySelector('.sheet:not([hidden]) select').value;";
        assert_eq!(browser.run(body, feed.name()).await, feed.name());
    }
    browser.click(".file .close").await;
    browser
        .until("document.querySelectorAll('.file').length === 4 && document.querySelectorAll('.sheet').length === 4")
        .await;
}

#[tokio::test]
async fn every_template_is_a_sheet_whose_example_is_sent_to_nobody() {
    let browser = Browser::start().await;
    browser.until("document.querySelectorAll('#templates button').length === 5").await;
    for (place, feed) in (1..).zip(feeds::all()) {
        browser.click(&format!("#templates button:nth-child({place})")).await;
        let template = browser.downloaded(&format!("{feed}-template.xlsx")).await;
        let today = chrono::Utc::now().date_naive().to_string();
        let output = h2h(feed.name(), &template, &["--json", "--as-of", &today]);
        assert_eq!(output.status.code(), Some(0), "{feed}: {}", String::from_utf8_lossy(&output.stdout));
        let last: Value =
            serde_json::from_slice(output.stdout.split(|byte| *byte == b'\n').rev().nth(1).expect("a line"))
                .expect("JSON");
        assert_eq!((&last["post"], &last["skipped"], &last["rows"]), (&json!(0), &json!(1), &json!(1)), "{feed}");
    }
}

#[tokio::test]
async fn what_is_no_sheet_is_told_what_it_is() {
    let browser = Browser::start().await;
    for (name, content, says) in [
        ("letter.pdf", b"%PDF-1.7".as_slice(), "The file is a PDF"),
        ("letter.csv", b"%PDF-1.7", "but it is a PDF"),
        ("empty.csv", b"", "the file is empty"),
        ("broken.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("old.xls", b"\xD0\xCF\x11\xE0", "old kind (.xls)"),
        ("wide.csv", b"\xFF\xFEn\0a\0", "UTF-16"),
        ("notes.csv", b"some,words\n1,2\n", "with column names"),
    ] {
        let file = browser.folder.path().join(name);
        fs::write(&file, content).expect("written");
        browser.open().await;
        browser.choose(&[&file]).await;
        browser.is_ready().await;
        let page = browser.text(".sheet .outcome").await;
        assert!(page.contains("cannot be taken in") && page.contains(says), "{name}: {page}");
        assert!(browser.text(".alert").await.is_empty(), "{name}: the check itself has not failed");
    }
}

/// Ways out of a page. Each must fail.
const WAYS_OUT: &str = "
    const tried = [];
    const attempt = async (name, way) => { try { await way(); tried.push(name); } catch { } };
    await attempt('fetch', () => fetch(input, { mode: 'no-cors' }));
    await attempt('request', () => new Promise((done, fail) => { const ask = new XMLHttpRequest(); ask.onload = done; ask.onerror = fail; ask.open('GET', input); ask.send(); }));
    await attempt('socket', () => new Promise((done, fail) => { const socket = new WebSocket(input.replace('http', 'ws')); socket.onopen = done; socket.onerror = fail; }));
    if (self.navigator.sendBeacon) navigator.sendBeacon(input, 'x');
    if (self.document) {
        await attempt('picture', () => new Promise((done, fail) => { const picture = new Image(); picture.onload = done; picture.onerror = fail; picture.src = `${input}/x.png`; }));
        await attempt('script', () => new Promise((done, fail) => { const script = document.createElement('script'); script.onload = done; script.onerror = fail; script.src = `${input}/x.js`; document.head.append(script); }));
        await attempt('frame', () => new Promise((done, fail) => { const frame = document.createElement('iframe'); frame.src = input; document.body.append(frame); setTimeout(fail, 300); }));
        const form = document.createElement('form'); form.action = input; form.method = 'post'; document.body.append(form);
        // Firefox refuses it at once, Chromium later.
        try { form.submit(); } catch { }
    }
    await new Promise((soon) => setTimeout(soon, 500));
    return tried;";

#[tokio::test]
async fn no_connection_is_made_and_nothing_is_kept() {
    let browser = Browser::start().await;
    browser.choose(&[&fixtures().join("spl.csv")]).await;
    browser.is_ready().await;

    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let arrived = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&arrived);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let counter = Arc::clone(&counter);
            std::thread::spawn(move || {
                // Chromium opens a connection before it looks whether it may use it: what counts is whether anything is said on it.
                let said = stream.read(&mut [0; 10]).unwrap_or(0);
                counter.fetch_add(said, Ordering::SeqCst);
            });
        }
    });
    assert_eq!(browser.run(WAYS_OUT, address.as_str()).await, json!([]));
    // The worker has the page's policy.
    let in_worker = format!(
        "const code = `self.onmessage = async ({{ data: input }}) => {{ self.postMessage(await (async () => {{ {} }})()); }}`;
        const worker = new Worker(URL.createObjectURL(new Blob([code], {{ type: 'text/javascript' }})));
        return new Promise((done) => {{ worker.onmessage = ({{ data }}) => done(data); worker.postMessage(input); }});",
        WAYS_OUT.replace('`', "\\`").replace("${", "\\${")
    );
    assert_eq!(browser.run(&in_worker, address.as_str()).await, json!([]));
    assert_eq!(arrived.load(Ordering::SeqCst), 0, "something came out");

    let kept = "
        const storage = (name) => { try { return self[name].length; } catch { return 0; } };
        return [storage('localStorage'), storage('sessionStorage'), document.cookie.length, (await indexedDB.databases?.() ?? []).length];";
    assert_eq!(browser.run(kept, Value::Null).await, json!([0, 0, 0, 0]));
}

#[test]
fn the_page_leads_nowhere() {
    let page = fs::read_to_string(crate::opened::page()).expect("the page");
    // The name of a kind of XML is an address, and none that is called.
    let page = page.replace("http://www.w3.org/2000/svg", "");
    for way in [
        "http:",
        "https:",
        "//www",
        "ws://",
        "wss://",
        "fetch(",
        "XMLHttpRequest",
        "location",
        "window.open",
        "Storage",
        "indexedDB",
        "cookie",
    ] {
        assert!(!page.contains(way), "{way}");
    }
}

#[tokio::test]
async fn everybody_can_use_it() {
    let browser = Browser::start().await;
    for scheme in ["light", "dark"] {
        for width in [375, 1024, 1600] {
            browser.look(width, 900, scheme).await;
            browser.open().await;
            browser.axe(&format!("empty, {scheme}, {width}")).await;
            for name in ["spl.csv", "contact-tracing.csv", "rejected/spl-missing-columns.csv"] {
                browser.open().await;
                browser.choose(&[&fixtures().join(name)]).await;
                browser.is_ready().await;
                browser
                    .run(
                        "document.querySelectorAll('details').forEach((details) => { details.open = true; })",
                        Value::Null,
                    )
                    .await;
                browser.axe(&format!("{name}, {scheme}, {width}")).await;
                let overflow = "return document.documentElement.scrollWidth - innerWidth";
                assert!(
                    browser.run(overflow, Value::Null).await.as_i64() <= Some(0),
                    "{name} at {width} is scrolled sideways"
                );
            }
        }
    }
}
