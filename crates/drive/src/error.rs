//! The errors between us and Google, each with what to do about it.

use std::io;
use std::time::Duration;

use reqwest::StatusCode;

/// The subject of a request: the words that a message uses for it.
#[derive(Clone, Debug, PartialEq, Eq, strum::Display)]
pub enum Subject {
    /// A folder, by its id.
    #[strum(to_string = "the folder `{0}`")]
    Folder(String),
    /// A file, by its id.
    #[strum(to_string = "the file `{0}`")]
    File(String),
    /// Getting a token.
    #[strum(to_string = "the sign-in")]
    SignIn,
    /// The rights of the account as a whole.
    #[strum(to_string = "the account")]
    Account,
}

/// A request that Google said no to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    subject: Subject,
    /// The e-mail address of the service account that asked.
    pub(crate) account: String,
    pub(crate) status: u16,
    /// Google's word for it.
    pub(crate) reason: String,
}

impl Refusal {
    pub(crate) fn new(subject: &Subject, account: &str, status: StatusCode, reason: &str) -> Self {
        let (subject, account, reason) = (subject.clone(), account.to_owned(), reason.to_owned());
        Self { subject, account, status: status.as_u16(), reason }
    }
}

/// Why Google did not do what it was asked to do. A `String` alone is the id of the folder or the file.
///
/// No variant holds a cell or a text of Google's: an answer may repeat what a sheet says. A reason is one of
/// Google's own words for a failure (`notFound`, `rateLimitExceeded`).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The setting does not hold what Google gives out as credentials; what is wrong with it, never a part of it.
    #[error(
        "the Google credentials cannot be used: {0}; put the whole JSON of a service-account key, or of a \
         workload-identity configuration, into the parameter that GOOGLE_CREDENTIALS_PARAMETER names"
    )]
    Credentials(String),
    /// The override of Google's address is not an address.
    #[error("GOOGLE_API_URL is not a web address: `{0}`; correct it, or leave it unset for Google itself")]
    ApiUrl(String),
    /// The HTTP client could not be built: no system certificates, for example.
    #[error("the client for Google could not be built: check this machine's certificates")]
    Client(#[source] reqwest::Error),
    /// Google knows the credentials of this account and refuses them, for this reason.
    #[error(
        "Google does not let {0} sign in ({1}): check that the key or federation was not deleted or disabled, and that \
         this machine's clock is right"
    )]
    SignIn(String, String),
    /// Google does not let this account act as this user of the Workspace, for this reason.
    #[error(
        "Google does not let {0} act as {1} ({2}): check that GOOGLE_SUBJECT is a user of your Workspace, and \
         have its administrator delegate the account's client id domain-wide for drive and drive.readonly \
         (docs/deploy.md)"
    )]
    Delegation(String, String, String),
    /// There is no such folder or file, or the service account may not see it: Google answers the same to both.
    #[error("{} cannot be found (404): check its id, and share it with {}", .0.subject, .0.account)]
    NotFound(Refusal),
    /// The service account sees it and may not do this with it.
    #[error(
        "{} is not allowed to do this with {} (403 {}): share it with that address, as Viewer \
         where files are read (as Contributor, if the drive forbids viewers to download), as Content manager where \
         summaries are written", .0.account, .0.subject, .0.reason
    )]
    Forbidden(Refusal),
    /// The outbound folder belongs to a person's own drive.
    #[error(
        "there is no storage for {} (403 storageQuotaExceeded): a service account has none of its own, so \
         outbound folders must be on a shared drive; move the folder to one, and make {} a Content manager there",
        .0.subject, .0.account
    )]
    NoStorage(Refusal),
    /// The Google project behind the service account has the API switched off.
    #[error(
        "the Drive or the Sheets API is switched off in the Google project of {} (403 {}): switch \
         both on there", .0.account, .0.reason
    )]
    ApiDisabled(Refusal),
    /// A refusal that none of the others explains.
    #[error(
        "Google refused a request about {} ({} {}): this is a fault of this program, report it",
        .0.subject, .0.status, .0.reason
    )]
    Refused(Refusal),
    /// Too many requests, or a failure at Google's side; it stayed so for all repeats. Google may have said how long it
    /// wants to be left alone.
    #[error(
        "Google has no answer about {} at the moment ({} {}): it can be tried again later",
        .0.subject, .0.status, .0.reason
    )]
    Busy(Refusal, Option<Duration>),
    /// The id of a folder leads to something that is not a folder, or to one in the trash: which of these.
    #[error("the folder `{0}` {1}: give the id of the folder that is meant, or restore it")]
    BadFolder(String, &'static str),
    /// No connection, or it broke. Its own error is without the address, which may hold a secret.
    #[error("Google cannot be reached about {0}: check this machine's network, and GOOGLE_API_URL if it is set")]
    Unreachable(Subject, #[source] reqwest::Error),
    /// No answer in time.
    #[error("Google did not answer in time about {0}: it can be tried again later")]
    TimedOut(Subject),
    /// An answer that ends too early or is not what Google documents.
    #[error("Google's answer about {0} is not what it should be: it can be tried again later")]
    Unreadable(Subject),
    /// An answer larger than what is taken into memory, in bytes.
    #[error("Google's answer about {0} is larger than {1} bytes")]
    AnswerTooLarge(Subject, usize),
    /// Google said each time that its listing is not complete, or took back its page token.
    #[error("Google did not give the whole listing of the folder `{0}`: it can be tried again later")]
    IncompleteListing(String),
    /// It is not known whether a spreadsheet was made in this folder: it has to be looked for before another is made.
    #[error(
        "it could not be learnt whether Google made a spreadsheet in the folder `{0}`: it can be tried again later"
    )]
    LostCreate(String, #[source] Box<Self>),
    /// The file is not as it was listed any more.
    #[error("the file `{0}` was changed while it was being read: read it again")]
    Changed(String),
    /// The content never matched its checksum.
    #[error("the file `{0}` arrived damaged, twice: it can be tried again later")]
    Damaged(String),
    /// A Google document, a folder, a shortcut: nothing that could be downloaded.
    #[error("the file `{0}` has no content to download: it is neither a CSV nor an XLSX file")]
    NoContent(String),
    /// A spreadsheet of which every tab is hidden or a chart.
    #[error("the Google Sheet `{0}` has no visible tab with cells: show the tab that is to be read")]
    NoTab(String),
    /// A row of this file, as the sheet numbers it, is alone larger than these bytes, which are taken into memory at most.
    #[error("row {1} of the Google Sheet `{0}` is larger than {2} bytes: shorten its cells")]
    RowTooLarge(String, u32, usize),
    /// A download, of so many bytes, that the disk has no room for. Lambda's `/tmp` holds 512 MB unless it is given more.
    #[error(
        "there is no room on this machine's disk to download the file `{}` ({} MB): give the function more \
         ephemeral storage than that; a list that is opened as a Google Sheet needs none",
        .0, .1.div_ceil(1 << 20)
    )]
    NoRoom(String, u64, #[source] io::Error),
    /// The temporary file for a download, or the file to upload.
    #[error("a temporary file could not be read or written: check that there is room on the disk")]
    Disk(#[from] io::Error),
}

impl Error {
    /// True if the same request may succeed later, without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Busy(..)
                | Self::Unreachable(..)
                | Self::TimedOut(_)
                | Self::Unreadable(_)
                | Self::IncompleteListing(_)
                | Self::LostCreate(..)
                | Self::Damaged(_)
        )
    }

    /// True if Google had too much to do: a smaller request may pass where this one did not.
    pub(crate) fn is_overload(&self) -> bool {
        matches!(self, Self::TimedOut(_)) || matches!(self, Self::Busy(refusal, _) if refusal.status >= 500)
    }

    /// How long Google asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy(_, retry_after) => *retry_after,
            Self::LostCreate(_, lost) => lost.retry_after(),
            _ => None,
        }
    }

    /// The connection's error, without the address: an upload's address is a secret, a listing's a nuisance.
    pub(crate) fn connection(subject: &Subject, error: reqwest::Error) -> Self {
        match error.is_timeout() {
            true => Self::TimedOut(subject.clone()),
            false => Self::Unreachable(subject.clone(), error.without_url()),
        }
    }
}
