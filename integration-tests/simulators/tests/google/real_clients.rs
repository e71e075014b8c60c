//! Google's own Python client, and pygsheets: clients that nobody here wrote. Fetched from PyPI once, into the target directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{Bench, workbook};

const PACKAGES: [&str; 3] = ["google-api-python-client==2.202.0", "google-auth==2.62.2", "pygsheets==2.0.6"];

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("it can be started");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    output
}

/// The Python of a virtual environment that holds the clients.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target directory");
    let environment = target.join("venv-google");
    let python = environment.join("bin/python");
    let ready = environment.join("ready");
    if std::fs::read_to_string(&ready).is_ok_and(|packages| packages == PACKAGES.join(" ")) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES));
    std::fs::write(ready, PACKAGES.join(" ")).expect("noted");
    python
}

#[tokio::test]
async fn clients_that_nobody_here_wrote_can_use_it() {
    let bench = Bench::start().await;
    bench.put("spl/inbound/week 3.csv", "NHS Number,Name\n".to_owned() + &"1234567890,Ann\n".repeat(50_000));
    bench.put("spl/inbound/list.gsheet.csv", "a,b\n\n1,2\n");
    workbook(&bench.path("spl/inbound/book.gsheet.xlsx"));
    let key = bench.path("key.json");
    std::fs::write(&key, bench.google.service_account_key()).expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_clients.py");
    let (url, inbound, outbound) = (bench.google.url().to_owned(), bench.inbound(), bench.outbound());
    let output = tokio::task::spawn_blocking(move || {
        run(Command::new(python()).arg(script).arg(url).arg(key).arg(inbound).arg(outbound))
    })
    .await
    .expect("it ran");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("google-api-python-client: fine") && said.contains("pygsheets: fine"), "{said}");
    assert!(bench.path("spl/outbound/Summary by Python.xlsx").exists());
}
