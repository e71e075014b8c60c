//! Faults that a test asked for.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use super::calls::{Api, Call};
use super::entry::Folder;
use super::error::ApiError;

/// The faults to make. As JSON an unknown key is an error; `{}` means no faults.
///
/// The same seed and the same order of calls give the same faults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Of what `share` and `latency_ms` draw.
    pub seed: u64,
    /// The calls that `share` and `next` strike; empty: every call that the fault fits.
    pub calls: BTreeSet<Call>,
    /// The share of calls that a fault strikes, 0 to 1.
    pub share: BTreeMap<Fault, f64>,
    /// How many of the next calls a fault strikes for certain.
    pub next: BTreeMap<Fault, u32>,
    /// Least and most time, in milliseconds, that a call waits before it is looked at.
    pub latency_ms: [u64; 2],
    /// Every connection is cut without an answer.
    pub unreachable: bool,
    /// Folders that the service account was not given: they, and what is in them, are 404.
    pub not_shared: BTreeSet<Folder>,
    /// Folders of a person's own drive: nothing can be made in them (403 `storageQuotaExceeded`).
    pub not_on_shared_drive: BTreeSet<Folder>,
    /// Folders whose files the service account may look at and not download (403 `cannotDownloadFile`): its drive forbids that to
    /// viewers.
    pub no_download: BTreeSet<Folder>,
    /// The service account itself sees no folder: its Workspace forbids to share with accounts outside of it.
    pub no_external_sharing: bool,
    /// Users of the Workspace that the service account may act as (domain-wide delegation).
    pub delegated: BTreeSet<String>,
    /// After the first look at a Google Sheet that was just converted, its time and version move once more.
    pub conversion_goes_on: bool,
    /// The largest upload, in bytes, that is converted to a Google Sheet. Google's 100 MiB if not given.
    pub max_import_bytes: Option<u64>,
    /// Changes to files in the middle of their being read.
    pub on_read: Vec<OnRead>,
}

/// One way in which a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// 403 `rateLimitExceeded`: to be retried (Drive).
    RateLimitExceeded,
    /// 403 `userRateLimitExceeded`: to be retried (Drive).
    UserRateLimitExceeded,
    /// 403 `insufficientFilePermissions`: not to be retried (Drive).
    InsufficientFilePermissions,
    /// 429.
    TooManyRequests,
    /// 500.
    InternalError,
    /// 503.
    Unavailable,
    /// 401, and the access token is ended for good: a new one is needed.
    ExpiredToken,
    /// The call is done, and the connection cut before the answer.
    AnswerLost,
    /// A listing that says `incompleteSearch` and leaves out every second file.
    IncompleteSearch,
    /// A page token is refused: 400.
    PageTokenRejected,
    /// A download ends in the middle, without an error.
    HalfDownload,
    /// The connection is cut when half of an upload's piece has come.
    UploadCut,
}

/// A change to a file once it has been read often enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnRead {
    /// The file's name in Drive, or its id.
    pub file: String,
    /// After how many reads: downloads, or answers with cells.
    pub reads: u32,
    /// The change that happens to it then.
    pub change: Change,
}

/// A change that a person makes to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Text is added at the end (of a CSV).
    Append(String),
    /// The same, from a machine whose clock runs an hour ahead: until then the file was not left alone for long enough.
    AppendAhead(String),
    /// Saved again with the same content.
    Touch,
    /// Given another name.
    Rename(String),
    /// Put in the bin.
    Trash,
    /// Gone.
    Delete,
}

impl Fault {
    fn fits(self, call: Call) -> bool {
        match self {
            Self::RateLimitExceeded | Self::UserRateLimitExceeded | Self::InsufficientFilePermissions => {
                call.api() == Api::Drive && call != Call::Token
            }
            Self::TooManyRequests | Self::InternalError | Self::Unavailable | Self::ExpiredToken | Self::AnswerLost => {
                call != Call::Token
            }
            Self::IncompleteSearch | Self::PageTokenRejected => call == Call::FilesList,
            Self::HalfDownload => call == Call::FilesDownload,
            Self::UploadCut => call == Call::UploadChunk,
        }
    }
}

/// The faults in force, and which were made.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) settings: Faults,
    pub(super) made: BTreeMap<Fault, u64>,
    draws: BTreeMap<Fault, StdRng>,
    latency: Option<StdRng>,
}

impl Plan {
    /// Puts other faults in force; what was made so far is kept.
    pub(super) fn set(&mut self, settings: Faults) {
        self.draws.clear();
        self.latency = Some(StdRng::seed_from_u64(settings.seed));
        self.settings = settings;
    }

    /// True if this fault strikes this call.
    pub(super) fn strikes(&mut self, fault: Fault, call: Call) -> bool {
        let aimed_at = self.settings.calls.is_empty() || self.settings.calls.contains(&call);
        if !fault.fits(call) || !aimed_at {
            return false;
        }
        let certain = match self.settings.next.get_mut(&fault) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        let strikes = certain
            || self.settings.share.get(&fault).is_some_and(|share| {
                let seed = self.settings.seed.wrapping_mul(1_000).wrapping_add(fault as u64 + 1);
                let draw: f64 = self.draws.entry(fault).or_insert_with(|| StdRng::seed_from_u64(seed)).random();
                draw < *share
            });
        if strikes {
            *self.made.entry(fault).or_default() += 1;
        }
        strikes
    }

