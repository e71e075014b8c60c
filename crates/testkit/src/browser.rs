//! A real browser, driven by the few words of WebDriver that these tests need: Chromium, or Firefox with
//! `CHECK_BROWSER=firefox`.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take in the browser.
const PATIENCE: Duration = Duration::from_secs(150);
/// How long a script may take in it.
const SCRIPT: Duration = Duration::from_secs(140);

/// The key Alt, as drivers write it.
pub const ALT: char = '\u{E00A}';

/// A browser with one window. Its files go with it.
pub struct Browser {
    kind: Kind,
    driver: Child,
    client: reqwest::Client,
    session: String,
    /// Where it puts what it downloads.
    pub folder: TempDir,
}

/// The browsers that the page is tried in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Chromium,
    Firefox,
}

impl Kind {
    /// The one that is asked for.
    fn wanted() -> Self {
        match std::env::var("CHECK_BROWSER").as_deref() {
            Ok("firefox") => Self::Firefox,
            Ok("chromium") | Err(_) => Self::Chromium,
            Ok(other) => panic!("CHECK_BROWSER is {other}: chromium and firefox are known"),
        }
    }

    /// Its driver, and the words before the port in what that says.
    fn driver(self) -> (&'static str, &'static str) {
        match self {
            Self::Chromium => ("chromedriver", "started successfully on port "),
            Self::Firefox => ("geckodriver", "Listening on 127.0.0.1:"),
        }
    }

    /// A browser without a window on the screen that puts its downloads into this folder.
    fn options(self, folder: &Path) -> (&'static str, Value) {
        match self {
            Self::Chromium => (
                "goog:chromeOptions",
                json!({
                    "args": ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900", "--lang=en-GB"],
                    "prefs": { "download.default_directory": folder },
                }),
            ),
            Self::Firefox => (
                "moz:firefoxOptions",
                json!({
                    "args": ["-headless", "--width=1280", "--height=900"],
                    "prefs": { "browser.download.folderList": 2, "browser.download.dir": folder, "intl.accept_languages": "en-GB" },
                }),
            ),
        }
    }
}

impl Browser {
    /// Starts it, without a page.
    pub async fn start() -> Self {
        // Its choice of a port may fail where another driver makes the same.
        let kind = Kind::wanted();
        let (driver, port) = (0..5).find_map(|_| launched(kind)).expect("the driver says its port");
        let root = format!("http://127.0.0.1:{port}");
        let client = reqwest::Client::builder().timeout(PATIENCE).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder");
        let (name, options) = kind.options(folder.path());
        let wanted = json!({ name: options, "timeouts": { "script": SCRIPT.as_millis() as u64 } });
        let wanted = json!({ "capabilities": { "alwaysMatch": wanted } });
        let session = ask(client.post(format!("{root}/session")).json(&wanted)).await;
        let session = format!("{root}/session/{}", session["sessionId"].as_str().expect("an id"));
        Self { kind, driver, client, session, folder }
    }

    /// Opens a page.
    pub async fn open(&self, url: &str) {
        self.tell("url", json!({ "url": url })).await;
    }

    /// Runs the body of an async function in the page; `input` is its argument.
    pub async fn run(&self, body: &str, input: impl Into<Value>) -> Value {
        let answer = self.tell("execute/async", script(body, input)).await;
        assert!(answer["error"].is_null(), "{}", answer["error"]);
        answer["value"].clone()
    }

