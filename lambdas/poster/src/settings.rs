//! The poster's settings.

use std::num::NonZeroU32;
use std::time::Duration;

use here_to_help::MayWait;
use lambda_support::settings::{Environment, SettingError};

/// The poster's settings, from its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ledger's table.
    pub table: String,
    /// The function's own name, by which its event source mapping is found.
    pub function: String,
    /// The queue of rows, where waiting rows are sent again.
    pub rows_queue_url: String,
    /// The API's base URL, `/api/` at its end.
    pub api_base_url: String,
    /// The name of the parameter that holds the API's key.
    pub api_key_parameter: String,
    /// The name of the parameter that holds the stage's hash key.
    pub hash_key_parameter: String,
    /// How many calls a second were agreed for all posters together.
    pub calls_per_second: NonZeroU32,
    /// How many posters may run at once: each keeps to its share of the pace.
    pub concurrency: NonZeroU32,
    /// How many calls may wait at the API for others, on average.
    pub may_wait: MayWait,
    /// How often a row is received before it is a dead letter: the rows queue's `maxReceiveCount`.
    pub max_receives: u32,
    /// The first wait before a failed row is tried again; it doubles with each receive.
    pub retry: Duration,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    /// [`SettingError`], which names the setting and says what it is for.
    pub fn from_env(environment: &Environment<'_>) -> Result<Self, SettingError> {
        let number = |name, meaning, default: NonZeroU32| {
            environment.parsed::<NonZeroU32>(name, meaning).map(|set| set.unwrap_or(default))
        };
        Ok(Self {
            table: environment.required("TABLE_NAME", "the name of the ledger's table")?,
            function: environment.required("AWS_LAMBDA_FUNCTION_NAME", "the function's own name, which Lambda sets")?,
            rows_queue_url: environment.required("ROWS_QUEUE_URL", "the URL of the queue of rows to post")?,
            api_base_url: environment
                .required("HERE_TO_HELP_BASE_URL", "the URL of the Here to Help API, which ends in /api/")?,
            api_key_parameter: environment
                .required("HERE_TO_HELP_API_KEY_PARAMETER", "the name of the SSM parameter that holds the API's key")?,
            hash_key_parameter: environment
                .required("HASH_KEY_PARAMETER", "the name of the SSM parameter that holds the stage's hash key")?,
            calls_per_second: number("API_CALLS_PER_SECOND", "the calls a second agreed with the API", FIFTY)?,
            concurrency: number("POSTER_CONCURRENCY", "how many posters may run at once", TEN)?,
            may_wait: environment
                .parsed("CALLS_THAT_MAY_WAIT", "how many calls may wait at the API for others, on average")?
                .unwrap_or_default(),
            max_receives: number("MAX_RECEIVES", "the rows queue's maxReceiveCount", EIGHT)?.get(),
            retry: Duration::from_secs(
                number("RETRY_SECONDS", "the first wait before a failed row is tried again", SIXTY)?.get().into(),
            ),
        })
    }
}

const FIFTY: NonZeroU32 = NonZeroU32::MIN.saturating_add(49);
const TEN: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
const EIGHT: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);
const SIXTY: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
