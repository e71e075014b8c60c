//! Google Drive and Sheets: list a folder, read its files, write files of our own.
//!
//! The facts about Google that the code respects stand in `docs/contract/google-drive.md`. Every request has a timeout;
//! what may pass by itself is repeated with growing waits, up to [`Drive::until`]. Memory is bounded by a batch, whatever
//! the size of a sheet. No [`Error`] holds a cell, or a sentence of Google's: each says what to do.

mod access;
mod download;
mod entry;
mod error;
mod failure;
mod file;
mod hidden;
mod http;
mod listing;
mod merged;
mod pace;
mod ranges;
mod retry;
mod settings;
mod sheet;
mod sign_in;
mod upload;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Url};
use tokio::time::Instant;

pub use access::{Access, Look};
pub use entry::{Entry, Kind};
pub use error::{Error, Refusal, Subject};
pub use file::Form;
pub use settings::{Scope, Settings};
pub use sheet::SheetReader;

use http::address;
use pace::Pace;
use sign_in::SignIn;

/// Google Drive and Sheets, as one service account sees them. A clone shares connections, token and pace.
#[derive(Clone)]
pub struct Drive {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
}

/// The parts that all clones share.
struct Shared {
    client: Client,
    sign_in: SignIn,
    drive: Url,
    upload: Url,
    sheets: Url,
    pace: Pace,
    first_wait: Duration,
}

/// A key or a token is never printed.
impl fmt::Debug for Drive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drive({:?})", self.account())
    }
}

impl Drive {
    /// Reads the settings. Google is first asked for something by the first call.
    ///
    /// # Errors
    /// [`Error::Credentials`], [`Error::ApiUrl`]: a setting is wrong. [`Error::Client`]: no certificates.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let base = |google: &str| {
            let url = settings.api_url.as_deref().unwrap_or(google);
            let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            parsed.ok_or_else(|| Error::ApiUrl(url.to_owned()))
        };
        let shared = Shared {
            client: http::client()?,
            sign_in: SignIn::new(&settings.credentials, settings.subject.clone(), settings.scope)?,
            drive: address(&base("https://www.googleapis.com")?, &["drive", "v3"], &[]),
            upload: address(&base("https://www.googleapis.com")?, &["upload", "drive", "v3", "files"], &[]),
            sheets: address(&base("https://sheets.googleapis.com")?, &["v4", "spreadsheets"], &[]),
            pace: Pace::of(settings.sheet_reads_per_minute),
            first_wait: settings.first_wait,
        };
        Ok(Self { shared: Arc::new(shared), deadline: None })
    }

    /// The same, with all waits and requests ended at `deadline`: the owner has something to finish by then.
    pub fn until(&self, deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..self.clone() }
    }

    /// The e-mail address to share folders with: the service account's, or that of the user it acts as. A federation that
    /// acts as no service account has none.
    pub fn account(&self) -> Option<&str> {
        self.shared.sign_in.account.as_deref()
    }

    /// True if the sign-in is by who the machine is (workload identity): that works in a function, and nowhere else.
    pub fn is_keyless(&self) -> bool {
        self.shared.sign_in.is_keyless()
    }
}
