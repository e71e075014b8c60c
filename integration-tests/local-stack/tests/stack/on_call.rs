//! An engineer on call: what is wrong is found and repaired with h2h alone. docs/on-call.md tells the same story with what
//! h2h printed here.

use std::fs;
use std::time::Duration;

use feeds::Outcome;
use ledger::{BreakerState, Run};
use local_stack::{Stack, spl};

use crate::common;
use crate::common::gate::Gate;
use crate::common::h2h::H2h;
use crate::common::on_call::{CLASSES, KEYS, api, failing, mended, options, reporter_is_not_fed};

struct Scene {
    stack: Stack,
    h2h: H2h,
}

impl Scene {
    /// Runs h2h as people do: its exit code, and all that it shows.
    async fn see(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.h2h.run(arguments).await;
        // What it asks comes before what it did.
        let text = [output.stderr, output.stdout].map(|text| String::from_utf8(text).expect("UTF-8")).concat();
        let code = output.status.code().expect("it ends by itself");
        eprintln!("$ h2h {}\n{text}[exit code {code}]\n", arguments.join(" "));
        (code, text)
    }

    /// Runs h2h, which is to end with this code and to say all of this.
    async fn says(&self, arguments: &[&str], code: i32, words: &[&str]) -> String {
        let (ended, text) = self.see(arguments).await;
        assert_eq!(ended, code, "{arguments:?}: {text}");
        for word in words {
            assert!(text.contains(word), "{arguments:?} does not say {word:?}: {text}");
        }
        text
    }

    async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let wait = async {
            while !holds().await {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        };
        tokio::time::timeout(common::PATIENCE, wait)
            .await
            .unwrap_or_else(|_| panic!("never {what}; logs: {:?}", self.stack.logs));
    }

    async fn posting(&self, wanted: BreakerState) {
        let is_so = async || self.stack.ledger.breaker().await.expect("the circuit breaker").state == wanted;
        self.until(wanted_name(wanted), is_so).await;
    }

    /// Waits until h2h finds all well: queues count a little late.
    async fn well(&self) {
        self.until("well", async || self.h2h.run(&["status"]).await.status.success()).await;
        self.says(&["status"], 0, &["well."]).await;
    }

    /// Drops a sheet, and waits until it is as wanted.
    async fn drop(&self, name: &str, sheet: &str, is_wanted: impl Fn(&Run) -> bool) -> Run {
        fs::write(self.h2h.local.join("spl/inbound").join(name), sheet).expect("the sheet");
        let mut found = None;
        self.until(name, async || {
            let feed = feeds::Feed::named("spl").expect("the feed");
            let runs = self.stack.ledger.runs(feed, chrono::DateTime::UNIX_EPOCH).await.expect("the runs");
            found = runs.into_iter().find(|run| run.file_name == name && is_wanted(run));
            found.is_some()
        })
        .await;
        found.expect("the run")
    }
}

fn wanted_name(posting: BreakerState) -> &'static str {
    match posting {
        BreakerState::Closed => "running",
        BreakerState::Open => "paused",
        BreakerState::HalfOpen => "being tried",
    }
}

fn people(first: u32, count: u32) -> String {
    spl::list(first..first + count)
}

