//! The four stories of docs/on-call.md, found and repaired by the page alone.

use std::fs;
use std::path::Path;
use std::time::Duration;

use local_stack::{HereToHelp, Options, Stack, spl};
use serde_json::{Value, json};
use simulators::here_to_help::{self, Simulator};

use super::page::Page;
use crate::common::gate::Gate;
use crate::common::h2h::H2h;
use crate::common::until;

/// The names by which the API fails rows, how many rows each has, and how.
const ILL: [(&str, u32, &str); 3] = [("Anna", 80, "500"), ("Berta", 70, "text-400"), ("Clara", 50, "403")];
const KEYS: [&str; 3] = ["first-api-key", "second-api-key", "no-such-api-key"];

fn options(drive: &Path, gate: std::net::SocketAddr) -> Options {
    let mut options = Options::new(drive);
    options.here_to_help = HereToHelp::At { url: format!("http://{gate}/api/"), key: KEYS[0].to_owned() };
    // So slowly that whoever looks sees the rows settle.
    options.calls_per_second = 30;
    options.row_receives = 3;
    options.tempo.poster_timeout = Duration::from_secs(60);
    options.tempo.visibility = Duration::from_secs(60);
    options
}

async fn api(key: &str) -> (Simulator, std::net::SocketAddr) {
    let options = here_to_help::Options { api_key: key.to_owned(), ..here_to_help::Options::default() };
    let api = Simulator::start(options).await.expect("the API");
    let address = api.base_url().replace("http://", "").replace("/api/", "").parse().expect("an address");
    (api, address)
}

fn drop_sheet(drive: &Path, name: &str, sheet: &str) {
    fs::write(drive.join("spl/inbound").join(name), sheet).expect("the sheet");
}

impl Page {
    /// Waits, as whoever looks at the page does, until a run has its summary; opens it.
    async fn reported(&self, name: &str) {
        until(name, async || {
            self.go("runs").await;
            let state = self
                .run("return [...document.querySelectorAll('tbody tr')].find((row) => row.innerText.includes(input))?.innerText ?? ''", name)
                .await;
            state.as_str().is_some_and(|row| row.contains("reported") && !row.contains('…')).then_some(())
        })
        .await;
        self.press_on(name).await;
    }

    async fn body(&self) -> String {
        self.text("main").await
    }
}

#[tokio::test]
async fn an_engineer_on_call_repairs_what_is_wrong_by_the_page_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = folder.path().canonicalize().expect("a path");
    let (first, address) = api(KEYS[0]).await;
    let mut gate = Gate::open_to(address).await;
    let stack = Stack::start(options(&drive, gate.address)).await.expect("the stack starts");
    let page = Page::open(&H2h::build(&drive).await).await;
    page.says("#needs", "Nothing: all is well.").await;
    page.is_for_everybody("now").await;

    // The API is down: the open page says so by itself.
    gate.shut().await;
    drop_sheet(&drive, "monday.csv", &spl::list(0..120));
    page.says("#posting", "Posting is paused").await;
    page.says("#needs", "it goes on by itself").await;
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
    page.reported("monday.csv").await;
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
    }
    page.press_on("Store it").await;
    assert!(page.text("h1").await.contains("The key is stored"));
    page.reported("tuesday.csv").await;
    assert_eq!(second.state().residents.len(), 40);

    // Two hundred dead letters of three classes.
    let rules = ILL.map(|(name, _, answer)| json!({ "answer": answer, "name": name, "calls": ["create"] }));
    second.set_faults(serde_json::from_value(json!({ "rules": rules })).expect("faults"));
    let names = ILL.iter().flat_map(|(name, rows, _)| std::iter::repeat_n(*name, *rows as usize));
    let rows: Vec<Vec<String>> =
        (1_000..).zip(names).map(|(person, name)| spl::row(person, &[("PatientFirstName", name)])).collect();
    drop_sheet(&drive, "wednesday.csv", &spl::csv(&rows));
    page.go("dead").await;
    until("200 letters", async || {
        page.text("#counts").await.contains("200 dead rows; about 200 letters").then_some(())
    })
    .await;
    for class in ["server-error", "not-recorded", "forbidden"] {
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
    second.set_faults(serde_json::from_value(json!({ "rules": [] })).expect("no faults"));
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
    page.reported("wednesday.csv").await;
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
    page.is_for_everybody("charts").await;

    // Somebody switched off what feeds the reporter.
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let mappings = lambda.list_event_source_mappings().function_name("reporter").send().await.expect("the mappings");
    let reports = mappings.event_source_mappings.unwrap_or_default().into_iter();
    for mapping in reports.filter(|one| one.event_source_arn.as_deref().is_some_and(|arn| arn.ends_with(":reports"))) {
        let update = lambda.update_event_source_mapping().set_uuid(mapping.uuid).enabled(false);
        update.send().await.expect("switched off");
    }
    drop_sheet(&drive, "thursday.csv", &spl::list(2_000..2_040));
    page.go("now").await;
    page.says("#needs", "no summary is written").await;
    page.says("#under-way", "its summary").await;
    page.press_on("Switch it on").await;
    page.press_on("Switch it on").await;
    page.reported("thursday.csv").await;
    page.go("now").await;
    page.says("#needs", "Nothing: all is well.").await;
    assert_eq!(second.state().residents.len(), 40 + 199 + 40);
    stack.stop().await.expect("the stack stops");
}
