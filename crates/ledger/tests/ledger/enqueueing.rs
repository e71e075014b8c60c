//! Enqueueing what was read.

use chrono::TimeDelta;
use feeds::Outcome;
use ledger::{Error, NewRow, NewRun, RunClaim, RunState};

use crate::support::{Fixture, checkpoint, new_run, pending, pending_rows, rejected, skipped};

#[tokio::test]
async fn pending_rows_come_in_order_from_all_lanes() {
    let fixture = Fixture::new().await;
    let rows: Vec<NewRow> = (2..=200)
        .filter(|row| row % 10 != 0)
        .map(|row| match row % 7 {
            0 => skipped(row),
            1 => rejected(row),
            _ => pending(row),
        })
        .collect();
    let expected: Vec<u32> = (2..=200).filter(|row| row % 10 != 0 && row % 7 > 1).collect();
    let mut enqueueing = fixture.enqueueing(new_run("file", "a"), &rows).await;
    let mut seen = Vec::new();
    loop {
        let next = enqueueing.next_rows(17).await.expect("rows");
        let Some(last) = next.last() else { break };
        enqueueing.enqueued_up_to(*last, next.len() as u64).await.expect("a checkpoint");
        seen.extend(next);
    }
    assert_eq!(seen, expected);
    let run = enqueueing.all_enqueued().await.expect("posting");
    assert_eq!((run.state, run.rows_enqueued), (RunState::Posting, expected.len() as u64));
    assert_eq!(run.split_at, Some(fixture.now()));
}

#[tokio::test]
async fn enqueueing_goes_on_after_the_checkpoint() {
    let fixture = Fixture::new().await;
    let mut enqueueing = fixture.enqueueing(new_run("file", "a"), &pending_rows(2..=60)).await;
    assert_eq!(enqueueing.next_rows(20).await.expect("rows"), (2..=21).collect::<Vec<_>>());
    enqueueing.enqueued_up_to(21, 20).await.expect("a checkpoint");
    assert_eq!(enqueueing.next_rows(20).await.expect("rows").len(), 20);
    // Dies here: these 20 were perhaps sent, but the checkpoint does not say so.
    fixture.advance(TimeDelta::minutes(15));
    let mut enqueueing = fixture.resume_enqueueing(new_run("file", "a")).await;
    assert_eq!(enqueueing.next_rows(99).await.expect("rows"), (22..=60).collect::<Vec<_>>());
    assert_eq!(enqueueing.next_rows(99).await.expect("rows"), Vec::<u32>::new());
    let error = enqueueing.enqueued_up_to(20, 0).await.expect_err("backwards");
    assert!(matches!(error, Error::OutOfOrder { .. }), "{error}");
    enqueueing.enqueued_up_to(60, 39).await.expect("a checkpoint");
    assert_eq!(enqueueing.run().rows_enqueued, 59);
}

#[tokio::test]
async fn who_is_cut_off_in_a_long_stretch_of_settled_rows_has_got_on() {
    let fixture = Fixture::new().await;
    let rows = [pending(2), skipped(9_000), rejected(20_000), pending(30_000), pending(30_001), skipped(55_000)];
    let mut enqueueing = fixture.enqueueing(new_run("file", "a"), &rows).await;
    assert_eq!(enqueueing.next_rows(1).await.expect("rows"), [2]);
    assert_eq!(enqueueing.next_rows(1).await.expect("rows"), [30_000]);
    assert_eq!(enqueueing.run().enqueued_to, 0, "nobody said that row 2 was sent");

    fixture.advance(TimeDelta::minutes(15));
    let mut enqueueing = fixture.resume_enqueueing(new_run("file", "a")).await;
    assert_eq!(enqueueing.next_rows(1).await.expect("rows"), [2]);
    enqueueing.enqueued_up_to(2, 1).await.expect("a checkpoint");
    assert_eq!(enqueueing.next_rows(9).await.expect("rows"), [30_000, 30_001]);
    assert_eq!(
        (enqueueing.run().enqueued_to, enqueueing.run().rows_enqueued),
        (20_000, 1),
        "two stretches looked through"
    );
    enqueueing.enqueued_up_to(30_001, 2).await.expect("a checkpoint");
    assert_eq!(enqueueing.next_rows(9).await.expect("rows"), Vec::<u32>::new());
    assert_eq!(enqueueing.all_enqueued().await.expect("posting").rows_enqueued, 3);
}

#[tokio::test]
async fn a_sheet_without_rows_to_post_is_complete_when_it_is_enqueued() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("skipped", "a"), &[skipped(2), rejected(3)]).await;
    let progress = fixture.ledger.progress(&run).await.expect("progress");
    assert!(ledger::is_complete(&run, &progress));
    let empty = fixture.posting(new_run("empty", "a"), &[]).await;
    assert!(ledger::is_complete(&empty, &progress));
    assert_eq!(fixture.report_rows(&run).await, [(2, Outcome::Skipped), (3, Outcome::Rejected)]);
}

