//! Notices to people, by SNS.

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_sns::error::ProvideErrorMetadata;

/// A notice that may not have gone out. Names the topic and SNS's error code, or `unreachable`.
#[derive(Debug, thiserror::Error)]
#[error("the topic {topic} did not take the notice ({code}): it is not sent again")]
pub struct NoticeError {
    topic: String,
    code: String,
}

/// A topic on SNS.
#[derive(Clone, Debug)]
pub struct Topic {
    client: aws_sdk_sns::Client,
    arn: String,
}

impl Topic {
    /// The topic of this ARN. Its calls are not repeated: SNS would send each one that it took on to every subscriber.
    pub fn new(config: &SdkConfig, arn: impl Into<String>) -> Self {
        let config = aws_sdk_sns::config::Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self { client: aws_sdk_sns::Client::from_conf(config), arn: arn.into() }
    }

    /// Sends a notice to all subscribers. The subject is ASCII, at most 100 characters. After an error it may have gone
    /// out all the same.
    pub async fn publish(&self, subject: &str, text: &str) -> Result<(), NoticeError> {
        let sent = self.client.publish().topic_arn(&self.arn).subject(subject).message(text).send().await;
        sent.map(drop).map_err(|error| {
            let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or("unreachable");
            NoticeError { topic: self.arn.clone(), code: code.to_owned() }
        })
    }
}
