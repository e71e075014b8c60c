//! A hundred thousand rows of sixty columns.

use std::fmt::Write;
use std::fs;
use std::time::Instant;

use serde_json::Value;
use sheets::{Format, Limits};

use crate::opened::Browser;
use crate::support::preview;

const ROWS: usize = 100_000;

/// A list for spl in which each hundredth birthday is wrong.
fn sheet() -> String {
    let feed = feeds::Feed::named("spl").expect("the feed");
    let mut names: Vec<String> = feed.columns().iter().map(|column| column.name.to_owned()).collect();
    names.extend((names.len()..60).map(|column| format!("Own {column}")));
    let mut sheet = names.join(",");
    let example = feed.example(Default::default());
    for row in 0..ROWS {
        sheet.push('\n');
        for (column, name) in names.iter().enumerate() {
            let comma = if column == 0 { "" } else { "," };
            let _ = match name.as_str() {
                "DateOfBirth" if row % 100 == 99 => write!(sheet, "{comma}31/02/1960"),
                "PatientSurname" => write!(sheet, "{comma}Example-{row}"),
                "Traced_NHSNUMBER" => write!(sheet, "{comma}943 476 5919"),
                _ => match example.get(column) {
                    Some(cell) => write!(sheet, "{comma}{cell}"),
                    None => write!(sheet, "{comma}text {}", row * column % 9_973),
                },
            };
        }
    }
    sheet
}

#[tokio::test]
async fn a_hundred_thousand_rows_do_not_freeze_the_page() {
    let browser = Browser::start().await;
    let empty = browser.megabytes();
    let file = browser.folder.path().join("large.csv");
    fs::write(&file, sheet()).expect("written");
    let frames = "
        self.frames = [];
        let last = performance.now();
        (function frame() { const now = performance.now(); frames.push(now - last); last = now; requestAnimationFrame(frame); })();";
    browser.run(frames, Value::Null).await;
    let (begun, before) = (Instant::now(), browser.seconds());
    browser.choose(&[&file]).await;
    browser.until("document.querySelector('progress')?.value > 0.1").await;
    browser.is_ready().await;
    let (took, computed) = (begun.elapsed().as_secs_f64(), browser.seconds() - before);
    let longest = browser.run("return Math.max(...frames)", Value::Null).await;
    let memory = browser.megabytes();
    eprintln!(
        "{ROWS} rows: {took:.1} s, {computed:.1} s of them computed, the longest frame {longest:.0} ms, {memory} MB of memory \
         ({empty} MB empty)"
    );
    assert!(memory < 1_024, "{memory} MB");
    // 10 s of a laptop. What else runs on a machine of tests is not known, so what counts is what was computed.
    assert!(computed < 20.0, "{computed} s");

    browser.judge("spl").await;
    let (_, last) = preview("spl", &file);
    let head = browser.text(".sheet .verdict h3").await;
    assert_eq!(head, "99,000 rows of 100,000 ready to send, 1,000 to fix");
    assert_eq!((last["post"].as_u64(), last["rejected"].as_u64()), (Some(99_000), Some(1_000)));
    // The last row is a scroll away, and only what is seen is there.
    let body = "
        document.querySelector('[data-list=all]').click();
        const scroller = document.querySelector('.scroller');
        const end = Date.now() + 20000;
        while (Date.now() < end && !document.querySelector('[data-place=\"99999\"]')) {
            scroller.scrollTop = scroller.scrollHeight;
            await new Promise((soon) => setTimeout(soon, 20));
        }
        return [document.querySelector('[data-place=\"99999\"] .number span').textContent, document.querySelectorAll('[role=grid] tr').length < 80];";
    assert_eq!(browser.run(body, Value::Null).await, serde_json::json!(["100001", true]));

    // The corrected sheet is made in the worker: it can be ended, and the page goes on meanwhile.
    let download = "[data-download=corrected]";
    browser.click(download).await;
    browser.until("document.querySelector('.downloaded progress')?.value > 0.01").await;
    browser.click(".downloaded .end").await;
    browser.until("document.querySelector('.downloaded').innerText === 'It was not made.'").await;
    let has_focus = format!("document.activeElement.matches('{download}')");
    browser.until(&has_focus).await;
    browser.run("frames.length = 0", Value::Null).await;
    let (begun, before) = (Instant::now(), browser.seconds());
    browser.click(download).await;
    browser.until("document.querySelector('.downloaded progress')?.value > 0.5").await;
    browser.until("document.querySelector('.downloaded').innerText.includes('has 100,000 rows')").await;
    let (took, computed) = (begun.elapsed().as_secs_f64(), browser.seconds() - before);
    let longest = browser.run("return Math.max(...frames)", Value::Null).await;
    let corrected = fs::File::open(browser.downloaded("large-corrected.xlsx").await).expect("the download");
    let bytes = corrected.metadata().expect("its size").len();
    eprintln!(
        "its corrected sheet of {} MB: {took:.1} s, {computed:.1} s of them computed, the longest frame {longest:.0} ms",
        bytes / 1_000_000
    );
    assert!(computed < 30.0, "{computed} s");
    let mut rows = sheets::open(corrected, Format::Xlsx, &Limits::default()).expect("a workbook");
    let read = rows.try_fold(0, |read, row| row.map(|_| read + 1));
    assert_eq!(read.expect("readable"), ROWS + 1);
}
