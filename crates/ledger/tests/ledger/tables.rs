//! The table itself.

use aws_sdk_dynamodb::types::{BillingMode, ProjectionType, StreamViewType, TimeToLiveStatus};

use crate::support::Fixture;

#[tokio::test]
async fn the_table_has_its_index_stream_and_ttl_and_is_made_once() {
    let fixture = Fixture::new().await;
    for _ in 0..2 {
        ledger::table::create(&fixture.client, "another").await.expect("a table");
    }
    let table = fixture.client.describe_table().table_name("another").send().await.expect("an answer");
    let table = table.table().expect("a table");
    let stream = table.stream_specification().expect("a stream");
    assert_eq!((stream.stream_enabled(), stream.stream_view_type()), (true, Some(&StreamViewType::NewImage)));
    let billing = table.billing_mode_summary().and_then(|billing| billing.billing_mode());
    assert_eq!(billing, Some(&BillingMode::PayPerRequest));
    let names = |keys: &[aws_sdk_dynamodb::types::KeySchemaElement]| -> Vec<String> {
        keys.iter().map(|key| key.attribute_name().to_owned()).collect()
    };
    assert_eq!(names(table.key_schema()), ledger::table::KEYS);
    let [index] = table.global_secondary_indexes() else { panic!("not one index") };
    assert_eq!(index.index_name(), Some(ledger::table::INDEX));
    assert_eq!(names(index.key_schema()), ledger::table::INDEX_KEYS);
    let projection = index.projection().expect("a projection");
    assert_eq!(projection.projection_type(), Some(&ProjectionType::Include));
    let mut attributes = projection.non_key_attributes().to_vec();
    attributes.sort();
    assert_eq!(attributes, ledger::table::INDEX_ATTRIBUTES);
    let ttl = fixture.client.describe_time_to_live().table_name("another").send().await.expect("an answer");
    let ttl = ttl.time_to_live_description().expect("a TTL");
    assert_eq!(ttl.time_to_live_status(), Some(&TimeToLiveStatus::Enabled));
    assert_eq!(ttl.attribute_name(), Some(ledger::table::TTL_ATTRIBUTE));
}