    /// The error that a call meets before it is done.
    pub(super) fn refusal(&mut self, call: Call) -> Option<ApiError> {
        let error = if self.strikes(Fault::RateLimitExceeded, call) {
            ApiError::new(StatusCode::FORBIDDEN, "rateLimitExceeded", "Rate Limit Exceeded")
        } else if self.strikes(Fault::UserRateLimitExceeded, call) {
            ApiError::new(StatusCode::FORBIDDEN, "userRateLimitExceeded", "User Rate Limit Exceeded")
        } else if self.strikes(Fault::InsufficientFilePermissions, call) {
            ApiError::new(
                StatusCode::FORBIDDEN,
                "insufficientFilePermissions",
                "The user does not have sufficient permissions for this file.",
            )
        } else if self.strikes(Fault::TooManyRequests, call) {
            ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rateLimitExceeded",
                "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user'.",
            )
        } else if self.strikes(Fault::InternalError, call) {
            ApiError::internal("Internal Error")
        } else if self.strikes(Fault::Unavailable, call) {
            let unavailable = StatusCode::SERVICE_UNAVAILABLE;
            ApiError::new(unavailable, "backendError", "The service is currently unavailable.")
        } else {
            return None;
        };
        Some(error)
    }

    /// How long this call waits, in milliseconds.
    pub(super) fn latency(&mut self) -> u64 {
        let [least, most] = self.settings.latency_ms;
        match &mut self.latency {
            Some(draws) if most > least => draws.random_range(least..=most),
            _ => least,
        }
    }

    /// Notes that a file was read; answers what happens to it now.
    pub(super) fn read(&mut self, id: &str, name: &str) -> Vec<Change> {
        let mut due = Vec::new();
        self.settings.on_read.retain_mut(|hook| {
            if hook.file != id && hook.file != name {
                return true;
            }
            hook.reads = hook.reads.saturating_sub(1);
            if hook.reads == 0 {
                due.push(hook.change.clone());
            }
            hook.reads > 0
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(json: &str) -> Plan {
        let mut plan = Plan::default();
        plan.set(serde_json::from_str(json).expect("faults"));
        plan
    }

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        let strikes = |seed: u64| -> Vec<bool> {
            let mut plan = plan(&format!(r#"{{"seed":{seed},"share":{{"unavailable":0.3}}}}"#));
            (0..200).map(|_| plan.strikes(Fault::Unavailable, Call::ValuesGet)).collect()
        };
        assert_eq!(strikes(7), strikes(7));
        assert_ne!(strikes(7), strikes(8));
        let struck = strikes(7).into_iter().filter(|struck| *struck).count();
        assert!((30..90).contains(&struck), "{struck} of 200 at a share of 0.3");
    }

    #[test]
    fn the_next_calls_are_struck_for_certain_and_only_where_the_fault_fits() {
        let mut plan = plan(r#"{"next":{"half_download":2,"internal_error":1},"calls":["drive.files.download"]}"#);
        assert!(!plan.strikes(Fault::HalfDownload, Call::FilesList));
        assert!(plan.strikes(Fault::HalfDownload, Call::FilesDownload));
        assert!(plan.strikes(Fault::HalfDownload, Call::FilesDownload));
        assert!(!plan.strikes(Fault::HalfDownload, Call::FilesDownload));
        assert!(!plan.strikes(Fault::InternalError, Call::FilesList), "not among the calls");
        assert!(plan.strikes(Fault::InternalError, Call::FilesDownload));
        assert_eq!(plan.made[&Fault::HalfDownload], 2);
    }

    #[test]
    fn unknown_keys_faults_calls_and_folders_are_errors() {
        for json in [
            r#"{"sead":1}"#,
            r#"{"share":{"rate_limit":0.1}}"#,
            r#"{"calls":["drive.files.copy"]}"#,
            r#"{"not_shared":["spl"]}"#,
            r#"{"on_read":[{"file":"a","reads":1,"change":"shred"}]}"#,
        ] {
            assert!(serde_json::from_str::<Faults>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn latency_is_drawn_between_its_bounds_the_same_for_the_same_seed() {
        let waits = |seed: u64| -> Vec<u64> {
            let mut plan = plan(&format!(r#"{{"seed":{seed},"latency_ms":[80,90]}}"#));
            (0..20).map(|_| plan.latency()).collect()
        };
        assert!(waits(1).iter().all(|wait| (80..=90).contains(wait)));
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
        assert_eq!(plan(r#"{"latency_ms":[5,5]}"#).latency(), 5);
        assert_eq!(plan("{}").latency(), 0);
    }

    #[test]
    fn a_file_changes_after_so_many_reads() {
        let mut plan = plan(r#"{"on_read":[{"file":"a.csv","reads":2,"change":{"rename":"b.csv"}}]}"#);
        assert_eq!(plan.read("id", "a.csv"), []);
        assert_eq!(plan.read("id", "other.csv"), []);
        assert_eq!(plan.read("id", "a.csv"), [Change::Rename("b.csv".to_owned())]);
        assert_eq!(plan.read("id", "a.csv"), []);
    }
}
