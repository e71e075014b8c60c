//! What these tests do with the page, and with `h2h` beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::opened::Browser;

/// The day that the fixtures were made for, and the Account IDs that they leave out.
pub(crate) const AS_OF: &str = "2021-03-08";
pub(crate) const EXCLUDED: &str = "ctas-excluded, other";

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/feeds/tests/fixtures")
        .canonicalize()
        .expect("the fixtures")
}

/// Runs `h2h preview` as it was built beside this test.
pub(crate) fn h2h(feed: &str, file: &Path, more: &[&str]) -> Output {
    let test = std::env::current_exe().expect("this test lies somewhere");
    let h2h = test.ancestors().nth(2).expect("the target folder").join("h2h");
    let mut command = Command::new(&h2h);
    command.args(["preview", "--feed", feed, "--excluded", EXCLUDED]).args(more).arg(file);
    if !more.contains(&"--as-of") {
        command.args(["--as-of", AS_OF]);
    }
    command.output().unwrap_or_else(|error| panic!("{}: {error}; web/check/test builds it", h2h.display()))
}

/// The rows and the last line of `h2h preview --json`.
pub(crate) fn preview(feed: &str, file: &Path) -> (Vec<Value>, Value) {
    let output = h2h(feed, file, &["--json"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut last = lines.pop().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    last["path"] = file.file_name().expect("a name").to_string_lossy().into();
    (lines, last)
}

impl Browser {
    /// Waits until the sheet that is shown is read and judged.
    pub(crate) async fn is_ready(&self) {
        self.until(
            "document.querySelector('.sheet:not([hidden])')?.ariaBusy === 'false' \
                    && document.querySelector('.sheet:not([hidden]) .verdict h3')",
        )
        .await;
    }

    /// Chooses what the sheet that is shown is judged by, in its own fields.
    pub(crate) async fn judge(&self, feed: &str) {
        let body = "
            const sheet = document.querySelector('.sheet:not([hidden])');
            const set = async (field, value) => {
                if (!field || field.value === value || field.disabled) return;
                field.value = value;
                field.dispatchEvent(new Event('change', { bubbles: true }));
                const end = Date.now() + 60000;
                do await new Promise((soon) => setTimeout(soon, 10));
                while (sheet.ariaBusy !== 'false' && Date.now() < end);
            };
            await set(sheet.querySelector('input[type=date]'), input.as_of);
            await set(sheet.querySelector('select'), input.feed);
            if (input.feed === 'contact-tracing') await set(sheet.querySelector('input[placeholder]'), input.excluded);
            return true;";
        self.run(body, json!({ "feed": feed, "as_of": AS_OF, "excluded": EXCLUDED })).await;
        self.is_ready().await;
    }

    /// Corrects the next cell of this column that is to fix, in its row's card.
    pub(crate) async fn correct(&self, column: &str, text: &str) {
        let body = "
            const card = () => [...document.querySelectorAll('.one form')].find((form) => form.querySelector('label').textContent === input.column);
            const end = Date.now() + 10000;
            while (!card() && Date.now() < end) {
                document.querySelector('.one .next').click();
                await new Promise((soon) => setTimeout(soon, 100));
            }
            const form = card();
            form.querySelector('input').value = input.text;
            form.requestSubmit();
            while (form.isConnected && Date.now() < end) await new Promise((soon) => setTimeout(soon, 10));
            return true;";
        self.run(body, json!({ "column": column, "text": text })).await;
    }

    /// Shows one of the lists of rows, and reads all that the table shows: number, status, and the marks of each row's cells.
    pub(crate) async fn table(&self, list: &str) -> Vec<Value> {
        let body = "
            const sheet = document.querySelector('.sheet:not([hidden])');
            const wait = () => new Promise((soon) => setTimeout(soon, 10));
            const button = sheet.querySelector(`[data-list=\"${input}\"]`);
            if (!button) return [];
            button.click();
            const pressed = () => sheet.querySelector(`[data-list=\"${input}\"]`)?.ariaPressed === 'true';
            while (!pressed()) await wait();
            await new Promise((soon) => setTimeout(soon, 60));
            const scroller = sheet.querySelector('.scroller');
            const count = Number(scroller.querySelector('table').getAttribute('aria-rowcount')) - 1;
            const columns = [...scroller.querySelectorAll('thead th')].slice(1).map((head) => head.textContent);
            const rows = [];
            for (let place = 0; place < count; place++) {
                let line;
                scroller.scrollTop = place * 52;
                for (let tries = 0; tries < 500 && !line; tries++) {
                    line = scroller.querySelector(`[data-place=\"${place}\"]`);
                    if (!line) await wait();
                }
                rows.push({
                    row: Number(line.querySelector('.number span').textContent),
                    kind: line.classList[0],
                    wrong: [...line.querySelectorAll('td.wrong')].map((cell) => [columns[cell.dataset.column], cell.querySelector('small').textContent]),
                });
            }
            return rows;";
        let rows = self.run(body, list).await;
        rows.as_array().expect("rows").clone()
    }
}