#[tokio::test]
async fn what_is_wrong_is_found_and_repaired_with_h2h_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("a path");
    let (first, address) = api(KEYS[0]).await;
    let mut gate = Gate::open_to(address).await;
    let stack = Stack::start(options(&path, gate.address)).await.expect("the stack starts");
    let scene = Scene { stack, h2h: H2h::build(&path).await };
    scene.well().await;
    scene.says(&["doctor"], 0, &["takes the key", "shared, to be written to", "has all that was looked for"]).await;

    // The API is down.
    gate.shut().await;
    let monday = scene.drop("monday.csv", &people(0, 40), Run::has_rows).await;
    scene.posting(BreakerState::Open).await;
    scene.says(&["status"], 1, &["needs a look", "Posting is paused", "by the poster", "`h2h doctor`"]).await;
    scene.says(&["doctor"], 1, &["PROBLEM  Here to Help", "posting goes on by itself", "\n1 of "]).await;
    gate.open().await;
    scene.says(&["watch", monday.id.as_str()], 0, &[]).await;
    scene.says(&["show", &monday.id.as_str()[..6]], 0, &["40  created", "nothing: it is done"]).await;
    scene.well().await;
    assert_eq!(first.state().residents.len(), 40);

    // The API has another key since last night.
    let (second, address) = api(KEYS[1]).await;
    gate.shut().await;
    gate.to = address;
    gate.open().await;
    let tuesday = scene.drop("tuesday.csv", &people(100, 40), Run::has_rows).await;
    scene.posting(BreakerState::Open).await;
    scene.says(&["status"], 1, &["Posting is paused", "the API refuses the key"]).await;
    let found = scene.says(&["doctor"], 1, &["PROBLEM  Here to Help", "`h2h key`"]).await;
    assert!(KEYS.iter().all(|key| !found.contains(key)), "a secret is shown: {found}");
    let file = path.join("new-key.txt");
    let file_name = file.to_str().expect("UTF-8");
    fs::write(&file, KEYS[2]).expect("a file");
    let wrong = scene.says(&["key", "--file", file_name, "--yes"], 2, &["nothing was stored"]).await;
    fs::write(&file, format!("{}\n", KEYS[1])).expect("a file");
    let stored = scene.says(&["key", "--file", file_name, "--yes"], 0, &["Stored."]).await;
    assert!(KEYS.iter().all(|key| !wrong.contains(key) && !stored.contains(key)), "a secret is shown");
    scene.says(&["watch", tuesday.id.as_str()], 0, &[]).await;
    scene.well().await;
    scene.says(&["doctor"], 0, &["takes the key"]).await;
    assert_eq!(second.state().residents.len(), 40);

    // Two hundred dead letters of three classes.
    let rows = failing(&second, [80, 70, 50]);
    let wednesday = scene.drop("wednesday.csv", &spl::csv(&rows), |run| run.report.is_some()).await;
    let letters = async || scene.h2h.json(&["dlq", "list"]).await["letters"]["visible"] == 200;
    scene.until("two hundred letters", letters).await;
    scene.says(&["status"], 1, &["needs a look", "200 dead rows", "Last error of spl"]).await;
    let listed = scene.says(&["dlq", "list"], 1, &["200 dead rows", "200 letters"]).await;
    assert!(CLASSES.iter().all(|class| listed.contains(class)), "{listed}");
    let row = format!("{}/2", &wednesday.id.as_str()[..6]);
    let shown = scene.says(&["dlq", "show", &row], 0, &["server-error", "may have been sent"]).await;
    assert!(!shown.contains("Anna"), "{shown}");
    scene.says(&["dlq", "discard", "--row", &row, "--why", "moved out of the borough", "--yes"], 0, &["1 row "]).await;
    mended(&second);
    scene.says(&["dlq", "redrive", "--class", "not-recorded", "--dry-run"], 0, &["70 rows"]).await;
    scene.says(&["dlq", "redrive", "--class", "not-recorded", "--yes"], 0, &["70 rows sent again"]).await;
    scene.says(&["dlq", "redrive", "--all", "--yes"], 0, &["sent again"]).await;
    scene.well().await;
    scene
        .says(&["show", &wednesday.id.as_str()[..6]], 0, &["199  created", "1  skipped", "moved out of the borough"])
        .await;

    // Somebody switched off what feeds the reporter: a run is stuck without its summary.
    reporter_is_not_fed(&scene.stack).await;
    let thursday = scene.drop("thursday.csv", &people(2_000, 40), Run::has_rows).await;
    let settled = async || {
        let run = scene.stack.ledger.run(&thursday.id).await.expect("an answer").expect("the run");
        let progress = scene.stack.ledger.progress(&run).await.expect("the progress");
        progress.settled.get(&Outcome::Created) == Some(&40)
    };
    scene.until("every row is posted", settled).await;
    scene.says(&["status"], 2, &["broken", "does not feed the reporter", "`h2h doctor`"]).await;
    scene.says(&["show", &thursday.id.as_str()[..6]], 0, &["40  created", "its summary"]).await;
    scene.says(&["doctor"], 1, &["PROBLEM  the reports queue's way to reporter", "`h2h doctor --mend`"]).await;
    scene.says(&["doctor", "--mend", "--yes"], 0, &["Would be switched on: the reports queue's way to reporter"]).await;
    scene.says(&["watch", thursday.id.as_str()], 0, &[]).await;
    scene.well().await;
    assert_eq!(second.state().residents.len(), 40 + 199 + 40);
    assert_eq!(common::reported(&scene.stack, 4).await.len(), 4, "each has its summary");
    scene.stack.stop().await.expect("the stack stops");
}
