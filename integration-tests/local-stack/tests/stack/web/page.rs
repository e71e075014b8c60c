//! The page of `h2h web`, served and open in a browser.

use std::ops::Deref;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use testkit::browser::Browser;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::common::h2h::H2h;
use crate::common::until;

pub(super) struct Page {
    browser: Browser,
    /// Where it is, without the page's name.
    pub(super) root: String,
    _server: Child,
}

impl Page {
    /// Serves it for this stack, and opens it.
    pub(super) async fn open(h2h: &H2h) -> Self {
        Self::open_from(h2h, Path::new("/")).await
    }

    /// The same, called from this folder.
    pub(super) async fn open_from(h2h: &H2h, folder: &Path) -> Self {
        let mut command = h2h.command(&["web"]);
        let mut server = command.current_dir(folder).stdout(Stdio::piped()).spawn().expect("h2h runs");
        let mut said = BufReader::new(server.stdout.take().expect("a pipe")).lines();
        let line = said.next_line().await.expect("a line").expect("it says its address");
        let (_, address) = line.split_once(": ").expect("an address");
        let root = address.strip_suffix("/now").expect("it begins with now").to_owned();
        let page = Self { browser: Browser::start().await, root, _server: server };
        page.go("now").await;
        page
    }

    /// Opens one of its pages by its name.
    pub(super) async fn go(&self, place: &str) {
        self.browser.open(&format!("{}/{place}", self.root)).await;
    }

    /// Opens somebody else's page in the same browser.
    pub(super) async fn open_other(&self, url: &str) {
        self.browser.open(url).await;
    }

    /// Presses the link or button with this text, which leads to another page, and waits for that.
    pub(super) async fn press_on(&self, text: &str) {
        let press = "
            const all = [...document.querySelectorAll('main a, main button')];
            const one = all.find((one) => one.innerText.trim().startsWith(input));
            if (!one) return all.map((one) => one.innerText);
            document.body.dataset.left = 'true';
            setTimeout(() => one.click());
            return true;";
        let pressed = self.run(press, text).await;
        assert_eq!(pressed, true, "there is no {text} on {}", self.text("h1").await);
        self.arrived().await;
    }

    /// Waits until the page that was left is another one. While it loads, the driver has no page to look at.
    async fn arrived(&self) {
        for _ in 0..600 {
            let is_left =
                self.run("return document.readyState === 'complete' && !document.body.dataset.left", Value::Null);
            if is_left.await == true {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("it leads nowhere");
    }

    /// Waits until an element says this.
    pub(super) async fn says(&self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        self.until(&format!("document.querySelector({selector})?.innerText.includes({text})")).await;
    }

    /// Waits, as whoever looks at the page does, until a run is in this state and waits for nothing; opens it.
    pub(super) async fn open_once(&self, name: &str, state: &str) {
        let row = "return [...document.querySelectorAll('tbody tr')].find((row) => row.innerText.includes(input))?.innerText ?? ''";
        until(name, async || {
            self.go("runs").await;
            let row = self.run(row, name).await;
            row.as_str().is_some_and(|row| row.contains(state) && !row.contains('…')).then_some(())
        })
        .await;
        self.press_on(name).await;
    }

    /// Loads the page again and again, until it says this.
    pub(super) async fn refreshed_until(&self, text: &str) {
        let address = self.run("return location.href", Value::Null).await;
        until(text, async || {
            self.browser.open(address.as_str().expect("text")).await;
            self.body().await.contains(text).then_some(())
        })
        .await;
    }

    /// A word of its address.
    pub(super) async fn word(&self, name: &str) -> String {
        let word = self.run("return new URLSearchParams(location.search).get(input)", name).await;
        word.as_str().expect("such a word").to_owned()
    }

    pub(super) async fn body(&self) -> String {
        self.text("main").await
    }

    /// Asserts that everybody can use what is shown: light and dark, narrow and wide.
    pub(super) async fn is_for_everybody(&self, state: &str) {
        for scheme in ["light", "dark"] {
            for width in [375, 1_600] {
                self.look(width, 900, scheme).await;
                self.axe(&format!("{state}, {scheme}, {width}")).await;
                let overflow = self.run("return document.documentElement.scrollWidth - innerWidth", Value::Null).await;
                assert!(overflow.as_i64() <= Some(0), "{state} at {width} is scrolled sideways");
            }
        }
        self.look(1_280, 900, "light").await;
    }
}

impl Deref for Page {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}
