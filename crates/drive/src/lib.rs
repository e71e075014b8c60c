//! Google Drive and Sheets: list a folder, read its files, write files of our own.
//!
//! The facts about Google that the code respects stand in `docs/contract/google-drive.md`. Every request has a timeout;
//! what may pass by itself is repeated with growing waits, up to [`Drive::until`], and then every call fails with what keeps
//! Google from answering. Memory is bounded by a batch, whatever the size of a sheet. No [`Error`] holds a cell, or a sentence
//! of Google's: each says what to do.

mod download;
mod entry;
mod error;
mod failure;
mod file;
mod folder;
mod hidden;
mod http;
mod pace;
mod ranges;
mod retry;
mod sheet;
mod sign_in;
mod upload;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;
use tokio::time::Instant;

pub use entry::{Entry, Kind};
pub use error::{Error, Refusal, Subject};
pub use file::Form;
pub use folder::{Access, Look};
pub use http::Drive;
pub use sheet::SheetReader;
pub use sign_in::Scope;

use http::{Shared, address};
use pace::Pace;
use sign_in::SignIn;

/// The settings that a [`Drive`] is built from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Google's address, where it is not Google: Drive, uploads and Sheets are all looked for under it. Tokens come
    /// from where the credentials say.
    pub api_url: Option<String>,
    /// The JSON of a service-account key (`service_account`) or of workload-identity federation
    /// (`external_account`).
    pub credentials: SecretString,
    /// The user of a Workspace that the service account acts as (domain-wide delegation), where it does not act as
    /// itself: a Workspace can forbid to share with accounts outside of it, as every service account is.
    pub subject: Option<String>,
    /// The permission to ask for.
    pub scope: Scope,
    /// The wait before a request is repeated for the first time; each further wait is twice as long, the seventh is
    /// the last.
    pub first_wait: Duration,
    /// How often the Sheets API may be read in any minute. Google allows 60 for one account.
    pub sheet_reads_per_minute: NonZeroU32,
}

impl Settings {
    /// Google itself, with waits of 1, 2, 4 … 64 s and 45 reads of Sheets a minute.
    pub fn new(credentials: SecretString, scope: Scope) -> Self {
        const READS: NonZeroU32 = NonZeroU32::new(45).expect("45 is not zero");
        Self {
            api_url: None,
            credentials,
            subject: None,
            scope,
            first_wait: Duration::from_secs(1),
            sheet_reads_per_minute: READS,
        }
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
