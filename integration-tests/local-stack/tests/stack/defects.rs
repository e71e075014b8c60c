//! Defects of the replaced system (docs/contract/feeds.md, part 3) that only the whole pipeline can show.

use std::path::Path;

use aws_sdk_sqs::types::QueueAttributeName;
use feeds::Outcome;
use local_stack::{Options, Stack, nhs_number};
use serde_json::json;
use simulators::google::Direction;

use crate::common::until;
use crate::people::{Row, drop_sheet, row};

use crate::common;

const ROWS: u32 = 20;

fn rows() -> Vec<Row> {
    let one = |n| {
        row([
            ("Traced_NHSNUMBER", &nhs_number(n)),
            ("PatientFirstName", "Sierra"),
            ("PatientSurname", &format!("Number{n}")),
            ("DateOfBirth", "03/04/1951"),
            ("category", "GP"),
        ])
    };
    (0..ROWS).map(one).collect()
}

fn options(drive: &Path) -> Options {
    let mut options = Options::new(drive);
    options.as_of = Some("2021-03-08".parse().expect("a date"));
    options
}

/// Every call fails in this way, until enough of them did.
async fn failing(stack: &Stack, answer: &str, calls: u64) {
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    let faults = json!({ "rules": [{ "answer": answer }] });
    api.set_faults(serde_json::from_value(faults).expect("faults as the simulator takes them"));
    until("calls that fail", async || (api.state().faults.struck[0] >= calls).then_some(())).await;
    assert!(api.state().residents.is_empty(), "nothing gets through");
}

fn outbound(stack: &Stack) -> usize {
    let files = stack.google.state().expect("the folders").files;
    files.iter().filter(|file| file.folder.direction == Direction::Outbound).count()
}

/// Messages in the rows queue, those that are worked on and those that wait included.
async fn queued(stack: &Stack, sqs: &aws_sdk_sqs::Client) -> usize {
    let counts = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let asked = sqs.get_queue_attributes().queue_url(&stack.endpoints.rows_queue);
    let asked = asked.set_attribute_names(Some(counts.to_vec())).send().await.expect("the queue's attributes");
    let attributes = asked.attributes.unwrap_or_default();
    counts.iter().filter_map(|name| attributes.get(name)?.parse::<usize>().ok()).sum()
}

/// Once, a sheet dropped while the key was refused or the API down counted as done; and a crash or a time-out had the
/// whole of it sent again.
#[tokio::test]
async fn defect_19_38_an_outage_loses_no_row_and_a_repeated_delivery_sends_none_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = Stack::start(options(folder.path())).await.expect("the stack starts");
    drop_sheet(folder.path(), "spl", "week 9.csv", &rows());

    failing(&stack, "403", 5).await;
    failing(&stack, "503", 20).await;
    assert_eq!(outbound(&stack), 0, "no summary says that the file is done");
    let api = stack.here_to_help.as_ref().expect("the stack's own simulator");
    api.set_faults(simulators::here_to_help::Faults::default());
    let runs = common::reported(&stack, 1).await;
    let (run, progress) = &runs[0];
    assert_eq!(progress.totals(run).get(&Outcome::Created), Some(&u64::from(ROWS)), "{:?}", progress.totals(run));
    assert_eq!((api.state().help_requests.len(), outbound(&stack)), (ROWS as usize, 1));

    // All rows once more, as after a crash between sending and the checkpoint; and the schedules a few times at once.
    let sqs = aws_sdk_sqs::Client::new(&stack.aws);
    until("empty queue", async || (queued(&stack, &sqs).await == 0).then_some(())).await;
    let before = api.state().calls.total;
    for row in 2..ROWS + 2 {
        let body = json!({ "v": 1, "run": run.id.as_str(), "row": row, "feed": "spl" }).to_string();
        sqs.send_message().queue_url(&stack.endpoints.rows_queue).message_body(body).send().await.expect("sent");
    }
    let lambda = aws_sdk_lambda::Client::new(&stack.aws);
    let polls = (0..3).map(|_| {
        let poll = aws_sdk_lambda::primitives::Blob::new(r#"{"feed":"spl"}"#);
        lambda.invoke().function_name("splitter").payload(poll).send()
    });
    for polled in futures::future::join_all(polls).await {
        assert_eq!(polled.expect("invoked").function_error, None);
    }
    until("empty queue", async || (queued(&stack, &sqs).await == 0).then_some(())).await;
    assert_eq!(api.state().calls.total, before, "a settled row is not spoken of again");
    assert_eq!(stack.ledger.runs(run.feed, chrono::DateTime::UNIX_EPOCH).await.expect("the runs").len(), 1);
    stack.stop().await.expect("the stack stops");
}
