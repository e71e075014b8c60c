//! Bad messages are handled by themselves, and the rest goes on.

use feeds::Outcome;
use ledger::{ReportClaim, ReportMessage, Run};
use serde_json::{Value, json};

use crate::support::Fixture;

/// A stream record of an item of this run.
fn record(run: &str, lane: Option<u32>, image: &Value) -> Value {
    let (pk, sk) = match lane {
        Some(lane) => (format!("RUN#{run}#{lane}"), "PROGRESS"),
        None => (format!("RUN#{run}"), "RUN"),
    };
    json!({ "eventID": "1", "eventName": "MODIFY", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-2", "eventSourceARN": "arn:aws:dynamodb:eu-west-2:0:table/ledger/stream/1",
        "dynamodb": { "ApproximateCreationDateTime": 1.0, "Keys": { "pk": { "S": pk }, "sk": { "S": sk } },
            "NewImage": image, "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_IMAGE" } })
}

async fn complete(fixture: &Fixture, file: &str) -> Run {
    let run = fixture.posting(file, 2..=2).await;
    fixture.settle(&run, 2, Outcome::Created).await;
    run
}

#[tokio::test]
async fn a_bad_message_of_the_reports_queue_is_left_or_dropped() {
    let fixture = Fixture::new().await;
    for body in ["hello", "", "[]", r#"{"v":2,"run":"0123456789abcdef0123"}"#, r#"{"v":1,"run":"not a run"}"#] {
        assert!(!fixture.deliver(body).await, "left for the dead letters: {body}");
    }
    let unknown = ReportMessage { run: "0123456789abcdef0123".parse().expect("an id") }.body();
    assert!(fixture.deliver(&unknown).await, "nothing will ever come of it");
    let open = fixture.posting("file", 2..=2).await;
    assert!(fixture.report(&open).await, "too early: the stream tells when it is complete");
    let newer = complete(&fixture, "newer").await;
    fixture.tamper_with_version(&newer).await;
    assert!(!fixture.report(&newer).await, "comes back until that version is deployed");
    assert!(fixture.summaries().is_empty());
}

#[tokio::test]
async fn a_bad_record_of_the_stream_keeps_no_other_back() {
    let fixture = Fixture::new().await;
    let (newer, run) = (complete(&fixture, "newer").await, complete(&fixture, "file").await);
    fixture.tamper_with_version(&newer).await;
    let records = json!([
        { "eventSource": "aws:dynamodb", "dynamodb": "no record" },
        record(newer.id.as_str(), Some(2), &json!({})),
        record("nonsense", None, &json!({})),
        record("0123456789abcdef0123", Some(3), &json!({})),
        record(run.id.as_str(), Some(2), &json!({})),
        record(run.id.as_str(), Some(2), &json!({})),
    ]);
    let answer = fixture.event(json!({ "Records": records })).await.expect("handled");
    assert_eq!(answer, json!({ "runs_to_report": 1 }));
    assert_eq!(fixture.queues.bodies("reports"), [ReportMessage { run: run.id.clone() }.body()]);
}

/// A report that is claimed and given back writes to the run, and so into the stream: were that news, a Google that is
/// down would make each try call for the next.
#[tokio::test]
async fn what_a_reporter_notes_on_a_run_calls_for_no_report() {
    let fixture = Fixture::new().await;
    let run = complete(&fixture, "file").await;
    let image = json!({ "taken_up": { "BOOL": true } });
    let claimed = fixture.ledger.claim_report(&run.id, fixture.until()).await.expect("a claim");
    let ReportClaim::Mine(claimed) = claimed else { panic!("not ours") };
    claimed.release().await.expect("released");
    let event = json!({ "Records": [record(run.id.as_str(), None, &image)] });
    fixture.event(event).await.expect("handled");
    assert!(fixture.queues.bodies("reports").is_empty());
    let event = json!({ "Records": [record(run.id.as_str(), Some(2), &json!({}))] });
    fixture.event(event).await.expect("handled");
    assert_eq!(fixture.queues.bodies("reports").len(), 1, "progress is");
    assert!(fixture.image_of(&run).await.contains_key("taken_up"), "and that is how the table marks it");
}

/// The last rows of a run settle in many lanes, and each is a record: they call for one summary, and a redrive for one
/// more.
#[tokio::test]
async fn each_summary_is_asked_for_once_however_many_records_speak_of_it() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=3).await;
    fixture.settle(&run, 2, Outcome::DeadLettered).await;
    fixture.settle(&run, 3, Outcome::Created).await;
    let tell = async |lane: u32| {
        let event = json!({ "Records": [record(run.id.as_str(), Some(lane), &json!({}))] });
        fixture.event(event).await.expect("handled");
    };
    for lane in 0..16 {
        tell(lane).await;
    }
    assert_eq!(fixture.queues.bodies("reports").len(), 1, "before it is written");
    fixture.deliver_reports().await;
    tell(2).await;
    assert!(fixture.queues.bodies("reports").is_empty(), "after it");
    fixture.settle(&run, 2, Outcome::Created).await;
    tell(2).await;
    tell(2).await;
    assert_eq!(fixture.queues.bodies("reports").len(), 1, "with what a redrive moved");
    fixture.deliver_reports().await;
    assert_eq!(fixture.run(&run.id).await.report.map(|report| report.version), Some(2));
}

/// What a call by the stream costs, however many rows and records there are: the run and its lanes, once each.
#[tokio::test]
async fn a_call_by_the_stream_reads_a_run_and_its_lanes() {
    let fixture = Fixture::new().await;
    let run = fixture.posting("file", 2..=40).await;
    let records: Vec<Value> = (0..16).map(|lane| record(run.id.as_str(), Some(lane), &json!({}))).collect();
    assert_eq!(fixture.reads_of(json!({ "Records": records })).await, 17);
    assert!(fixture.queues.bodies("reports").is_empty());
}

#[tokio::test]
async fn an_event_of_the_wrong_type_is_refused() {
    let fixture = Fixture::new().await;
    for event in [json!({}), json!([]), json!({ "feed": "spl" }), json!({ "sweep": false }), json!({ "Records": [] })] {
        let error = fixture.event(event.clone()).await.expect_err("no event of ours");
        assert!(error.contains("event source mappings"), "{event}: {error}");
    }
}
