//! The settings that a `Drive` is built from.

use std::{num::NonZeroU32, time::Duration};

use secrecy::SecretString;

/// The permission that the account asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// To list and read: the splitter.
    ReadOnly,
    /// To write as well: the reporter. Less would hide the folder that it was given.
    ReadWrite,
}

impl Scope {
    pub(crate) fn url(self) -> &'static str {
        match self {
            Self::ReadOnly => "https://www.googleapis.com/auth/drive.readonly",
            Self::ReadWrite => "https://www.googleapis.com/auth/drive",
        }
    }
}

/// The settings that a [`Drive`](crate::Drive) is built from.
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
