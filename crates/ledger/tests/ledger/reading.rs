//! Reading a file into the ledger.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{TimeDelta, Utc};
use feeds::{Intake, Origin, Outcome, SheetEvidence, SheetRow};
use ledger::{Checkpoint, Error, NewRow, RowClaim, RunClaim};

use crate::support::{Fixture, checkpoint, header, new_run, pending, pending_rows, rejected, skipped};
use testkit::proxy::Fate;

#[tokio::test]
async fn what_was_read_is_counted() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    reading.set_header(&header()).await.expect("noted");
    reading.record(&[pending(2), skipped(3), rejected(4), skipped(7)], checkpoint(9)).await.expect("recorded");
    reading.record(&[], checkpoint(20)).await.expect("blank rows only");
    reading.record(&[pending(21), rejected(22)], checkpoint(22)).await.expect("recorded");
    let run = fixture.ledger.run(&reading.run().id).await.expect("an answer").expect("a run");
    assert_eq!(&run, reading.run());
    assert_eq!(run.rows_read, 6);
    assert_eq!(run.settled_at_split, BTreeMap::from([(Outcome::Skipped, 2), (Outcome::Rejected, 2)]));
    assert_eq!(run.checkpoint, Some(checkpoint(22)));
}

/// A reader that forgot what it had seen of the dates would take a month-first file for a good one.
#[tokio::test]
async fn what_was_seen_of_the_dates_is_kept_and_what_cannot_be_read_of_it_is_an_error() {
    let fixture = Fixture::new().await;
    let new = new_run("file", "a");
    let mut intake = Intake::new(new.feed, new.rules.clone(), Origin::Separated);
    let names: Vec<&str> = new.feed.columns().iter().map(|column| column.name).collect();
    let dates = names.iter().map(|name| if *name == "DateOfBirth" { "03/25/1980" } else { "" });
    intake.push(SheetRow::of_text(1, names.iter().copied())).expect("a header");
    intake.push(SheetRow::of_text(2, dates)).expect("a row");
    intake.finish().expect("one such date alone rejects nothing");
    assert_ne!(*intake.evidence(), SheetEvidence::default());
    let checkpoint = Checkpoint { last_row: 2, evidence: intake.evidence().clone() };

    let mut reading = fixture.reading(new).await;
    reading.record(&[pending(2)], checkpoint.clone()).await.expect("recorded");
    let id = reading.run().id.clone();
    let run = fixture.ledger.run(&id).await.expect("an answer").expect("a run");
    assert_eq!(run.checkpoint, Some(checkpoint));

    let of_another_form = [
        ("last_row".to_owned(), AttributeValue::N("2".to_owned())),
        ("evidence".to_owned(), AttributeValue::S("{}".to_owned())),
    ];
    fixture.tamper_run(&id, "checkpoint", AttributeValue::M(of_another_form.into())).await;
    let error = fixture.ledger.run(&id).await.expect_err("not as this version writes it");
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
    assert!(error.is_unreadable(), "{error}");
}

#[tokio::test]
async fn a_batch_that_is_written_in_part_is_written_to_the_end() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    fixture.proxy.next("BatchWriteItem", Fate::Unprocessed, 3);
    reading.record(&pending_rows(2..=31), checkpoint(31)).await.expect("recorded");
    let writes = fixture.proxy.calls().iter().filter(|call| *call == "BatchWriteItem").count();
    assert!(writes > 2, "{writes} calls for two batches, three of them cut short");
    let mut enqueueing = reading.read_whole().await.expect("read");
    assert_eq!(enqueueing.next_rows(99).await.expect("rows"), (2..=31).collect::<Vec<_>>());
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    let mut left = 5;
    fixture.proxy.plan(move |_| {
        left -= i32::from(left > 0);
        if left > 0 { Fate::Throttled } else { Fate::Pass }
    });
    reading.record(&pending_rows(2..=3), checkpoint(3)).await.expect("recorded");
}

#[tokio::test]
async fn a_checkpoint_whose_answer_was_lost_counts_once() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    for (operation, first) in [("UpdateItem", 2), ("BatchWriteItem", 12)] {
        fixture.proxy.next(operation, Fate::AnswerLost, 1);
        let rows: Vec<NewRow> = vec![pending(first), skipped(first + 1)];
        reading.record(&rows, checkpoint(first + 1)).await.expect("recorded");
    }
    assert_eq!(reading.run().rows_read, 4);
    assert_eq!(reading.run().settled_at_split, BTreeMap::from([(Outcome::Skipped, 2)]));
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    let enqueueing = reading.read_whole().await.expect("read");
    fixture.proxy.next("UpdateItem", Fate::AnswerLost, 1);
    enqueueing.release().await.expect("released");
    assert!(matches!(fixture.claim_run(new_run("file", "a")).await, RunClaim::Enqueueing(_)));
}

