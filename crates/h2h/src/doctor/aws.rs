//! Credentials, queues, event source mappings and parameters.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use aws_sdk_sqs::config::ProvideCredentials;
use aws_sdk_sqs::types::QueueAttributeName;
use ledger::Posting;
use serde_json::Value;
use service::secrets::Secrets;

use super::Line;
use super::functions::Functions;
use crate::place::Pipeline;

const DEPLOY: &str = "Deploy infra: it makes them so.";

pub(super) async fn credentials(pipeline: &Pipeline) -> Vec<Line> {
    let region = pipeline.config.region().map_or("none", |region| region.as_ref());
    let found = match pipeline.config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await.is_ok(),
        None => false,
    };
    let to_do = "Sign in with your AWS profile (AWS_PROFILE), as for every AWS tool.";
    vec![Line::that(found, "AWS credentials", format!("found; region {region}"), "none are found", to_do)]
}

pub(super) async fn queues(pipeline: &Pipeline, functions: &Functions) -> Vec<Line> {
    let rows = (pipeline.rows_queue(), functions.poster.timeout);
    let reports = (pipeline.reports_queue(), functions.reporter.timeout);
    let mut lines = vec![work_queue(pipeline, rows).await, work_queue(pipeline, reports).await];
    let dead = pipeline.letters().depth().await;
    let to_do = "Deploy infra, and check that you may call sqs:GetQueueAttributes.";
    lines.push(Line::that(dead.is_ok(), "the dead-letter queue", "there", "it cannot be looked at", to_do));
    lines
}

/// A queue that a function works on: where its dead letters go, and that no message comes back while it is worked on.
async fn work_queue(pipeline: &Pipeline, (url, timeout): (&str, i32)) -> Line {
    let name = url.rsplit('/').next().unwrap_or(url);
    let what = format!("queue {name}");
    let (redrive, visibility) = (QueueAttributeName::RedrivePolicy, QueueAttributeName::VisibilityTimeout);
    let request = pipeline.sqs.get_queue_attributes().queue_url(url).attribute_names(redrive.clone());
    let Ok(answer) = request.attribute_names(visibility.clone()).send().await else {
        let to_do = "Deploy infra, and check that you may call sqs:GetQueueAttributes.";
        return Line::problem(what, "it is not there, or may not be looked at", to_do);
    };
    let all = answer.attributes.unwrap_or_default();
    let policy = all.get(&redrive).and_then(|policy| serde_json::from_str::<Value>(policy).ok());
    let most = policy.as_ref().and_then(|policy| match policy.get("maxReceiveCount")? {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    });
    let seconds = all.get(&visibility).and_then(|seconds| seconds.parse::<i32>().ok()).unwrap_or_default();
    match most {
        None => Line::problem(what, "it has no dead-letter queue: a row that fails would be tried for ever", DEPLOY),
        Some(_) if seconds < timeout => Line::problem(
            what,
            format!("a message comes back after {seconds} s, while the function works on it for up to {timeout} s"),
            DEPLOY,
        ),
        Some(most) => Line::ok(what, format!("{most} receives, then a dead letter; visible again after {seconds} s")),
    }
}

pub(super) async fn mappings(pipeline: &Pipeline) -> Vec<Line> {
    let [_, poster, reporter] = pipeline.functions();
    let is_paused = pipeline.ledger.switch().await.is_ok_and(|switch| switch.posting == Posting::Paused);
    let sources = [
        ("rows queue", poster, ":sqs:"),
        ("reports queue", reporter, ":sqs:"),
        ("table's stream", reporter, ":dynamodb:"),
    ];
    let mut lines = Vec::new();
    for (source, function, kind) in sources {
        let what = format!("the {source}'s way to {function}");
        let answer = pipeline.lambda.list_event_source_mappings().function_name(function).send().await;
        let all = answer.ok().and_then(|answer| answer.event_source_mappings).unwrap_or_default();
        let ours = |one: &&EventSourceMappingConfiguration| {
            one.event_source_arn.as_deref().is_some_and(|arn| arn.contains(kind))
        };
        lines.push(match all.iter().find(ours).and_then(|one| one.state.as_deref()) {
            None => Line::problem(what, "there is none", DEPLOY),
            Some("Disabled" | "Disabling") if source == "rows queue" && is_paused => {
                Line::ok(what, "off: posting is paused")
            }
            Some("Disabled" | "Disabling") if source == "rows queue" => {
                Line::problem(what, "off, and posting is not paused", "Run `h2h resume`.")
            }
            Some("Disabled" | "Disabling") => {
                Line::problem(what, "off", "Enable it in the Lambda console, or deploy infra.")
            }
            Some(state) => Line::ok(what, state.to_lowercase()),
        });
    }
    lines
}

/// The secrets' parameters: there, readable and not empty. Their values go nowhere.
pub(super) async fn parameters(pipeline: &Pipeline, functions: &Functions) -> Vec<Line> {
    let secrets = Secrets::new(pipeline.ssm.clone());
    let mut lines = Vec::new();
    for name in functions.secret_parameters() {
        let what = format!("parameter {name}");
        lines.push(match secrets.read(name).await {
            Ok(_) => Line::ok(what, "there, and not empty"),
            Err(error) => {
                Line::problem(what, error.to_string(), "Write it with `aws ssm put-parameter` (docs/deploy.md).")
            }
        });
    }
    if lines.is_empty() {
        lines.push(Line::problem("parameters", "the functions name none", "Deploy infra."));
    }
    lines
}
