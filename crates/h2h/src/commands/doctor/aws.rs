//! Credentials, table, queues, schedules and parameters.

use aws::secrets::Secrets;
use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, StreamViewType, TableStatus, TimeToLiveStatus};
use aws_sdk_sqs::config::ProvideCredentials;
use aws_sdk_sqs::types::QueueAttributeName;
use futures::future::join_all;
use serde_json::Value;

use super::check::{Check, DEPLOY};
use super::functions::Functions;
use crate::environment::Environment;
use crate::schedules::Schedule;

const MAY_LOOK: &str = "Deploy infra, and check that you may call sqs:GetQueueAttributes.";

pub(super) async fn credentials(environment: &Environment) -> Vec<Check> {
    let region = environment.config.region().map_or("none", |region| region.as_ref());
    let provider = environment.config.credentials_provider();
    let found = async { provider?.provide_credentials().await.ok() }.await.is_some();
    let to_do = "Sign in with your AWS profile (AWS_PROFILE), as for every AWS tool.";
    vec![Check::that(found, "AWS credentials", format!("found; region {region}"), "none are found", to_do)]
}

pub(super) async fn table(environment: &Environment) -> Vec<Check> {
    const TABLE: &str = "Deploy infra: it makes the table so.";
    let (client, name) = (&environment.clients.dynamodb, &environment.names.table);
    let what = format!("table {name}");
    let described = client.describe_table().table_name(name).send().await;
    let Some(table) = described.ok().and_then(|answer| answer.table) else {
        let to_do = "Deploy infra, and check that you may call dynamodb:DescribeTable.";
        return vec![Check::problem(what, "it is not there, or may not be looked at", to_do)];
    };
    let indexes = table.global_secondary_indexes.unwrap_or_default();
    let has_index = indexes.iter().any(|index| index.index_name.as_deref() == Some(ledger::table::INDEX));
    let is_well = table.table_status == Some(TableStatus::Active) && has_index;
    let has_stream = table
        .stream_specification
        .is_some_and(|stream| stream.stream_enabled && stream.stream_view_type == Some(StreamViewType::NewImage));
    let ttl = client.describe_time_to_live().table_name(name).send().await.ok();
    let has_ttl = ttl.and_then(|answer| answer.time_to_live_description).is_some_and(|ttl| {
        ttl.time_to_live_status == Some(TimeToLiveStatus::Enabled)
            && ttl.attribute_name.as_deref() == Some(ledger::table::TTL_ATTRIBUTE)
    });
    let mut checks = vec![
        Check::that(is_well, &what, "active, with its index", "not active, or without its index", TABLE),
        Check::that(has_stream, "the table's stream", "on, with new images", "off, or without new images", TABLE),
        Check::that(has_ttl, "the table's expiry (TTL)", "on", "off: residents' data would be kept for ever", TABLE),
    ];
    if !environment.is_local() {
        let backups = client.describe_continuous_backups().table_name(name).send().await.ok();
        let has_pitr = backups
            .and_then(|answer| answer.continuous_backups_description?.point_in_time_recovery_description)
            .is_some_and(|pitr| pitr.point_in_time_recovery_status == Some(PointInTimeRecoveryStatus::Enabled));
        let what = "the table's point-in-time recovery";
        checks.push(Check::that(has_pitr, what, "on", "off, or may not be looked at", TABLE));
    }
    checks
}

pub(super) async fn queues(environment: &Environment, functions: &Functions) -> Vec<Check> {
    let names = &environment.names;
    let (rows, reports, dead) = futures::join!(
        work_queue(environment, &names.rows_queue, functions.poster.timeout),
        work_queue(environment, &names.reports_queue, functions.reporter.timeout),
        environment.letters.depth()
    );
    let dead = Check::that(dead.is_ok(), "the dead-letter queue", "there", "it cannot be looked at", MAY_LOOK);
    vec![rows, reports, dead]
}

/// A queue that a function works on: where its dead letters go, and that no message comes back while it is worked on.
async fn work_queue(environment: &Environment, url: &str, timeout: i32) -> Check {
    let name = url.rsplit('/').next().unwrap_or(url);
    let what = format!("queue {name}");
    let (redrive, visibility) = (QueueAttributeName::RedrivePolicy, QueueAttributeName::VisibilityTimeout);
    let request = environment.clients.sqs.get_queue_attributes().queue_url(url).attribute_names(redrive.clone());
    let Ok(answer) = request.attribute_names(visibility.clone()).send().await else {
        return Check::problem(what, "it is not there, or may not be looked at", MAY_LOOK);
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

pub(super) async fn schedules(environment: &Environment) -> Vec<Check> {
    let all = match environment.schedules().await {
        // A local stack calls its functions itself, as long as it is up.
        Ok(None) => return Vec::new(),
        Ok(Some(all)) => all,
        Err(error) => return vec![Check::problem("schedules", format!("{error:#}"), "Then run the command again.")],
    };
    let check = |Schedule { name, on, is_there }| {
        let what = format!("schedule {name}");
        let deploy = "Deploy infra: it switches on what is not meant to be off (`feeds_off`).";
        match on {
            true => Check::ok(what, "on"),
            false if is_there => Check::problem(what, "off: it calls nobody", deploy),
            false => Check::problem(what, "it is not there", "Deploy infra."),
        }
    };
    all.into_iter().map(check).collect()
}

/// The secrets' parameters: there, readable and not empty. Their values go nowhere.
pub(super) async fn parameters(environment: &Environment, functions: &Functions) -> Vec<Check> {
    let names = functions.secret_parameters();
    if names.is_empty() {
        return vec![Check::problem("parameters", "the functions name none", "Deploy infra.")];
    }
    let to_do = "Write it with `aws ssm put-parameter`; a hash key is made by the poster (docs/deploy.md).";
    let secrets = &Secrets::new(environment.clients.ssm.clone());
    join_all(names.into_iter().map(|name| async move {
        let what = format!("parameter {name}");
        match secrets.read(name).await {
            Ok(_) => Check::ok(what, "there, and not empty"),
            Err(error) => Check::problem(what, error.to_string(), to_do),
        }
    }))
    .await
}
