//! Credentials, queues, event source mappings and parameters.

use aws::secrets::Secrets;
use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use aws_sdk_sqs::config::ProvideCredentials;
use aws_sdk_sqs::types::QueueAttributeName;
use futures::future::join_all;
use ledger::BreakerState;
use serde_json::Value;

use super::check::Check;
use super::functions::Functions;
use crate::environment::Environment;

const DEPLOY: &str = "Deploy infra: it makes them so.";

pub(super) async fn credentials(environment: &Environment) -> Vec<Check> {
    let region = environment.config.region().map_or("none", |region| region.as_ref());
    let found = match environment.config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await.is_ok(),
        None => false,
    };
    let to_do = "Sign in with your AWS profile (AWS_PROFILE), as for every AWS tool.";
    vec![Check::that(found, "AWS credentials", format!("found; region {region}"), "none are found", to_do)]
}

pub(super) async fn queues(environment: &Environment, functions: &Functions) -> Vec<Check> {
    let names = &environment.names;
    let (rows, reports, dead) = futures::join!(
        work_queue(environment, &names.rows_queue, functions.poster.timeout),
        work_queue(environment, &names.reports_queue, functions.reporter.timeout),
        environment.letters.depth()
    );
    let to_do = "Deploy infra, and check that you may call sqs:GetQueueAttributes.";
    let dead = Check::that(dead.is_ok(), "the dead-letter queue", "there", "it cannot be looked at", to_do);
    vec![rows, reports, dead]
}

/// A queue that a function works on: where its dead letters go, and that no message comes back while it is worked on.
async fn work_queue(environment: &Environment, url: &str, timeout: i32) -> Check {
    let name = url.rsplit('/').next().unwrap_or(url);
    let what = format!("queue {name}");
    let (redrive, visibility) = (QueueAttributeName::RedrivePolicy, QueueAttributeName::VisibilityTimeout);
    let request = environment.sqs.get_queue_attributes().queue_url(url).attribute_names(redrive.clone());
    let Ok(answer) = request.attribute_names(visibility.clone()).send().await else {
        let to_do = "Deploy infra, and check that you may call sqs:GetQueueAttributes.";
        return Check::problem(what, "it is not there, or may not be looked at", to_do);
    };
    let all = answer.attributes.unwrap_or_default();
    let policy = all.get(&redrive).and_then(|policy| serde_json::from_str::<Value>(policy).ok());
    let most = policy.as_ref().and_then(|policy| match policy.get("maxReceiveCount")? {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    });
    let seconds = all.get(&visibility).and_then(|seconds| seconds.parse::<i32>().ok()).unwrap_or_default();
    match most {
        None => Check::problem(what, "it has no dead-letter queue: a row that fails would be tried for ever", DEPLOY),
        Some(_) if seconds < timeout => Check::problem(
            what,
            format!("a message comes back after {seconds} s, while the function works on it for up to {timeout} s"),
            DEPLOY,
        ),
        Some(most) => Check::ok(what, format!("{most} receives, then a dead letter; visible again after {seconds} s")),
    }
}

/// A way that leads to a function.
struct Way<'a> {
    source: &'static str,
    function: &'a str,
    /// The text that the ARN of its source has in it.
    arn: &'static str,
}

const ROWS_QUEUE: &str = "rows queue";

fn ways(environment: &Environment) -> [Way<'_>; 3] {
    let (poster, reporter) = (environment.names.poster.as_str(), environment.names.reporter.as_str());
    [(ROWS_QUEUE, poster, ":sqs:"), ("reports queue", reporter, ":sqs:"), ("table's stream", reporter, ":dynamodb:")]
        .map(|(source, function, arn)| Way { source, function, arn })
}

impl Way<'_> {
    fn in_words(&self) -> String {
        format!("the {}'s way to {}", self.source, self.function)
    }

    async fn mapping(&self, environment: &Environment) -> anyhow::Result<Option<EventSourceMappingConfiguration>> {
        let request = environment.lambda.list_event_source_mappings().function_name(self.function);
        let mut found = request.send().await?.event_source_mappings.unwrap_or_default().into_iter();
        Ok(found.find(|one| one.event_source_arn.as_deref().is_some_and(|arn| arn.contains(self.arn))))
    }
}

fn is_off(state: &str) -> bool {
    matches!(state, "Disabled" | "Disabling")
}

pub(super) async fn mappings(environment: &Environment) -> Vec<Check> {
    let is_paused = environment.ledger.breaker().await.is_ok_and(|breaker| breaker.state == BreakerState::Open);
    let checks = ways(environment).map(|way| async move {
        let what = way.in_words();
        let Ok(found) = way.mapping(environment).await else {
            let to_do = "Check that you may call lambda:ListEventSourceMappings.";
            return Check::problem(what, "it may not be looked at", to_do);
        };
        match found.as_ref().and_then(|one| one.state.as_deref()) {
            None => Check::problem(what, "there is none", DEPLOY),
            Some(state) if !is_off(state) => Check::ok(what, state.to_lowercase()),
            Some(_) if way.source != ROWS_QUEUE => {
                Check::problem(what, "off: no run gets its summary", "Run `h2h doctor --mend`: it switches it on.")
            }
            Some(_) if is_paused => Check::ok(what, "off: posting is paused"),
            Some(_) => Check::problem(what, "off, and posting is not paused", "Run `h2h resume`."),
        }
    });
    join_all(checks).await
}

/// The ways that feed the reporter and are off: each in words, and its mapping's id.
pub(super) async fn switched_off(environment: &Environment) -> anyhow::Result<Vec<(String, String)>> {
    let mut off = Vec::new();
    for way in ways(environment).iter().filter(|way| way.source != ROWS_QUEUE) {
        let found = way.mapping(environment).await?.filter(|one| one.state.as_deref().is_some_and(is_off));
        off.extend(found.and_then(|one| one.uuid).map(|id| (way.in_words(), id)));
    }
    Ok(off)
}

/// The secrets' parameters: there, readable and not empty. Their values go nowhere.
pub(super) async fn parameters(environment: &Environment, functions: &Functions) -> Vec<Check> {
    let names = functions.secret_parameters();
    if names.is_empty() {
        return vec![Check::problem("parameters", "the functions name none", "Deploy infra.")];
    }
    let secrets = &Secrets::new(environment.ssm.clone());
    join_all(names.into_iter().map(|name| async move {
        let what = format!("parameter {name}");
        match secrets.read(name).await {
            Ok(_) => Check::ok(what, "there, and not empty"),
            Err(error) => {
                let to_do = "Write it with `aws ssm put-parameter`; a hash key is made by the poster (docs/deploy.md).";
                Check::problem(what, error.to_string(), to_do)
            }
        }
    }))
    .await
}
