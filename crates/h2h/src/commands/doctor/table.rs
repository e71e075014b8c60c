//! The ledger's table.

use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, StreamViewType, TableStatus, TimeToLiveStatus};

use super::check::Check;
use crate::environment::Environment;

const DEPLOY: &str = "Deploy infra: it makes the table so.";

pub(super) async fn check(environment: &Environment) -> Vec<Check> {
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
        Check::that(is_well, &what, "active, with its index", "not active, or without its index", DEPLOY),
        Check::that(has_stream, "the table's stream", "on, with new images", "off, or without new images", DEPLOY),
        Check::that(has_ttl, "the table's expiry (TTL)", "on", "off: residents' data would be kept for ever", DEPLOY),
    ];
    if !environment.is_local() {
        let backups = client.describe_continuous_backups().table_name(name).send().await.ok();
        let has_pitr = backups
            .and_then(|answer| answer.continuous_backups_description?.point_in_time_recovery_description)
            .is_some_and(|pitr| pitr.point_in_time_recovery_status == Some(PointInTimeRecoveryStatus::Enabled));
        let what = "the table's point-in-time recovery";
        checks.push(Check::that(has_pitr, what, "on", "off, or may not be looked at", DEPLOY));
    }
    checks
}
