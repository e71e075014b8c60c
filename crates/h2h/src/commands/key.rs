use std::fs;

use aws_sdk_ssm::types::{ParameterStringFilter, ParameterType};
use here_to_help::{Kind, Settings};

use crate::command_prelude::*;
use crate::probe::probe;

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
    environment: EnvironmentArgs,
    /// A file with the key alone, so that it does not stand on the command line
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    confirm: Confirm,
}

/// Where the key stands, and the API that took another one.
pub(crate) struct Tried {
    pub(crate) url: String,
    pub(crate) parameter: String,
}

pub(crate) async fn run(args: &Arguments, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let file = args.file.display();
    let key = fs::read_to_string(&args.file).with_context(|| format!("cannot read {file}"))?;
    let key = key.trim();
    ensure!(!key.is_empty(), "{file} is empty: write the key into it");
    let environment = args.environment.connect().await?;
    let tried = attempt(&environment, key).await?;
    let Tried { url, parameter } = &tried;
    args.confirm.ask(&format!(
        "Here to Help ({url}) takes the key in {file}. It would be stored in {parameter} in place of the one that \
         {environment} has."
    ))?;
    store(&environment, &tried, key).await?;
    writeln!(out, "Stored. The posters take it by themselves; `h2h status` shows when posting goes on.")?;
    Ok(Exit::Well)
}

/// Asks Here to Help whether it takes this key. One that it does not take is an error.
pub(crate) async fn attempt(environment: &Environment, key: &str) -> anyhow::Result<Tried> {
    let poster = Function::read(environment, &environment.names.poster).await?;
    let (url, parameter) = (poster.needed("HERE_TO_HELP_BASE_URL")?, poster.needed("HERE_TO_HELP_API_KEY_PARAMETER")?);
    match probe(&Settings::new(url, key.into())).await? {
        Err(error) if error.kind() == Kind::Forbidden => bail!(
            "Here to Help ({url}) does not take this key: nothing was stored. Ask those who run it for the right one"
        ),
        answered => answered.with_context(|| {
            format!(
                "the key could not be tried, and nothing was stored: Here to Help ({url}) does not answer as it should"
            )
        })?,
    }
    Ok(Tried { url: url.to_owned(), parameter: parameter.to_owned() })
}

/// Stores it, encrypted with the key of AWS's that the parameter has now.
pub(crate) async fn store(environment: &Environment, tried: &Tried, key: &str) -> anyhow::Result<()> {
    let parameter = tried.parameter.as_str();
    let filter = ParameterStringFilter::builder().key("Name").option("Equals").values(parameter).build()?;
    let described = environment.clients.ssm.describe_parameters().parameter_filters(filter).send().await;
    let described =
        described.with_context(|| format!("cannot look at {parameter}: you need ssm:DescribeParameters"))?;
    let encrypted_with = described.parameters.unwrap_or_default().into_iter().next().and_then(|one| one.key_id);
    let request = environment.clients.ssm.put_parameter().name(parameter).value(key).set_key_id(encrypted_with);
    let request = request.r#type(ParameterType::SecureString).overwrite(true);
    request.send().await.with_context(|| format!("cannot store {parameter}: you need ssm:PutParameter"))?;
    Ok(())
}
