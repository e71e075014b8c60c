//! Here to Help, asked as the posters' probe does.

use std::num::NonZeroU32;
use std::time::Duration;

use here_to_help::{Client, Error, Pace, Settings, SetupError};
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_secs(40);

/// Asks the API with these settings: whether it answers, and takes the key. Fails where it cannot be asked with them.
pub(crate) async fn probe(settings: &Settings) -> Result<Result<(), Error>, SetupError> {
    let client = Client::new(settings, Pace::share(NonZeroU32::MIN, NonZeroU32::MIN))?;
    Ok(client.invocation(Instant::now() + PATIENCE).probe().await)
}
