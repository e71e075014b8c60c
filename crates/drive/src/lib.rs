//! Google Drive and Sheets: list a folder, read its files, write files of our own.
//!
//! The facts about Google that the code respects stand in `docs/contract/google-drive.md`. In short:
//!
//! - [`Drive::list`] gives a folder whole; files are chosen by the caller, never by a query.
//! - [`Drive::download`] brings a CSV or XLSX file into a temporary file that has no name; [`Drive::sheet`] reads a
//!   Google Sheet batch by batch. Memory is bounded by a batch, whatever the size of the sheet.
//! - [`Drive::find_or_create`] and [`Drive::replace_content`] write a file; both are idempotent.
//! - Every request has a timeout. What may pass by itself is repeated with growing waits, up to [`Drive::until`].
//! - No [`Error`] holds a cell, or a sentence of Google's: each says what to do.

mod access;
mod addresses;
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

use tokio::time::Instant;

pub use access::{Access, Look};
pub use entry::{Entry, Kind};
pub use error::{Error, Refusal, Subject};
pub use file::Form;
pub use settings::{Scope, Settings};
pub use sheet::SheetReader;

use addresses::Addresses;
use http::{Api, Shared};
use pace::Pace;
use sign_in::SignIn;

/// Google Drive and Sheets, as one service account sees them. A clone shares connections, token and pace.
#[derive(Clone)]
pub struct Drive {
    api: Api,
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
        let shared = Shared {
            client: http::client()?,
            sign_in: SignIn::new(&settings.credentials, settings.subject.clone(), settings.scope)?,
            addresses: Addresses::under(settings.api_url.as_deref())?,
            pace: Pace::of(settings.sheet_reads_per_minute),
            first_wait: settings.first_wait,
        };
        Ok(Self { api: Api { shared: Arc::new(shared), deadline: None } })
    }

    /// The same, with all waits and requests ended at `deadline`: the owner has something to finish by then.
    pub fn until(&self, deadline: Instant) -> Self {
        Self { api: Api { deadline: Some(deadline), ..self.api.clone() } }
    }

    /// The e-mail address to share folders with: the service account's, or that of the user it acts as. A federation that
    /// acts as no service account has none.
    pub fn account(&self) -> Option<&str> {
        self.api.shared.sign_in.account()
    }

    /// The sign-in is by who the machine is (workload identity): that works in a function, and nowhere else.
    pub fn is_keyless(&self) -> bool {
        self.api.shared.sign_in.is_keyless()
    }
}
