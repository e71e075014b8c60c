//! Which pipeline a command talks to: a stage, or a local stack.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use aws::Clients;
use aws::mapping::Mapping;
use aws::queue::Sqs;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedCredentialsProvider};
use chrono::Utc;
use clap::Args;
use ledger::{Clock, Ledger};
use operations::letters::Letters;
use operations::redrive::Redriver;
use serde::Deserialize;

use crate::schedules::Schedules;

/// Where `infra` writes a stage's names: `/here-to-help-ingestion/<stage>/<name>`.
const PARAMETERS: &str = "/here-to-help-ingestion";

/// Where the pipeline runs.
#[derive(Args, Clone, Debug)]
#[cfg_attr(test, derive(Default))]
#[group(required = true, multiple = false)]
pub(crate) struct Place {
    /// The stage, such as staging; account and region are those of your AWS profile
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// The folder of a running local stack: what holds its endpoints.json
    #[arg(long, value_name = "DIR")]
    local: Option<PathBuf>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.stage, &self.local) {
            (Some(stage), _) => f.write_str(stage),
            (None, Some(local)) => write!(f, "the local stack in {}", local.display()),
            (None, None) => f.write_str("nowhere"),
        }
    }
}

/// What there is, by name.
struct Names {
    table: String,
    rows_queue: String,
    dead_letter_queue: String,
    reports_queue: String,
    splitter: String,
    poster: String,
    reporter: String,
    /// The group of the schedules; a local stack has none.
    schedule_group: Option<String>,
    /// The topics that tell people; a local stack tells nobody.
    topics: Vec<String>,
}

/// A pipeline to talk to.
pub(crate) struct Pipeline {
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
    clock: Clock,
    names: Names,
}

impl Place {
    /// Whether it is a local stack, which is not kept.
    pub(crate) fn is_local(&self) -> bool {
        self.local.is_some()
    }

    /// Finds out where everything is.
    pub(crate) async fn connect(&self) -> anyhow::Result<Pipeline> {
        match (&self.stage, &self.local) {
            (Some(stage), _) => {
                let config = aws::config().await;
                let names = names_of(&aws_sdk_ssm::Client::new(&config), stage).await?;
                Ok(Pipeline::new(&config, names))
            }
            (None, Some(local)) => {
                let endpoints = Endpoints::read(local)?;
                Ok(Pipeline::new(&endpoints.config(), endpoints.names()))
            }
            (None, None) => bail!("neither --stage nor --local is given"),
        }
    }
}

impl Pipeline {
    fn new(config: &SdkConfig, names: Names) -> Self {
        let clock: Clock = Arc::new(Utc::now);
        let Clients { dynamodb, lambda, sqs, ssm, .. } = Clients::new(config);
        let ledger = Ledger::new(dynamodb.clone(), names.table.as_str(), clock.clone());
        Self { ledger, sqs, lambda, dynamodb, ssm, config: config.clone(), clock, names }
    }

    /// The dead-letter queue.
    pub(crate) fn letters(&self) -> Letters {
        Letters::new(self.sqs.clone(), &self.names.dead_letter_queue)
    }

    /// What sends dead rows again.
    pub(crate) fn redriver(&self) -> Redriver<Sqs> {
        Redriver { ledger: self.ledger.clone(), rows: self.rows(), letters: self.letters(), clock: self.clock.clone() }
    }

    /// The queue of rows to post.
    pub(crate) fn rows(&self) -> Sqs {
        Sqs::new(self.sqs.clone(), &self.names.rows_queue)
    }

    /// The queue of summaries to write.
    pub(crate) fn reports(&self) -> Sqs {
        Sqs::new(self.sqs.clone(), &self.names.reports_queue)
    }

    /// What feeds the poster.
    pub(crate) fn mapping(&self) -> Mapping {
        Mapping::new(self.lambda.clone(), &self.names.poster, &self.names.rows_queue)
    }

    /// What feeds the reporter with summaries to write.
    pub(crate) fn report_mapping(&self) -> Mapping {
        Mapping::new(self.lambda.clone(), &self.names.reporter, &self.names.reports_queue)
    }

    /// The URL of the rows queue.
    pub(crate) fn rows_queue(&self) -> &str {
        &self.names.rows_queue
    }

    /// The URL of the queue of summaries to write.
    pub(crate) fn reports_queue(&self) -> &str {
        &self.names.reports_queue
    }

    /// The table's name.
    pub(crate) fn table(&self) -> &str {
        &self.names.table
    }

    /// The names of splitter, poster and reporter.
    pub(crate) fn functions(&self) -> [&str; 3] {
        [&self.names.splitter, &self.names.poster, &self.names.reporter]
    }

    /// What the splitter is told by its environment.
    pub(crate) async fn settings_of_splitter(&self) -> anyhow::Result<HashMap<String, String>> {
        self.settings_of(self.splitter()).await
    }

    /// What the poster is told by its environment.
    pub(crate) async fn settings_of_poster(&self) -> anyhow::Result<HashMap<String, String>> {
        self.settings_of(&self.names.poster).await
    }

    async fn settings_of(&self, function: &str) -> anyhow::Result<HashMap<String, String>> {
        let answer = self.lambda.get_function_configuration().function_name(function).send().await;
        let answer =
            answer.with_context(|| format!("cannot look at the function {function}: check your permissions"))?;
        Ok(answer.environment.and_then(|all| all.variables).unwrap_or_default())
    }

    /// The schedules; none where it is a local stack, which calls its functions itself.
    pub(crate) async fn schedules(&self) -> anyhow::Result<Option<Schedules>> {
        let Some(group) = &self.names.schedule_group else { return Ok(None) };
        let client = aws_sdk_scheduler::Client::new(&self.config);
        Schedules::look(&client, group).await.map(Some)
    }

    /// The ARNs of the topics that tell people: alarms and notices; none where it is a local stack.
    pub(crate) fn topics(&self) -> &[String] {
        &self.names.topics
    }

    /// The splitter's name.
    pub(crate) fn splitter(&self) -> &str {
        &self.names.splitter
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

/// What a local stack writes to `endpoints.json`, as much of it as is needed here.
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
