//! Table, queues, topic and parameters: what `infra` makes, made by hand on the local AWS.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::Credentials;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_sdk_ssm::types::ParameterType;

use crate::ministack::{CREDENTIAL, REGION};
use crate::tempo::Tempo;
use crate::values::REPORT_RECEIVES;

/// The ledger's table.
pub(crate) const TABLE: &str = "here-to-help-ingestion-local";

/// A queue by its two names.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// For those who send and receive.
    pub(crate) url: String,
    /// For mappings and policies.
    pub(crate) arn: String,
}

/// The resources that the functions work with.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    /// The rows to post.
    pub(crate) rows: Queue,
    /// Rows that could not be posted.
    pub(crate) dead_letters: Queue,
    /// The runs to report.
    pub(crate) reports: Queue,
    /// The topic of the notices to the data team.
    pub(crate) notices_topic_arn: String,
    /// The table's stream.
    pub(crate) stream_arn: String,
}

/// The SDK's settings for the local AWS.
pub(crate) fn sdk_config(url: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(url)
        .credentials_provider(aws_sdk_sqs::config::SharedCredentialsProvider::new(Credentials::new(
            CREDENTIAL, CREDENTIAL, None, None, "local",
        )))
        .build()
}

impl Resources {
    /// Makes them. A row is received `row_receives` times before it is a dead letter.
    pub(crate) async fn make(config: &SdkConfig, tempo: &Tempo, row_receives: u32) -> Result<Self> {
        let dynamodb = aws_sdk_dynamodb::Client::new(config);
        ledger::table::create(&dynamodb, TABLE).await.context("cannot make the table")?;
        let table = dynamodb.describe_table().table_name(TABLE).send().await.context("cannot look at the table")?;
        let stream_arn = table.table.and_then(|table| table.latest_stream_arn).context("the table has no stream")?;

        let sqs = aws_sdk_sqs::Client::new(config);
        let dead_letters = queue(&sqs, "rows-dead-letters", tempo.visibility, None).await?;
        let rows = queue(&sqs, "rows", tempo.visibility, Some((&dead_letters, row_receives))).await?;
        let dead_reports = queue(&sqs, "reports-dead-letters", tempo.report_visibility, None).await?;
        let reports = queue(&sqs, "reports", tempo.report_visibility, Some((&dead_reports, REPORT_RECEIVES))).await?;
        let topic = aws_sdk_sns::Client::new(config).create_topic().name("notices").send().await;
        let topic = topic.context("cannot make the topic notices")?;
        let notices_topic_arn = topic.topic_arn.context("the topic notices has no ARN")?;
        Ok(Self { rows, dead_letters, reports, notices_topic_arn, stream_arn })
    }
}

/// Stores a secret as the stages do.
pub(crate) async fn put_secret(config: &SdkConfig, name: &str, value: &str) -> Result<()> {
    aws_sdk_ssm::Client::new(config)
        .put_parameter()
        .name(name)
        .value(value)
        .r#type(ParameterType::SecureString)
        .overwrite(true)
        .send()
        .await
        .with_context(|| format!("cannot store the parameter {name}"))?;
    Ok(())
}

async fn queue(
    sqs: &aws_sdk_sqs::Client,
    name: &str,
    visibility: Duration,
    dead_letters: Option<(&Queue, u32)>,
) -> Result<Queue> {
    let visibility = visibility.as_secs().to_string();
    let mut create = sqs.create_queue().queue_name(name).attributes(QueueAttributeName::VisibilityTimeout, visibility);
    if let Some((queue, receives)) = dead_letters {
        let policy = serde_json::json!({ "deadLetterTargetArn": queue.arn, "maxReceiveCount": receives }).to_string();
        create = create.attributes(QueueAttributeName::RedrivePolicy, policy);
    }
    let made = create.send().await.with_context(|| format!("cannot make the queue {name}"))?;
    let url = made.queue_url.with_context(|| format!("the queue {name} has no URL"))?;
    let attributes = sqs
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .with_context(|| format!("cannot look at the queue {name}"))?;
    let arn = attributes.attributes.and_then(|mut all| all.remove(&QueueAttributeName::QueueArn));
    Ok(Queue { url, arn: arn.with_context(|| format!("the queue {name} has no ARN"))? })
}
