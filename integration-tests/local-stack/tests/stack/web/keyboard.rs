//! The page without a mouse: where the keyboard goes, and where it stays while parts of the page are replaced.

use local_stack::{Options, Stack};
use serde_json::Value;

use super::page::Page;
use crate::common::h2h::H2h;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
/// A page has no more stops than this before its main part's end.
const STOPS: usize = 40;

impl Page {
    /// The text of what the keyboard is on.
    async fn focused(&self) -> String {
        let at = "const at = document.activeElement; return (at.labels?.[0] ?? at).innerText ?? ''";
        self.run(at, Value::Null).await.as_str().expect("text").trim().to_owned()
    }

    /// Goes on with the keyboard, stop by stop, to what is called so.
    async fn tab_to(&self, text: &str) {
        let mut stops = Vec::new();
        for _ in 0..STOPS {
            self.press(TAB).await;
            stops.push(self.focused().await);
            if stops.last().is_some_and(|stop| stop.starts_with(text)) {
                return;
            }
        }
        panic!("there is no way to {text}: {stops:?}");
    }

    /// Goes to a link or button and presses it; it leads to the page of this title.
    async fn enter(&self, text: &str, title: &str) {
        self.tab_to(text).await;
        self.press(ENTER).await;
        self.until(&format!("document.querySelector('h1')?.innerText.startsWith('{title}')")).await;
        self.until("document.readyState === 'complete'").await;
    }
}

#[tokio::test]
async fn posting_is_paused_and_resumed_without_a_mouse() {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = folder.path().canonicalize().expect("a path");
    let stack = Stack::start(Options::new(&drive)).await.expect("the stack starts");
    let h2h = H2h::build(&drive).await;
    let page = Page::open(&h2h).await;
    page.says("#posting", "Posting is running").await;

    // The first stop leads past the links to the other pages.
    page.tab_to("Go to the page").await;
    page.press(ENTER).await;
    page.until("document.activeElement.id === 'main'").await;
    page.press(TAB).await;
    assert_eq!(page.focused().await, "Pause posting …");
    page.press(ENTER).await;
    page.until("document.querySelector('h1')?.innerText === 'Pause posting?'").await;
    page.tab_to("Why").await;
    page.press("An upgrade").await;
    page.enter("Pause posting", "Posting is paused").await;
    page.enter("Now", "Now").await;
    page.says("#posting", "An upgrade").await;

    // Somebody else resumes it: the keyboard stays where it was, and goes on from there.
    page.tab_to("Another key").await;
    h2h.run(&["resume", "--yes"]).await;
    page.says("#posting", "Posting is running").await;
    assert_eq!(page.focused().await, "Another key …");

    // Every other page, a list that is filtered, and a question that is not agreed to.
    page.enter("Doctor", "Doctor").await;
    page.enter("Charts", "Charts").await;
    page.enter("Check a sheet", "Check a sheet").await;
    page.enter("Runs", "Runs").await;
    page.tab_to("Feed").await;
    page.enter("Show", "Runs").await;
    page.enter("Now", "Now").await;
    page.enter("Pause posting", "Pause posting?").await;
    page.enter("No, go back", "Now").await;
    page.says("#posting", "Posting is running").await;
    stack.stop().await.expect("the stack stops");
}