/// Rows of 30 KB: a page of DynamoDB holds about 33 of them, so that each lane has several pages.
#[tokio::test]
async fn lanes_of_many_pages_are_merged_page_by_page() {
    let fixture = Fixture::new().await;
    let cells = vec!["x".repeat(30_000)];
    let large = |row| NewRow { cells: cells.clone(), ..row };
    let two_lanes = |file| NewRun { lanes: 2, ..new_run(file, "a") };
    let queries = || fixture.proxy.calls().iter().filter(|call| *call == "Query").count();

    let rows: Vec<NewRow> = (2..=200).map(pending).map(large).collect();
    let mut enqueueing = fixture.enqueueing(two_lanes("pending"), &rows).await;
    let before = queries();
    let mut seen = enqueueing.next_rows(10).await.expect("rows");
    assert_eq!(queries() - before, 2, "the first pages only");
    seen.extend(enqueueing.next_rows(1000).await.expect("rows"));
    assert_eq!(seen, (2..=200).collect::<Vec<_>>());
    assert!(queries() - before >= 6, "read page by page");

    let rows: Vec<NewRow> = (2..=200).map(skipped).map(large).collect();
    let run = fixture.posting(two_lanes("skipped"), &rows).await;
    let before = queries();
    let expected: Vec<_> = (2..=200).map(|row| (row, Outcome::Skipped)).collect();
    assert_eq!(fixture.report_rows(&run).await, expected);
    assert!(queries() - before >= 6, "read page by page");
}

/// The length of a sheet does not matter: what is in memory is a page of each lane.
#[tokio::test]
async fn a_long_sheet_is_read_back_page_by_page() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    reading.set_header(&crate::support::header()).await.expect("noted");
    for first in (2..10_002).step_by(2000) {
        let rows: Vec<NewRow> = (first..first + 2000).map(pending).collect();
        reading.record(&rows, checkpoint(first + 1999)).await.expect("recorded");
    }
    assert_eq!(reading.run().rows_read, 10_000);
    let mut enqueueing = reading.read_whole().await.expect("read");
    let mut expected = 2..10_002;
    loop {
        let rows = enqueueing.next_rows(1000).await.expect("rows");
        let Some(last) = rows.last() else { break };
        assert!(rows.iter().copied().eq(expected.by_ref().take(rows.len())));
        enqueueing.enqueued_up_to(*last, rows.len() as u64).await.expect("a checkpoint");
    }
    assert_eq!(expected.next(), None);
}

/// Once, a file too long for one invocation began again at row 1 each time and never came to its end; and a repeated
/// invocation sent it again beside the first.
#[tokio::test]
async fn defect_31_38_a_long_file_goes_on_where_the_last_invocation_died_and_is_sent_once() {
    let fixture = Fixture::new().await;
    let new = || new_run("long", "a");
    let all: Vec<NewRow> = pending_rows(2..=3_001);
    let (mut recorded, mut sent, mut owners) = (0, Vec::new(), 0);
    let run = loop {
        owners += 1;
        match fixture.claim_run(new()).await {
            RunClaim::Reading(mut reading) => {
                let last = reading.run().checkpoint.as_ref().map_or(1, |checkpoint| checkpoint.last_row);
                let Some(chunk) = all.chunks(500).find(|chunk| chunk[0].row > last) else {
                    // Dies here, right after.
                    drop(reading.read_whole().await.expect("read whole"));
                    fixture.advance(TimeDelta::minutes(16));
                    continue;
                };
                recorded += chunk.len();
                reading.record(chunk, checkpoint(chunk[chunk.len() - 1].row)).await.expect("recorded");
            }
            RunClaim::Enqueueing(mut enqueueing) => {
                let next = enqueueing.next_rows(700).await.expect("rows");
                let Some(last) = next.last() else { break enqueueing.all_enqueued().await.expect("posting") };
                enqueueing.enqueued_up_to(*last, next.len() as u64).await.expect("a checkpoint");
                sent.extend(next);
            }
            other => panic!("{other:?}"),
        }
        // A retry while the invocation still runs gets nothing to do; then it dies at its deadline.
        assert!(matches!(fixture.claim_run(new()).await, RunClaim::Held { .. }));
        fixture.advance(TimeDelta::minutes(16));
    };
    assert_eq!(recorded, all.len(), "no row was read twice");
    assert_eq!(sent, all.iter().map(|row| row.row).collect::<Vec<_>>(), "each was sent once, in order");
    assert_eq!((run.rows_read, run.rows_enqueued), (3_000, 3_000));
    assert!(owners > 10, "it took {owners} invocations");
    assert!(matches!(fixture.claim_run(new()).await, RunClaim::Known(_)), "and the next schedule leaves it alone");
}
