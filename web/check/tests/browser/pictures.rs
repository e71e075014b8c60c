//! The pictures in the docs: taken here, and compared with those that are there by their sizes alone. The script
//! web/check/pictures takes them over.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::opened::Browser;

#[tokio::test]
async fn the_pictures_of_the_docs_can_be_taken_anew() {
    let browser = Browser::start().await;
    let file = browser.folder.path().join("week 9.csv");
    fs::copy(root().join("integration-tests/local-stack/samples/spl-week-9.csv"), &file).expect("the demo's own list");
    browser.look(1_160, 940, "light").await;
    browser.choose(&[&file]).await;
    browser.is_ready().await;
    browser.judge("spl").await;
    let to = |part: &str| format!("document.querySelector('{part}').scrollIntoView()");
    browser.run(&to(".files"), Value::Null).await;
    taken(&browser, "check-to-fix.png").await;
    for (column, text) in [
        ("Traced_NHSNUMBER", "9990316759"),
        ("DateOfBirth", "31/03/1960"),
        ("Traced_NHSNUMBER", "9990396396"),
        ("DateOfBirth", "9/12/1936"),
        ("PatientSurname", "Aydin"),
        ("DateOfBirth", "28/02/1951"),
    ] {
        browser.correct(column, text).await;
    }
    browser.until("document.querySelector('.sheet .verdict.good')").await;
    browser.look(1_160, 800, "light").await;
    browser.run(&to(".files"), Value::Null).await;
    taken(&browser, "check-ready.png").await;
    browser.look(375, 1_000, "dark").await;
    browser.run(&to(".rows"), Value::Null).await;
    taken(&browser, "check-narrow.png").await;
}

async fn taken(browser: &Browser, name: &str) {
    let root = root();
    let folder = root.join("target/web/pictures");
    fs::create_dir_all(&folder).expect("a folder");
    let picture = browser.picture().await;
    fs::write(folder.join(name), &picture).expect("written");
    let in_docs = root.join("docs/pictures").join(name);
    let size = |png: &[u8]| png.get(16..24).map(<[u8]>::to_vec);
    let is_there = fs::read(&in_docs).is_ok_and(|in_docs| size(&in_docs) == size(&picture));
    assert!(is_there || std::env::var_os("PICTURES").is_some(), "docs/pictures/{name}: run web/check/pictures");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
