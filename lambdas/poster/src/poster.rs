//! The poster as a whole.

use std::num::NonZeroU32;
use std::time::Duration;

use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws::secrets::Secrets;
use here_to_help::Client;
use ledger::{Clock, HashKey, Ledger};

use crate::AtOnce;

/// Everything that the poster works with, built once at cold start.
pub struct Poster {
    /// Runs, rows, leases and the circuit breaker.
    pub ledger: Ledger,
    /// The API.
    pub api: Client,
    /// Where the API's key is kept.
    pub secrets: Secrets,
    /// The name of the parameter that holds it.
    pub api_key_parameter: String,
    /// The key of the leases' hashes: all posters of a stage have the same one.
    pub hash_key: HashKey,
    /// The rows queue.
    pub queue: Sqs,
    /// How the rows queue leads to this function.
    pub mapping: Mapping,
    /// How many calls a second were agreed for all posters together.
    pub calls_per_second: NonZeroU32,
    /// How many posters may run at once.
    pub concurrency: NonZeroU32,
    /// When this poster may begin a row.
    pub at_once: AtOnce,
    /// The source of the time.
    pub clock: Clock,
    /// How often a row is received before it is a dead letter.
    pub max_receives: u32,
    /// The first wait before a failed row is tried again.
    pub retry: Duration,
}
