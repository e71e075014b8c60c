//! Google's folders, looked at for a command.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use aws_sdk_lambda::primitives::Blob;
use drive::{Drive, Look, Scope};
use serde_json::{Value, json};
use service::secrets::Secrets;
use tokio::time::Instant;

use crate::place::Pipeline;

/// How long Google is waited for.
const PATIENCE: Duration = Duration::from_secs(40);

/// Google, as a command sees it.
pub(crate) struct Google<'a> {
    drive: Drive,
    /// Where the splitter has to look: without a key, only a function can sign in.
    splitter: Option<&'a Pipeline>,
}

impl<'a> Google<'a> {
    /// Google as a function with these settings speaks to it.
    pub(crate) async fn of(
        pipeline: &'a Pipeline,
        setting: impl Fn(&str) -> Option<String>,
        scope: Scope,
    ) -> anyhow::Result<Self> {
        let parameter = setting("GOOGLE_CREDENTIALS_PARAMETER")
            .ok_or_else(|| anyhow!("the function is not told GOOGLE_CREDENTIALS_PARAMETER: deploy infra"))?;
        let credentials = Secrets::new(pipeline.ssm.clone()).read(&parameter).await?;
        let settings = drive::Settings {
            api_url: setting("GOOGLE_API_URL"),
            subject: setting("GOOGLE_SUBJECT"),
            ..drive::Settings::new(credentials, scope)
        };
        let drive = Drive::new(&settings).context("the credentials in that parameter are no good")?;
        Ok(Self { splitter: drive.is_keyless().then_some(pipeline), drive })
    }

    /// Whom to share folders with.
    pub(crate) fn account(&self) -> &str {
        self.drive.account().unwrap_or("this service's account")
    }

    /// Looks at a folder.
    pub(crate) async fn look(&self, folder: &str) -> anyhow::Result<Look> {
        match self.splitter {
            Some(pipeline) => ask(pipeline, folder).await,
            None => Ok(self.drive.until(Instant::now() + PATIENCE).look(folder).await?),
        }
    }
}

async fn ask(pipeline: &Pipeline, folder: &str) -> anyhow::Result<Look> {
    let splitter = pipeline.splitter();
    let question = Blob::new(json!({ "look": folder }).to_string());
    let answer = pipeline.lambda.invoke().function_name(splitter).payload(question).send().await;
    let answer = answer.with_context(|| format!("cannot ask {splitter}: check that you may call lambda:InvokeFunction"))?;
    let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
    let answer: Value = serde_json::from_slice(&payload).unwrap_or_default();
    if let Some(problem) = answer["problem"].as_str() {
        bail!("{problem}");
    }
    serde_json::from_value(answer)
        .with_context(|| format!("{splitter} did not answer: look at its log; `h2h doctor` says which version it is"))
}
