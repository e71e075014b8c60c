//! Which of the table's writes call the reporter, by the filters of its event source mapping: as many for a long run as for a
//! short one.

use aws_sdk_dynamodb::types::AttributeValue;
use feeds::Outcome;
use ledger::{LANES, Run, RunId, STREAM_FILTERS};
use serde_json::{Value, json};

use crate::support::{Fixture, checkpoint, header, new_run, pending_rows, skipped};
use testkit::dynamodb::Item;

/// True if the filters let the record of an item through that was written like this, as AWS documents them.
fn calls(item: &Item) -> bool {
    let attribute = |(name, value): (&String, &AttributeValue)| match value {
        AttributeValue::S(text) => (name.clone(), json!({ "S": text })),
        AttributeValue::N(number) => (name.clone(), json!({ "N": number })),
        _ => (name.clone(), json!({})),
    };
    let image: Value = item.iter().map(attribute).collect::<serde_json::Map<_, _>>().into();
    let record = json!({ "dynamodb": { "Keys": { "sk": image["sk"] }, "NewImage": image } });
    STREAM_FILTERS.iter().any(|filter| matches(&serde_json::from_str(filter).expect("JSON"), &record))
}

fn matches(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(parts) => parts.iter().all(|(name, part)| record.get(name).is_some_and(|at| matches(part, at))),
        Value::Array(any) => any.iter().any(|one| one == record || *one == json!({ "exists": true })),
        _ => false,
    }
}

/// Whether the last write of a run's item called the reporter.
async fn run_calls(fixture: &Fixture, run: &RunId) -> bool {
    calls(&fixture.direct.item(&format!("RUN#{run}"), "RUN").await.expect("a run"))
}

/// Whether the last write of a row's lane did.
async fn lane_calls(fixture: &Fixture, run: &Run, row: u32) -> bool {
    let lane = row % run.lanes;
    calls(&fixture.direct.item(&format!("RUN#{}#{lane}", run.id), "PROGRESS").await.expect("a lane"))
}

#[tokio::test]
async fn a_run_calls_the_reporter_once_for_each_lane_however_many_rows_it_has() {
    for rows in [2, 20, 45] {
        let fixture = Fixture::new().await;
        let mut sheet = pending_rows(2..=rows);
        sheet.push(skipped(rows + 1));
        let mut reading = fixture.reading(new_run("file", "a")).await;
        let id = reading.run().id.clone();
        reading.set_header(&header()).await.expect("a header");
        assert!(!run_calls(&fixture, &id).await);
        reading.record(&sheet, checkpoint(rows + 1)).await.expect("recorded");
        assert!(!run_calls(&fixture, &id).await);
        let enqueueing = reading.read_whole().await.expect("read whole");
        assert!(!run_calls(&fixture, &id).await && !lane_calls(&fixture, enqueueing.run(), 2).await);
        let run = enqueueing.all_enqueued().await.expect("posting");
        assert!(run_calls(&fixture, &id).await, "all is enqueued");
        for row in 2..=rows {
            fixture.settle(&run, row, Outcome::Created).await;
            assert_eq!(lane_calls(&fixture, &run, row).await, row + LANES > rows, "row {row} of {rows}");
        }
        fixture.reporting(&run).await.finish().await.expect("finished");
        assert!(!run_calls(&fixture, &id).await, "what is reported");
    }
}

/// After the summary each move calls, for another summary is due; and so does who asks for it.
#[tokio::test]
async fn a_move_and_a_wish_call_the_reporter() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    for row in 2..=3 {
        fixture.settle(&run, row, Outcome::DeadLettered).await;
    }
    fixture.reporting(&run).await.finish().await.expect("finished");
    fixture.settle(&run, 2, Outcome::Created).await;
    assert!(lane_calls(&fixture, &run, 2).await, "a move");
    fixture.reporting(&run).await.finish().await.expect("finished");
    assert!(fixture.ledger.ask_report(&run).await.expect("an answer"));
    assert!(lane_calls(&fixture, &run, 0).await, "a wish");
}

/// What can never settle is counted by the sweep.
#[tokio::test]
async fn rows_that_are_gone_call_the_reporter() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &pending_rows(2..=3)).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    fixture.delete_row(&run, 3).await;
    assert_eq!(fixture.ledger.settle_gone_rows(&run).await.expect("counted"), 1);
    assert!(lane_calls(&fixture, &run, 0).await);
}

#[tokio::test]
async fn a_file_that_is_rejected_and_a_run_that_is_cancelled_call_the_reporter() {
    let fixture = Fixture::new().await;
    let reading = fixture.reading(new_run("rejected", "a")).await;
    let rejected = reading.run().id.clone();
    reading.reject(&[]).await.expect("rejected");
    assert!(run_calls(&fixture, &rejected).await);
    fixture.cancelled(new_run("cancelled", "a")).await;
    assert!(run_calls(&fixture, &new_run("cancelled", "a").id()).await);
}
