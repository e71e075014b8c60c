//! The event source mapping that feeds the rows queue to the poster: disabled while people pause posting.

use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::QueueAttributeName;

use crate::{Error, Result};

/// The mapping of a queue to a function.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Lambda.
    pub lambda: aws_sdk_lambda::Client,
    /// The queues.
    pub sqs: aws_sdk_sqs::Client,
    /// The function's name.
    pub function: String,
    /// The queue's URL.
    pub queue_url: String,
}

impl Mapping {
    /// Whether it delivers; as AWS last said.
    ///
    /// # Errors
    /// [`Error::Mapping`].
    pub async fn is_enabled(&self) -> Result<bool> {
        Ok(self.find().await?.1)
    }

    /// Lets it deliver, or not.
    ///
    /// # Errors
    /// [`Error::Mapping`].
    pub async fn set_enabled(&self, enabled: bool) -> Result<()> {
        let (id, _) = self.find().await?;
        let request = self.lambda.update_event_source_mapping().uuid(id).enabled(enabled);
        request.send().await.map(drop).map_err(|error| self.failed(error.as_service_error()))
    }

    /// Its id, and whether it is enabled or about to be.
    async fn find(&self) -> Result<(String, bool)> {
        let attributes = self.sqs.get_queue_attributes().queue_url(&self.queue_url);
        let attributes = attributes.attribute_names(QueueAttributeName::QueueArn).send().await;
        let attributes = attributes.map_err(|error| self.failed(error.as_service_error()))?.attributes;
        let arn = attributes.and_then(|mut all| all.remove(&QueueAttributeName::QueueArn));
        let arn = arn.ok_or_else(|| self.failed_because("the queue has no ARN"))?;
        let request = self.lambda.list_event_source_mappings().function_name(&self.function).event_source_arn(arn);
        let answer = request.send().await.map_err(|error| self.failed(error.as_service_error()))?;
        let mapping = answer.event_source_mappings.unwrap_or_default().into_iter().next();
        let mapping = mapping.ok_or_else(|| self.failed_because("there is none"))?;
        let id = mapping.uuid.ok_or_else(|| self.failed_because("it has no id"))?;
        let enabled = mapping.state.is_some_and(|state| matches!(state.as_str(), "Enabled" | "Enabling" | "Creating"));
        Ok((id, enabled))
    }

    fn failed(&self, error: Option<&impl ProvideErrorMetadata>) -> Error {
        self.failed_because(error.and_then(ProvideErrorMetadata::code).unwrap_or("unreachable"))
    }

    fn failed_because(&self, cause: &str) -> Error {
        Error::Mapping { function: self.function.clone(), cause: cause.to_owned() }
    }
}
