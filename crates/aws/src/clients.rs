//! The AWS clients, built once at cold start and passed in from there.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

/// How long connecting to an AWS service may take.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one attempt of a call may take; DynamoDB and SQS answer in milliseconds.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Attempts of a call, the first included: throttling passes within a second or two.
const ATTEMPTS: u32 = 6;

/// The clients that a Lambda talks to AWS with.
#[derive(Clone, Debug)]
pub struct Clients {
    /// The ledger's table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The event source mappings.
    pub lambda: aws_sdk_lambda::Client,
    /// The rows and reports queues.
    pub sqs: aws_sdk_sqs::Client,
    /// Secrets.
    pub ssm: aws_sdk_ssm::Client,
}

impl Clients {
    /// Builds them from the SDK's own settings: region, credentials, and `AWS_ENDPOINT_URL` where the AWS is a local one.
    pub async fn from_env() -> Self {
        Self::new(&config().await)
    }

    /// Builds them from a configuration.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            lambda: aws_sdk_lambda::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
            ssm: aws_sdk_ssm::Client::new(config),
        }
    }
}

/// The SDK's configuration with a time-out on everything: a hung connection must not use up the invocation.
pub async fn config() -> SdkConfig {
    aws_config::from_env()
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .load()
        .await
}
