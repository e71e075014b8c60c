//! The reporter's settings.

use std::time::Duration;

use chrono::TimeDelta;
use feeds::Direction;
use lambda_support::folders::Folders;
use lambda_support::settings::{Environment, SettingError};

/// Settings of the reporter, from its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ledger's table.
    pub table: String,
    /// The queue of runs whose summary may be due.
    pub reports_queue_url: String,
    /// The queue of rows to post.
    pub rows_queue_url: String,
    /// Its dead letters.
    pub dead_letter_queue_url: String,
    /// The topic of the notices to the data team, if there is one.
    pub notices_topic_arn: Option<String>,
    /// How long nothing may have happened to a run before the sweep takes it for stuck.
    pub patience: TimeDelta,
    /// The name of the parameter that holds Google's credentials.
    pub google_credentials_parameter: String,
    /// Where Google is, if it is not Google.
    pub google_api_url: Option<String>,
    /// The user of the Workspace that the service account acts as, if it does not act as itself.
    pub google_subject: Option<String>,
    /// The first wait before a summary that failed is tried again; it doubles with each receive.
    pub retry: Duration,
    /// Each feed's outbound folder, where it is set.
    pub outbound: Folders,
}

impl Settings {
    /// Reads them. A feed's folder may be missing here; it is asked for when a summary is due.
    ///
    /// # Errors
    /// [`SettingError`], which names the setting and says what it is for.
    pub fn from_env(environment: &Environment<'_>) -> Result<Self, SettingError> {
        let retry = environment.parsed("RETRY_SECONDS", "the first wait before a failed summary is tried again")?;
        let patience =
            environment.parsed("STALLED_SECONDS", "how long nothing may happen to a run before it is swept")?;
        Ok(Self {
            table: environment.required("TABLE_NAME", "the name of the ledger's table")?,
            reports_queue_url: environment
                .required("REPORTS_QUEUE_URL", "the URL of the queue of summaries to write")?,
            rows_queue_url: environment.required("ROWS_QUEUE_URL", "the URL of the queue of rows to post")?,
            dead_letter_queue_url: environment
                .required("DEAD_LETTER_QUEUE_URL", "the URL of the rows queue's dead letters")?,
            notices_topic_arn: environment.text("NOTICES_TOPIC_ARN"),
            patience: patience.map_or(ledger::PATIENCE, |seconds: u32| TimeDelta::seconds(seconds.into())),
            google_credentials_parameter: environment.required(
                "GOOGLE_CREDENTIALS_PARAMETER",
                "the name of the SSM parameter that holds Google's credentials",
            )?,
            google_api_url: environment.text("GOOGLE_API_URL"),
            google_subject: environment.text("GOOGLE_SUBJECT"),
            retry: Duration::from_secs(retry.unwrap_or(60)),
            outbound: Folders::from_env(environment, Direction::Outbound),
        })
    }
}