#[tokio::test]
async fn rows_come_in_order_each_once() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    reading.record(&[pending(5)], checkpoint(8)).await.expect("recorded");
    for (rows, last_row) in [
        (vec![pending(8)], 9),
        (vec![pending(10), pending(10)], 10),
        (vec![pending(11), pending(10)], 11),
        (vec![pending(12)], 11),
        (vec![], 7),
    ] {
        let error = reading.record(&rows, checkpoint(last_row)).await.expect_err("out of order");
        assert!(matches!(error, Error::OutOfOrder { .. }), "{error}");
    }
    assert_eq!(reading.run().rows_read, 1);
    let written = fixture.proxy.calls().iter().filter(|call| *call == "BatchWriteItem").count();
    assert_eq!(written, 1);
}

#[tokio::test]
async fn the_largest_row_that_fits_can_be_written_and_a_larger_one_is_refused() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    let row = |size: usize| NewRow { cells: vec!["é".repeat(size / 20); 10], ..pending(2) };
    let largest =
        (0..400 * 1024).step_by(1000).filter(|size| feeds::fits(&row(*size).cells, &[], None)).max().expect("some fit");
    assert!(largest > 340_000);
    let error = reading.record(&[row(largest + 2000)], checkpoint(2)).await.expect_err("too large");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    reading.record(&[row(largest)], checkpoint(2)).await.expect("recorded");
}

#[tokio::test]
async fn rows_of_an_older_reading_count_for_nothing() {
    let fixture = Fixture::new().await;
    let mut reading = fixture.reading(new_run("file", "a")).await;
    reading.set_header(&header()).await.expect("noted");
    reading.record(&[pending(2), skipped(3), pending(4), skipped(5)], checkpoint(5)).await.expect("recorded");
    let modified = fixture.now();
    reading.start_over(modified).await.expect("begun again");
    let run = reading.run();
    assert_eq!((run.generation, run.rows_read, run.settled_at_split.len()), (2, 0, 0));
    assert_eq!((&run.header, &run.checkpoint, run.file_modified), (&None, &None, modified));

    reading.set_header(&header()).await.expect("noted");
    reading.record(&[skipped(2), pending(3)], checkpoint(3)).await.expect("recorded");
    let mut enqueueing = reading.read_whole().await.expect("read");
    assert_eq!(enqueueing.next_rows(9).await.expect("rows"), [3]);
    enqueueing.enqueued_up_to(3, 1).await.expect("a checkpoint");
    let run = enqueueing.all_enqueued().await.expect("posting");
    assert!(matches!(fixture.claim_row(&run, 4).await, RowClaim::Unknown), "left over from the first reading");
    fixture.settle(&run, 3, Outcome::Created).await;
    assert_eq!(fixture.report_rows(&run).await, [(2, Outcome::Skipped), (3, Outcome::Created)]);
}

#[tokio::test]
async fn a_row_expires_after_90_days_and_30_days_after_it_settled() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2), skipped(3)]).await;
    let in_days = |days| AttributeValue::N((fixture.now() + TimeDelta::days(days)).timestamp().to_string());
    assert_eq!(fixture.row_item(&run, 2).await["expires_at"], in_days(90));
    assert_eq!(fixture.row_item(&run, 3).await["expires_at"], in_days(30));
    fixture.settle(&run, 2, Outcome::Created).await;
    assert_eq!(fixture.row_item(&run, 2).await["expires_at"], in_days(30));
    let run_item = fixture.direct.item(&format!("RUN#{}", run.id), "RUN").await.expect("a run");
    assert!(!run_item.contains_key("expires_at"), "runs never expire");
    let file_item = fixture.direct.item("FILE#file", "FILE").await.expect("a file");
    assert!(!file_item.contains_key("expires_at"), "files never expire");
}

#[tokio::test]
async fn the_real_clock_works_too() {
    let fixture = Fixture::new().await;
    let ledger = ledger::Ledger::new(fixture.client.clone(), crate::support::TABLE, std::sync::Arc::new(Utc::now));
    let claim = ledger.claim_run(new_run("file", "a"), Utc::now() + TimeDelta::minutes(1)).await.expect("a claim");
    let RunClaim::Reading(mut reading) = claim else { panic!("not ours") };
    reading.set_header(&header()).await.expect("noted");
}
