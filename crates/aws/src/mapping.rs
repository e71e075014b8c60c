//! The event source mapping of a queue to a function: how many messages it lets through at once, or none.

use std::num::NonZeroU32;

use aws_sdk_lambda::error::ProvideErrorMetadata;
use aws_sdk_lambda::types::{EventSourceMappingConfiguration, ScalingConfig};

/// AWS takes no maximum concurrency below this.
const LEAST: u32 = 2;

/// The flow that a mapping lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Nothing: the mapping is disabled, the messages stay in the queue.
    Stopped,
    /// At most this many batches at once, 2 at least.
    AtMost(u32),
}

impl Flow {
    /// A few messages, to see how they fare.
    pub const LEAST: Self = Self::AtMost(LEAST);

    /// As much as this concurrency.
    pub fn full(concurrency: NonZeroU32) -> Self {
        Self::AtMost(concurrency.get().max(LEAST))
    }
}

/// The answer to asking for a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The mapping is like that already.
    None,
    /// AWS has taken the change; it takes effect within a minute or so.
    Made,
    /// AWS is still making an earlier change and takes no other: ask again in a minute.
    Later,
}

/// A mapping that could not be looked at or changed: there is none, or Lambda did not do it. Says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MappingError(String);

/// The mapping of one queue to one function. It is looked up each time: a function cannot know the id of its own mapping,
/// for the mapping is made after the function.
#[derive(Clone, Debug)]
pub struct Mapping {
    client: aws_sdk_lambda::Client,
    function: String,
    queue_url: String,
}

impl Mapping {
    /// The mapping of the queue at this URL to the function of this name.
    pub fn new(client: aws_sdk_lambda::Client, function: impl Into<String>, queue_url: impl Into<String>) -> Self {
        Self { client, function: function.into(), queue_url: queue_url.into() }
    }

    /// The flow that the mapping lets through, or will once AWS has made the change that it is making.
    pub async fn flow(&self) -> Result<Flow, MappingError> {
        Ok(flow(&self.find().await?))
    }

    /// Lets this much through.
    pub async fn set(&self, wanted: Flow) -> Result<Change, MappingError> {
        let found = self.find().await?;
        if !is_settled(&found) {
            return Ok(Change::Later);
        }
        if flow(&found) == wanted {
            return Ok(Change::None);
        }
        let update = self.client.update_event_source_mapping().set_uuid(found.uuid);
        let update = match wanted {
            Flow::Stopped => update.enabled(false),
            Flow::AtMost(batches) => {
                let most = i32::try_from(batches).unwrap_or(i32::MAX);
                update.enabled(true).scaling_config(ScalingConfig::builder().maximum_concurrency(most).build())
            }
        };
        match update.send().await {
            Ok(_) => Ok(Change::Made),
            Err(error) => match error.as_service_error() {
                Some(error) if error.is_resource_in_use_exception() || error.is_resource_conflict_exception() => {
                    Ok(Change::Later)
                }
                error => Err(self.error("update an event source mapping", error)),
            },
        }
    }

    async fn find(&self) -> Result<EventSourceMappingConfiguration, MappingError> {
        let mut pages = self.client.list_event_source_mappings().function_name(&self.function).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.error("list the event source mappings", error.as_service_error()))?;
            let mappings = page.event_source_mappings.unwrap_or_default();
            let ours = |one: &EventSourceMappingConfiguration| {
                one.event_source_arn.as_deref().is_some_and(|arn| is_arn_of(arn, &self.queue_url))
            };
            if let Some(found) = mappings.into_iter().find(ours) {
                return Ok(found);
            }
        }
        let queue = self.queue_url.rsplit('/').next().unwrap_or_default();
        Err(MappingError(format!(
            "no event source mapping leads from the queue {queue} to the function {}: deploy infra again",
            self.function
        )))
    }

    fn error(&self, operation: &str, error: Option<&impl ProvideErrorMetadata>) -> MappingError {
        let code = error.and_then(ProvideErrorMetadata::code).unwrap_or("unreachable");
        MappingError(format!(
            "Lambda did not {operation} of the function {} ({code}): check that the caller may list and update event \
             source mappings",
            self.function
        ))
    }
}

/// True if an ARN is that of the queue at a URL: both end in account and name. The region is the function's own.
fn is_arn_of(arn: &str, queue_url: &str) -> bool {
    let mut url = queue_url.rsplit('/');
    let (Some(name), Some(account)) = (url.next(), url.next()) else { return false };
    let arn: Vec<&str> = arn.split(':').collect();
    matches!(arn[..], ["arn", _, "sqs", _, of, named] if of == account && named == name)
}

fn flow(mapping: &EventSourceMappingConfiguration) -> Flow {
    if matches!(mapping.state.as_deref(), Some("Disabled" | "Disabling")) {
        return Flow::Stopped;
    }
    let most = mapping.scaling_config.as_ref().and_then(|scaling| scaling.maximum_concurrency);
    // Without a maximum it is as much as the account allows.
    Flow::AtMost(most.and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX))
}

/// True if AWS is done with the last change; while it is not, it refuses another.
fn is_settled(mapping: &EventSourceMappingConfiguration) -> bool {
    matches!(mapping.state.as_deref(), Some("Enabled" | "Disabled"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(state: &str, most: Option<i32>) -> EventSourceMappingConfiguration {
        let scaling = most.map(|most| ScalingConfig::builder().maximum_concurrency(most).build());
        EventSourceMappingConfiguration::builder().state(state).set_scaling_config(scaling).build()
    }

    /// The local AWS changes a mapping at once; AWS takes its time and refuses changes meanwhile.
    #[test]
    fn a_mapping_says_what_it_lets_through_and_whether_it_can_be_changed() {
        let table = [
            ("Enabled", Some(10), Flow::AtMost(10), true),
            ("Enabled", None, Flow::AtMost(u32::MAX), true),
            ("Disabled", Some(10), Flow::Stopped, true),
            ("Disabling", Some(10), Flow::Stopped, false),
            ("Enabling", Some(2), Flow::AtMost(2), false),
            ("Updating", Some(2), Flow::AtMost(2), false),
            ("Creating", Some(2), Flow::AtMost(2), false),
        ];
        for (state, most, expected, settled) in table {
            let mapping = mapping(state, most);
            assert_eq!((flow(&mapping), is_settled(&mapping)), (expected, settled), "{state} {most:?}");
        }
    }

    #[test]
    fn less_than_two_at_once_is_not_asked_for() {
        assert_eq!(Flow::full(NonZeroU32::MIN), Flow::LEAST);
        assert_eq!(Flow::full(NonZeroU32::MIN.saturating_add(9)), Flow::AtMost(10));
    }

    #[test]
    fn a_queue_is_known_by_its_account_and_name() {
        let url = "https://sqs.eu-west-2.amazonaws.com/123456789012/rows";
        assert!(is_arn_of("arn:aws:sqs:eu-west-2:123456789012:rows", url));
        assert!(is_arn_of("arn:aws:sqs:eu-west-2:000000000000:rows", "http://127.0.0.1:4566/000000000000/rows"));
        for other in [
            "arn:aws:sqs:eu-west-2:123456789012:reports",
            "arn:aws:sqs:eu-west-2:123456789012:more-rows",
            "arn:aws:sqs:eu-west-2:210987654321:rows",
            "arn:aws:dynamodb:eu-west-2:123456789012:table/rows/stream/1",
            "",
        ] {
            assert!(!is_arn_of(other, url), "{other}");
        }
    }
}
