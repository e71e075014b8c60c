//! A browser in which the check is open.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use testkit::browser;

/// A browser, opened by the page's file, as a double click does.
pub(crate) struct Browser(browser::Browser);

impl Browser {
    pub(crate) async fn start() -> Self {
        let browser = Self(browser::Browser::start().await);
        browser.open().await;
        browser
    }

    /// Opens the page anew.
    pub(crate) async fn open(&self) {
        let page = page();
        assert!(page.exists(), "{} is not there: run web/check/build", page.display());
        self.0.open(&format!("file://{}", page.display())).await;
    }

    /// Chooses files in the page, as a person does in the dialogue.
    pub(crate) async fn choose(&self, files: &[&Path]) {
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        self.type_into("#choose", &names.join("\n")).await;
    }
}

impl Deref for Browser {
    type Target = browser::Browser;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The page that web/check/build has made.
pub(crate) fn page() -> PathBuf {
    browser::made("here-to-help-check.html")
}
