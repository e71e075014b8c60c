//! Credentials, queues, event source mappings and parameters.

use aws::secrets::Secrets;
use aws_sdk_lambda::types::EventSourceMappingConfiguration;
use aws_sdk_sqs::config::ProvideCredentials;
use aws_sdk_sqs::types::QueueAttributeName;
use futures::future::join_all;
use ledger::Posting;
use serde_json::Value;

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
    let letters = pipeline.letters();
    let (rows, reports, dead) =
        futures::join!(work_queue(pipeline, rows), work_queue(pipeline, reports), letters.depth());
    let to_do = "Deploy infra, and check that you may call sqs:GetQueueAttributes.";
    let dead = Line::that(dead.is_ok(), "the dead-letter queue", "there", "it cannot be looked at", to_do);
    vec![rows, reports, dead]
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

/// What leads to a function: from where, and the kind of its ARN.
const WAYS: [(&str, usize, &str); 3] =
    [("rows queue", POSTER, ":sqs:"), ("reports queue", REPORTER, ":sqs:"), ("table's stream", REPORTER, ":dynamodb:")];
/// The places of poster and reporter among the functions.
const POSTER: usize = 1;
const REPORTER: usize = 2;

fn way(source: &str, function: &str) -> String {
    format!("the {source}'s way to {function}")
}

async fn mapping(
    pipeline: &Pipeline,
    function: &str,
    kind: &str,
) -> anyhow::Result<Option<EventSourceMappingConfiguration>> {
    let answer = pipeline.lambda.list_event_source_mappings().function_name(function).send().await?;
    let ours =
        |one: &EventSourceMappingConfiguration| one.event_source_arn.as_deref().is_some_and(|arn| arn.contains(kind));
    Ok(answer.event_source_mappings.unwrap_or_default().into_iter().find(ours))
}

pub(super) async fn mappings(pipeline: &Pipeline) -> Vec<Line> {
    let is_paused = pipeline.ledger.switch().await.is_ok_and(|switch| switch.posting == Posting::Paused);
    let lines = WAYS.map(|(source, function, kind)| async move {
        let function = pipeline.functions()[function];
        let what = way(source, function);
        let found = match mapping(pipeline, function, kind).await {
            Ok(found) => found,
            Err(_) => {
                let to_do = "Check that you may call lambda:ListEventSourceMappings.";
                return Line::problem(what, "it may not be looked at", to_do);
            }
        };
        match found.as_ref().and_then(|one| one.state.as_deref()) {
            None => Line::problem(what, "there is none", DEPLOY),
            Some("Disabled" | "Disabling") if source == "rows queue" && is_paused => {
                Line::ok(what, "off: posting is paused")
            }
            Some("Disabled" | "Disabling") if source == "rows queue" => {
                Line::problem(what, "off, and posting is not paused", "Run `h2h resume`.")
            }
            Some("Disabled" | "Disabling") => {
                Line::problem(what, "off: no run gets its summary", "Run `h2h doctor --mend`: it switches it on.")
            }
            Some(state) => Line::ok(what, state.to_lowercase()),
        }
    });
    join_all(lines).await
}

/// What feeds the reporter and is off: each way in words, and its mapping's id.
pub(super) async fn switched_off(pipeline: &Pipeline) -> anyhow::Result<Vec<(String, String)>> {
    let mut off = Vec::new();
    for (source, function, kind) in WAYS.into_iter().filter(|(_, function, _)| *function == REPORTER) {
        let function = pipeline.functions()[function];
        let found = mapping(pipeline, function, kind).await?;
        let found = found.filter(|one| matches!(one.state.as_deref(), Some("Disabled" | "Disabling")));
        off.extend(found.and_then(|one| one.uuid).map(|id| (way(source, function), id)));
    }
    Ok(off)
}

/// The secrets' parameters: there, readable and not empty. Their values go nowhere.
pub(super) async fn parameters(pipeline: &Pipeline, functions: &Functions) -> Vec<Line> {
    let secrets = Secrets::new(pipeline.ssm.clone());
    let checks = functions.secret_parameters().into_iter().map(|name| {
        let secrets = &secrets;
        async move {
            let what = format!("parameter {name}");
            match secrets.read(name).await {
                Ok(_) => Line::ok(what, "there, and not empty"),
                Err(error) => {
                    Line::problem(what, error.to_string(), "Write it with `aws ssm put-parameter` (docs/deploy.md).")
                }
            }
        }
    });
    let mut lines = join_all(checks).await;
    if lines.is_empty() {
        lines.push(Line::problem("parameters", "the functions name none", "Deploy infra."));
    }
    lines
}