    /// Waits until an expression is true in the page. It is asked in short scripts: one that a page did not answer before
    /// another took its place is never answered.
    pub async fn until(&self, expression: &str) {
        self.scripts_may_take(Duration::from_secs(5)).await;
        let body = script(&format!("return Boolean({expression});"), Value::Null);
        let end = Instant::now() + SCRIPT;
        loop {
            let answer = value(self.client.post(format!("{}/execute/async", self.session)).json(&body)).await;
            if answer["value"] == true {
                break;
            }
            assert!(Instant::now() < end, "in vain: {expression}: {answer}\n{}", self.text("main").await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.scripts_may_take(SCRIPT).await;
    }

    async fn scripts_may_take(&self, time: Duration) {
        self.tell("timeouts", json!({ "script": time.as_millis() as u64 })).await;
    }

    /// Types into an element.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.find(selector).await;
        self.tell(&format!("element/{element}/value"), json!({ "text": text })).await;
    }

    /// Presses keys wherever the keyboard is. [`ALT`] is held until the last of them.
    pub async fn press(&self, keys: &str) {
        let down = |key: char| json!({ "type": "keyDown", "value": key });
        let up = |key: char| json!({ "type": "keyUp", "value": key });
        let pressed = keys.chars().flat_map(|key| if key == ALT { vec![down(key)] } else { vec![down(key), up(key)] });
        let keys: Vec<Value> = pressed.chain(keys.contains(ALT).then(|| up(ALT))).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] });
        self.tell("actions", actions).await;
    }

    /// Clicks on the first element.
    pub async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        self.tell(&format!("element/{element}/click"), json!({})).await;
    }

    /// The text of an element as it is seen.
    pub async fn text(&self, selector: &str) -> String {
        let text = self.run("return document.querySelector(input)?.innerText ?? ''", selector).await;
        text.as_str().expect("a text").to_owned()
    }

    /// Makes the window so large, and the page dark or light. Firefox stays light, and is no narrower than its window may be.
    pub async fn look(&self, width: u32, height: u32, scheme: &str) {
        if self.kind == Kind::Firefox {
            self.tell("window/rect", json!({ "width": width, "height": height })).await;
            return;
        }
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.chrome("Emulation.setDeviceMetricsOverride", metrics).await;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.chrome("Emulation.setEmulatedMedia", features).await;
    }

    /// What is seen, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let taken = ask(self.client.get(format!("{}/screenshot", self.session))).await;
        STANDARD.decode(taken.as_str().expect("a text")).expect("base64")
    }

    /// Asserts that axe-core finds nothing against WCAG 2.2 A and AA and its own best practices in this state of a page.
    pub async fn axe(&self, state: &str) {
        let axe = made("axe/package/axe.min.js");
        let axe = fs::read_to_string(&axe)
            .unwrap_or_else(|error| panic!("{}: {error}; web/check/test fetches it", axe.display()));
        let body = "
            const found = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
            return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} (${node.any.concat(node.all).map((check) => check.message).join('; ')})`).join(' | ')}`);";
        let found = self.run(&format!("{axe};{body}"), Value::Null).await;
        assert_eq!(found, json!([]), "{state}");
    }

    /// The file of this name, once it is downloaded.
    pub async fn downloaded(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        for _ in 0..600 {
            if path.exists() && path.metadata().is_ok_and(|file| file.len() > 0) {
                return path;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} was not downloaded");
    }

    /// The memory of the browser's processes in MB: what each has for itself, and its share of what they share.
    pub fn megabytes(&self) -> u64 {
        let share = |process| {
            let memory = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
            let share = memory
                .lines()
                .find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            share.unwrap_or(0)
        };
        self.processes().into_iter().map(share).sum::<u64>() / 1_024
    }

    /// The seconds that the browser's processes have computed so far, whatever else the machine did.
    pub fn seconds(&self) -> f64 {
        let ticks = |process| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // Behind the name, which may hold blanks: the 12th and 13th are user and system time.
            let (_, behind) = stat.rsplit_once(')').unwrap_or_default();
            behind.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
        };
        self.processes().into_iter().map(ticks).sum::<f64>() / 100.0
    }

    fn processes(&self) -> Vec<u32> {
        let mut processes = vec![self.driver.id()];
        let mut looked_at = 0;
        while let Some(process) = processes.get(looked_at).copied() {
            looked_at += 1;
            for thread in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
                let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
                processes.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
            }
        }
        processes
    }

    async fn chrome(&self, command: &str, parameters: Value) {
        self.tell("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
    }

    async fn find(&self, selector: &str) -> String {
        let found = self.tell("element", json!({ "using": "css selector", "value": selector })).await;
        found.as_object().and_then(|found| found.values().next()?.as_str()).expect("an element").to_owned()
    }

    async fn tell(&self, what: &str, body: Value) -> Value {
        ask(self.client.post(format!("{}/{what}", self.session)).json(&body)).await
    }
}

/// A file that web/check/test has made or fetched.
pub fn made(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/web").join(file)
}

/// A driver, and the port that it listens on.
fn launched(kind: Kind) -> Option<(Child, String)> {
    let (driver, before) = kind.driver();
    let mut driver = Command::new(driver)
        .arg("--port=0")
        .env("LANGUAGE", "en_GB")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{driver}: {error}; web/check/install installs it"));
    let said = BufReader::new(driver.stdout.take().expect("a pipe"));
    let mut lines = said.lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, port) = line.split_once(before)?;
        Some(port.trim_end_matches('.').to_owned())
    });
    // What it says later is read too: a driver that cannot say it ends.
    std::thread::spawn(move || lines.for_each(drop));
    if port.is_none() {
        let _ = driver.wait();
    }
    Some((driver, port?))
}

/// The body of an async function as the driver takes it.
fn script(body: &str, input: impl Into<Value>) -> Value {
    let script = format!(
        "const [input, done] = arguments; (async () => {{ {body} }})().then((value) => done({{ value }}), (error) => done({{ error: String(error) }}));"
    );
    json!({ "script": script, "args": [input.into()] })
}

async fn ask(request: reqwest::RequestBuilder) -> Value {
    let value = value(request).await;
    assert!(value.get("error").is_none_or(|error| !error.is_string() || value.get("message").is_none()), "{value}");
    value
}

/// What the driver answers, which may be an error.
async fn value(request: reqwest::RequestBuilder) -> Value {
    let answer: Value = request.send().await.expect("the driver answers").json().await.expect("JSON");
    answer["value"].clone()
}

impl Drop for Browser {
    /// Ends the session first: a driver that is killed leaves its browser behind.
    fn drop(&mut self) {
        let ended = || -> std::io::Result<()> {
            let (host, path) = self.session.trim_start_matches("http://").split_once('/').unwrap_or_default();
            let mut driver = TcpStream::connect(host)?;
            driver.set_read_timeout(Some(Duration::from_secs(20)))?;
            write!(driver, "DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
            driver.read(&mut [0; 64]).map(drop)
        };
        let _ = ended();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
