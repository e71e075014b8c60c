//! A pipeline to talk to: a stage, or a local stack.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use aws::Clients;
use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use chrono::Utc;
use ledger::{Ledger, Run};
use operations::dead_letter_queue::DeadLetterQueue;
use operations::redrive::Redriver;
use serde::Deserialize;
use serde_json::Value;

use crate::args::environment::{EnvironmentArgs, RunArgs};
use crate::schedules::Schedules;

/// Where `infra` writes a stage's names: `/here-to-help-ingestion/<stage>/<name>`.
const PARAMETERS: &str = "/here-to-help-ingestion";

/// A pipeline to talk to; shown as people call it.
pub struct Environment {
    /// Runs and rows.
    pub(crate) ledger: Ledger,
    /// The queues.
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// The functions.
    pub(crate) lambda: aws_sdk_lambda::Client,
    /// The table as such; what it holds is the ledger's.
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    /// Parameters.
    pub(crate) ssm: aws_sdk_ssm::Client,
    /// Region and credentials.
    pub(crate) config: SdkConfig,
    /// The queue of rows to post, and what feeds the poster from it.
    pub(crate) rows: Sqs,
    pub(crate) mapping: Mapping,
    /// The queue of summaries to write, and what feeds the reporter from it.
    pub(crate) reports: Sqs,
    pub(crate) report_mapping: Mapping,
    /// The dead-letter queue.
    pub(crate) letters: DeadLetterQueue,
    /// The names of its parts.
    pub(crate) names: Names,
    shown: String,
}

/// The names of a pipeline's parts.
pub(crate) struct Names {
    pub(crate) table: String,
    /// Queues, by their URLs.
    pub(crate) rows_queue: String,
    pub(crate) dead_letter_queue: String,
    pub(crate) reports_queue: String,
    /// Functions.
    pub(crate) splitter: String,
    pub(crate) poster: String,
    pub(crate) reporter: String,
    /// The group of the schedules; a local stack has none.
    schedule_group: Option<String>,
    /// The ARNs of the topics that tell people: alarms and notices. A local stack tells nobody.
    pub(crate) topics: Vec<String>,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Environment {
    /// Finds out where everything is.
    ///
    /// # Errors
    /// The stage's names or the local stack's endpoints cannot be read.
    pub async fn connect(args: &EnvironmentArgs) -> anyhow::Result<Self> {
        let (config, names) = match (&args.stage, &args.local) {
            (Some(stage), _) => {
                let config = aws::config().await;
                let names = names_of(&aws_sdk_ssm::Client::new(&config), stage).await?;
                (config, names)
            }
            (None, Some(local)) => {
                let endpoints = Endpoints::read(local)?;
                (endpoints.config(), endpoints.names())
            }
            (None, None) => bail!("neither --stage nor --local is given"),
        };
        let Clients { dynamodb, lambda, sqs, ssm, .. } = Clients::new(&config);
        Ok(Self {
            ledger: Ledger::new(dynamodb.clone(), names.table.as_str(), Arc::new(Utc::now)),
            rows: Sqs::new(sqs.clone(), &names.rows_queue),
            mapping: Mapping::new(lambda.clone(), &names.poster, &names.rows_queue),
            reports: Sqs::new(sqs.clone(), &names.reports_queue),
            report_mapping: Mapping::new(lambda.clone(), &names.reporter, &names.reports_queue),
            letters: DeadLetterQueue::new(sqs.clone(), &names.dead_letter_queue),
            sqs,
            lambda,
            dynamodb,
            ssm,
            config,
            names,
            shown: args.to_string(),
        })
    }

    /// Finds out where everything is, and the run.
    ///
    /// # Errors
    /// As [`connect`](Self::connect); no run or several have this name.
    pub async fn with_run(args: &RunArgs) -> anyhow::Result<(Self, Run)> {
        let environment = Self::connect(&args.environment).await?;
        let run = args.name.find(&environment.ledger).await?;
        Ok((environment, run))
    }

    /// True if it is a local stack, which is not kept.
    pub(crate) fn is_local(&self) -> bool {
        self.names.schedule_group.is_none()
    }

    /// The redriver, which sends dead rows again.
    pub(crate) fn redriver(&self) -> Redriver {
        Redriver {
            ledger: self.ledger.clone(),
            rows: self.rows.clone(),
            letters: self.letters.clone(),
            clock: Arc::new(Utc::now),
        }
    }

    /// The schedules; none where it is a local stack, which calls its functions itself.
    pub(crate) async fn schedules(&self) -> anyhow::Result<Option<Schedules>> {
        let Some(group) = &self.names.schedule_group else { return Ok(None) };
        let client = aws_sdk_scheduler::Client::new(&self.config);
        Schedules::look(&client, group).await.map(Some)
    }

    /// Calls a function with a question. Null where its answer is not JSON.
    pub(crate) async fn ask(&self, function: &str, question: &Value) -> Result<Value, SdkError<InvokeError>> {
        let question = Blob::new(question.to_string());
        let answer = self.lambda.invoke().function_name(function).payload(question).send().await?;
        let answer = answer.payload.map(Blob::into_inner).unwrap_or_default();
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }
}

/// A stage's names, from SSM.
async fn names_of(ssm: &aws_sdk_ssm::Client, stage: &str) -> anyhow::Result<Names> {
    let name = |name: &str| format!("{PARAMETERS}/{stage}/{name}");
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
    let parameters = answer.parameters.unwrap_or_default();
    let value = |wanted: &str| {
        let wanted = name(wanted);
        let found = parameters.iter().find(|one| one.name.as_deref() == Some(&wanted));
        found.and_then(|one| one.value.clone()).filter(|value| !value.is_empty()).ok_or_else(|| {
            anyhow!("there is no parameter {wanted} in SSM: check the stage's name and region, or deploy infra there")
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

/// The `endpoints.json` that a local stack writes, as much of it as is needed here.
#[derive(Deserialize)]
struct Endpoints {
    aws: String,
    table: String,
    rows_queue: String,
    dead_letter_queue: String,
    reports_queue: String,
}

impl Endpoints {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("endpoints.json");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}: is a local stack up with this folder?", path.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("{} is not as this version of the local stack writes it", path.display()))
    }

    fn config(&self) -> SdkConfig {
        let anything_does = Credentials::new("test", "test", None, None, "local stack");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-2"))
            .endpoint_url(&self.aws)
            .credentials_provider(SharedCredentialsProvider::new(anything_does))
            .build()
    }

    fn names(self) -> Names {
        Names {
            table: self.table,
            rows_queue: self.rows_queue,
            dead_letter_queue: self.dead_letter_queue,
            reports_queue: self.reports_queue,
            splitter: "splitter".to_owned(),
            poster: "poster".to_owned(),
            reporter: "reporter".to_owned(),
            schedule_group: None,
            topics: Vec::new(),
        }
    }
}
