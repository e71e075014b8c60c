//! The four stories of docs/on-call.md, found and repaired by the page alone.

use std::fs;
use std::path::Path;

use local_stack::{Stack, spl};
use serde_json::Value;

use super::page::Page;
use crate::common::gate::Gate;
use crate::common::h2h::H2h;
use crate::common::on_call::{CLASSES, KEYS, api, failing, mended, options, reporter_is_not_fed};
use crate::common::until;

fn drop_sheet(drive: &Path, name: &str, sheet: &str) {
    fs::write(drive.join("spl/inbound").join(name), sheet).expect("the sheet");
}

#[tokio::test]
async fn an_engineer_on_call_repairs_what_is_wrong_by_the_page_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = folder.path().canonicalize().expect("a path");
    let (first, address) = api(KEYS[0]).await;
    let mut gate = Gate::open_to(address).await;
    let mut slow = options(&drive, gate.address);
    // So slowly that whoever looks sees the rows settle.
    slow.calls_per_second = 30;
    let stack = Stack::start(slow).await.expect("the stack starts");
    let page = Page::open(&H2h::build(&drive).await).await;
    page.says("#needs", "Nothing: all is well.").await;
    page.is_for_everybody("now").await;

    // The API is down: the open page says so by itself.
    gate.shut().await;
    drop_sheet(&drive, "monday.csv", &spl::list(0..120));
    page.says("#posting", "Posting is paused").await;
    page.says("#needs", "It goes on by itself").await;
    page.says("#under-way", "monday.csv").await;
    page.press_on("Doctor").await;
    page.says(".problem", "Here to Help").await;
    page.is_for_everybody("the doctor").await;
    page.go("now").await;
    let watched = "
        window.seen = new Set();
        new MutationObserver(() => document.querySelectorAll('#under-way .figure').forEach((one) => seen.add(one.innerText))).observe(document.body, { childList: true, subtree: true });";
    page.run(watched, Value::Null).await;
    gate.open().await;
    page.says("#posting", "Posting is running").await;
    page.says("#under-way", "0 runs under way").await;
    let steps = page.run("return seen.size", Value::Null).await;
    assert!(steps.as_u64() > Some(2), "the bar moves: {steps}");
    page.open_once("monday.csv", "reported").await;
    assert!(page.body().await.contains("120 created"), "{}", page.body().await);
    page.is_for_everybody("a run").await;
    assert_eq!(first.state().residents.len(), 120);

    // The API has another key.
    let (second, address) = api(KEYS[1]).await;
    gate.shut().await;
    gate.to = address;
    gate.open().await;
    drop_sheet(&drive, "tuesday.csv", &spl::list(200..240));
    page.go("now").await;
    page.says("#posting", "refuses the key").await;
    for (key, answer) in [(KEYS[2], "nothing was stored"), (KEYS[1], "takes this key")] {
        page.go("key").await;
        page.type_into("#key", key).await;
        page.press_on("Try it").await;
        assert!(page.body().await.contains(answer), "{}", page.body().await);
        assert!(
            !page
                .run("return document.documentElement.outerHTML", Value::Null)
                .await
                .as_str()
                .expect("HTML")
                .contains(key)
        );
        if key == KEYS[2] {
            page.press_on("Try again").await;
            assert_eq!(page.text("h1").await, "Another key");
        }
    }
    page.press_on("Store it").await;
    assert!(page.text("h1").await.contains("The key is stored"));
    page.open_once("tuesday.csv", "reported").await;
    assert_eq!(second.state().residents.len(), 40);

    // Two hundred dead letters of three classes.
    let rows = failing(&second, [80, 70, 50]);
    drop_sheet(&drive, "wednesday.csv", &spl::csv(&rows));
    page.go("dead").await;
    until("200 letters", async || {
        page.text("#counts").await.contains("200 dead rows; about 200 letters").then_some(())
    })
    .await;
    for class in CLASSES {
        page.says("#counts", class).await;
    }
    page.is_for_everybody("dead letters").await;
    page.press_on("server-error").await;
    page.says("#counts", "80 dead rows of this selection").await;
    let row = page
        .run(
            "return [...document.querySelectorAll('#rows th a')].find((one) => one.innerText.endsWith('/2')).innerText",
            Value::Null,
        )
        .await;
    page.go(&format!("row?row={}", row.as_str().expect("a row"))).await;
    assert!(page.body().await.contains("•••") && !page.body().await.contains("Anna"));
    page.press_on("Reveal").await;
    page.says("#cells", "Anna").await;
    page.is_for_everybody("a row").await;
    page.press_on("Discard it").await;
    page.type_into("#why", "moved out of the borough").await;
    page.press_on("Discard them for good").await;
    page.says("#done", "1 row discarded").await;
    mended(&second);
    page.go("dead").await;
    page.press_on("not-recorded").await;
    page.says("#counts", "70 dead rows of this selection").await;
    page.press_on("Send these again").await;
    assert!(page.body().await.contains("70 rows of"), "the dry run: {}", page.body().await);
    page.press_on("Send them again").await;
    page.says("#done", "70 rows sent again").await;
    page.is_for_everybody("a job").await;
    page.go("dead").await;
    page.says("#counts", "129 dead rows").await;
    page.press_on("Send these again").await;
    page.press_on("Send them again").await;
    page.says("#done", "129 rows sent again").await;
    page.go("now").await;
    page.says("#needs", "Nothing: all is well.").await;
    page.open_once("wednesday.csv", "reported").await;
    let run = page.body().await;
    for said in [
        "199 created",
        "1 skipped",
        "moved out of the borough",
        "looked at what the sheet says in row 2",
        "sent again 70 rows",
    ] {
        assert!(run.contains(said), "{said}: {run}");
    }

    page.go("charts").await;
    page.says("#days", "359 created").await;
    page.says("#lately", "359 created").await;
    page.click("#numbers summary").await;
    page.says("#numbers", "forbidden").await;
    page.is_for_everybody("charts").await;
    page.press_on("The last hour").await;
    page.says("#lately", "359 created").await;
    let bars = page
        .run("return document.querySelectorAll('#lately svg')[0].querySelectorAll('rect.good').length", Value::Null)
        .await;
    assert!(bars.as_u64() > Some(1), "the sheets were posted in more than a minute: {bars}");

    // Somebody switched off what feeds the reporter.
    reporter_is_not_fed(&stack).await;
    drop_sheet(&drive, "thursday.csv", &spl::list(2_000..2_040));
    page.go("now").await;
    page.says("#needs", "no summary is written").await;
    page.says("#under-way", "its summary").await;
    page.press_on("Switch it on").await;
    page.press_on("Switch it on").await;
    page.open_once("thursday.csv", "reported").await;
    page.go("now").await;
    page.says("#needs", "Nothing: all is well.").await;
    assert_eq!(second.state().residents.len(), 40 + 199 + 40);
    stack.stop().await.expect("the stack stops");
}
