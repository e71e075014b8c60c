//! A pipeline to talk to: a stage, or a local stack.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use aws::Clients;
use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use chrono::Utc;
use clap::Args;
use ledger::{Ledger, Run};
use operations::dead_letter_queue::DeadLetterQueue;
use operations::redrive::Redriver;
use serde::Deserialize;
use serde_json::Value;

use crate::args::names::RunName;
use crate::schedules::{self, Schedule};

#[derive(Args, Clone)]
#[group(required = true, multiple = false)]
pub(crate) struct EnvironmentArgs {
    /// The stage, such as staging; account and region are those of your AWS profile
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// The folder of a running local stack: what holds its endpoints.json
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct RunArgs {
    /// The first digits of the run's id
    #[arg(value_name = "RUN")]
    name: RunName,
    #[command(flatten)]
    environment: EnvironmentArgs,
}

/// A pipeline to talk to; shown as people call it.
pub(crate) struct Environment {
    pub(crate) ledger: Ledger,
    pub(crate) clients: Clients,
    pub(crate) config: SdkConfig,
    /// The queue of rows to post, and what feeds the poster from it.
    pub(crate) rows: Sqs,
    pub(crate) mapping: Mapping,
    /// The queue of summaries to write, and what feeds the reporter from it.
    pub(crate) reports: Sqs,
    pub(crate) report_mapping: Mapping,
    pub(crate) letters: DeadLetterQueue,
    pub(crate) names: Names,
    shown: String,
}

/// The names of a pipeline's parts; of a queue, its URL.
#[derive(Deserialize)]
pub(crate) struct Names {
    pub(crate) table: String,
    pub(crate) rows_queue: String,
    dead_letter_queue: String,
    pub(crate) reports_queue: String,
    #[serde(skip)]
    pub(crate) splitter: String,
    #[serde(skip)]
    pub(crate) poster: String,
    #[serde(skip)]
    pub(crate) reporter: String,
    /// The group of the schedules; a local stack has none.
    #[serde(skip)]
    schedule_group: Option<String>,
    /// The ARNs of the topics that tell people: alarms and notices. A local stack tells nobody.
    #[serde(skip)]
    pub(crate) topics: Vec<String>,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl RunArgs {
    pub(crate) async fn find(&self) -> anyhow::Result<(Environment, Run)> {
        let environment = self.environment.connect().await?;
        let run = self.name.find(&environment.ledger).await?;
        Ok((environment, run))
    }
}

impl EnvironmentArgs {
    pub(crate) async fn connect(&self) -> anyhow::Result<Environment> {
        let (config, names, shown) = if let Some(stage) = &self.stage {
            let config = aws::config().await;
            let names = names_of(&aws_sdk_ssm::Client::new(&config), stage).await?;
            (config, names, stage.clone())
        } else {
            let folder = self.local.as_deref().context("neither --stage nor --local is given")?;
            let (config, names) = local_stack(folder)?;
            (config, names, format!("the local stack in {}", folder.display()))
        };
        let clients = Clients::new(&config);
        let Clients { dynamodb, lambda, sqs, .. } = clients.clone();
        Ok(Environment {
            ledger: Ledger::new(dynamodb, names.table.as_str(), Arc::new(Utc::now)),
            rows: Sqs::new(sqs.clone(), &names.rows_queue),
            mapping: Mapping::new(lambda.clone(), &names.poster, &names.rows_queue),
            reports: Sqs::new(sqs.clone(), &names.reports_queue),
            report_mapping: Mapping::new(lambda, &names.reporter, &names.reports_queue),
            letters: DeadLetterQueue::new(sqs, &names.dead_letter_queue),
            clients,
            config,
            names,
            shown,
        })
    }
}

impl Environment {
    /// True if it is a local stack, which is not kept.
    pub(crate) fn is_local(&self) -> bool {
        self.names.schedule_group.is_none()
    }

    pub(crate) fn redriver(&self) -> Redriver {
        Redriver {
            ledger: self.ledger.clone(),
            rows: self.rows.clone(),
            letters: self.letters.clone(),
            clock: Arc::new(Utc::now),
        }
    }

    /// The schedules; none where it is a local stack, which calls its functions itself.
    pub(crate) async fn schedules(&self) -> anyhow::Result<Option<Vec<Schedule>>> {
        let Some(group) = &self.names.schedule_group else { return Ok(None) };
        schedules::look(&self.config, group).await.map(Some)
    }

    /// Calls a function with a question. Null where its answer is not JSON.
    pub(crate) async fn ask(&self, function: &str, question: &Value) -> anyhow::Result<Value> {
        let question = Blob::new(question.to_string());
        let answer = self.clients.lambda.invoke().function_name(function).payload(question).send().await?;
        let answer = answer.payload.map(Blob::into_inner).unwrap_or_default();
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }
}

/// A stage's names, where `infra` writes them.
async fn names_of(ssm: &aws_sdk_ssm::Client, stage: &str) -> anyhow::Result<Names> {
    let name = |name: &str| format!("/here-to-help-ingestion/{stage}/{name}");
    let wanted = [
        "table",
        "rows-queue-url",
        "dead-letter-queue-url",
        "reports-queue-url",
        "splitter-function",
        "poster-function",
        "reporter-function",
        "schedule-group",
        "alarms-topic-arn",
        "notices-topic-arn",
    ];
    let request = ssm.get_parameters().set_names(Some(wanted.map(name).to_vec()));
    let answer = request.send().await.with_context(|| {
        format!("cannot read the names of stage {stage} in SSM: check your AWS profile, region and permissions")
    })?;
    let found = answer.parameters.unwrap_or_default().into_iter().filter_map(|one| one.name.zip(one.value));
    let mut found: HashMap<String, String> = found.collect();
    let mut value = |wanted| {
        let wanted = name(wanted);
        found.remove(&wanted).filter(|value| !value.is_empty()).with_context(|| {
            format!("there is no parameter {wanted} in SSM: check the stage's name and region, or deploy infra there")
        })
    };
    Ok(Names {
        table: value("table")?,
        rows_queue: value("rows-queue-url")?,
        dead_letter_queue: value("dead-letter-queue-url")?,
        reports_queue: value("reports-queue-url")?,
        splitter: value("splitter-function")?,
        poster: value("poster-function")?,
        reporter: value("reporter-function")?,
        schedule_group: Some(value("schedule-group")?),
        topics: vec![value("alarms-topic-arn")?, value("notices-topic-arn")?],
    })
}

/// A local stack, by the `endpoints.json` that it writes.
fn local_stack(folder: &Path) -> anyhow::Result<(SdkConfig, Names)> {
    #[derive(Deserialize)]
    struct Endpoints {
        aws: String,
        #[serde(flatten)]
        names: Names,
    }
    let path = folder.join("endpoints.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}: is a local stack up with this folder?", path.display()))?;
    let Endpoints { aws, names } = serde_json::from_str(&text)
        .with_context(|| format!("{} is not as this version of the local stack writes it", path.display()))?;
    let anything_does = Credentials::new("test", "test", None, None, "local stack");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .endpoint_url(aws)
        .credentials_provider(SharedCredentialsProvider::new(anything_does))
        .build();
    let [splitter, poster, reporter] = ["splitter", "poster", "reporter"].map(str::to_owned);
    Ok((config, Names { splitter, poster, reporter, ..names }))
}
