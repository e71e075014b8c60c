//! `h2h key`.

use std::fs;
use std::io::Write;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use aws_sdk_ssm::types::{ParameterStringFilter, ParameterType};
use clap::Args;
use here_to_help::{Client, Kind, Pace, Settings};
use tokio::time::Instant;

use crate::consent::Consent;
use crate::place::{Pipeline, Place};

/// How long the API is waited for.
const PATIENCE: Duration = Duration::from_secs(40);

/// Store another key for Here to Help, after it was tried
///
/// A key that Here to Help does not take is not stored. The posters take the new one by themselves as soon as the old one is
/// refused, and posting that was paused for that goes on within a minute or two. The key is shown nowhere. Exits with 0 if it is
/// stored, with 1 if it was not agreed to, and with 2 if it failed.
#[derive(Args)]
#[command(after_help = "Examples:
  h2h key --stage staging --file new-key.txt")]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// A file with the key alone, so that it does not stand on the command line
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    consent: Consent,
}

pub(crate) async fn run(arguments: Arguments, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let Arguments { place, file, consent } = arguments;
    let key = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let key = key.trim();
    if key.is_empty() {
        bail!("{} is empty: write the key into it", file.display());
    }
    let pipeline = place.connect().await?;
    let settings = pipeline.settings_of_poster().await?;
    let setting = |name: &str| {
        let value = settings.get(name).filter(|value| !value.trim().is_empty());
        value.ok_or_else(|| anyhow!("the poster is not told {name}: deploy infra"))
    };
    let (url, parameter) = (setting("HERE_TO_HELP_BASE_URL")?, setting("HERE_TO_HELP_API_KEY_PARAMETER")?);
    try_out(url, key).await?;
    let what = format!(
        "Here to Help ({url}) takes the key in {}. It would be stored in {parameter} in place of the one that {place} has.",
        file.display()
    );
    if !consent.ask(&what)? {
        return Ok(ExitCode::FAILURE);
    }
    store(&pipeline, parameter, key).await?;
    writeln!(out, "Stored. The posters take it by themselves; `h2h status` shows when posting goes on.")?;
    Ok(ExitCode::SUCCESS)
}

/// Asks the API with the key, as the posters' probe does.
async fn try_out(url: &str, key: &str) -> anyhow::Result<()> {
    let client = Client::new(&Settings::new(url, key.into()), Pace::share(NonZeroU32::MIN, NonZeroU32::MIN))?;
    match client.invocation(Instant::now() + PATIENCE).probe().await {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == Kind::Forbidden => {
            bail!(
                "Here to Help ({url}) does not take this key: nothing was stored. Ask those who run it for the right one"
            )
        }
        Err(error) => Err(error).with_context(|| {
            format!(
                "the key could not be tried, and nothing was stored: Here to Help ({url}) does not answer as it should"
            )
        }),
    }
}

/// Stores it, encrypted with the key of AWS's that the parameter has now.
async fn store(pipeline: &Pipeline, parameter: &str, key: &str) -> anyhow::Result<()> {
    let filter = ParameterStringFilter::builder().key("Name").option("Equals").values(parameter).build()?;
    let described = pipeline.ssm.describe_parameters().parameter_filters(filter).send().await;
    let described =
        described.with_context(|| format!("cannot look at {parameter}: you need ssm:DescribeParameters"))?;
    let encrypted_with = described.parameters.unwrap_or_default().into_iter().next().and_then(|one| one.key_id);
    let request = pipeline.ssm.put_parameter().name(parameter).value(key).set_key_id(encrypted_with);
    let request = request.r#type(ParameterType::SecureString).overwrite(true);
    request.send().await.with_context(|| format!("cannot store {parameter}: you need ssm:PutParameter"))?;
    Ok(())
}
