//! Death at every point, and many owners under many faults.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use feeds::{Outcome, Settlement};
use futures::future::join_all;
use ledger::{DeliveryProgress, GiveBack, NewRow, NewRun, RowClaim, Run, RunClaim, RunState, is_complete};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::{Fixture, checkpoint, header, new_run, pending, rejected, skipped};
use testkit::proxy::Fate;

/// The sheet: rows 2 to 31.
fn sheet(row: u32) -> NewRow {
    match row % 10 {
        0 => skipped(row),
        1 => rejected(row),
        _ => pending(row),
    }
}

const LAST: u32 = 31;

/// A splitter as it will be: reads on from the checkpoint in chunks of 10 rows, then enqueues in chunks of 9.
async fn split(fixture: &Fixture, file: &str, enqueued: &mut Vec<u32>) -> Result<RunClaim, ledger::Error> {
    let mut enqueueing =
        match fixture.ledger.claim_run(NewRun { lanes: 4, ..new_run(file, "a") }, fixture.until()).await? {
            RunClaim::Reading(mut reading) => {
                if reading.run().header.is_none() {
                    reading.set_header(&header()).await?;
                }
                let mut last = reading.run().checkpoint.as_ref().map_or(1, |checkpoint| checkpoint.last_row);
                while last < LAST {
                    let rows: Vec<NewRow> = (last + 1..=LAST.min(last + 10)).map(sheet).collect();
                    last += u32::try_from(rows.len()).expect("few");
                    reading.record(&rows, checkpoint(last)).await?;
                }
                reading.read_whole().await?
            }
            RunClaim::Enqueueing(enqueueing) => *enqueueing,
            known => return Ok(known),
        };
    loop {
        let rows = enqueueing.next_rows(9).await?;
        let Some(last) = rows.last() else { break };
        enqueued.extend(&rows);
        enqueueing.enqueued_up_to(*last, rows.len() as u64).await?;
    }
    Ok(RunClaim::Known(Box::new(enqueueing.all_enqueued().await?)))
}

/// Every call of a whole split is once the last that a splitter makes, before or after it reaches DynamoDB. The next
/// one goes on when its claim has expired; in the end every row is there and was enqueued, and no count is wrong.
#[tokio::test]
async fn a_splitter_may_die_at_any_point() {
    let pending: BTreeSet<u32> = (2..=LAST).filter(|row| row % 10 > 1).collect();
    let mut deaths = 0;
    let fixture = Fixture::new().await;
    for fate in [Fate::DiedBefore, Fate::DiedAfter] {
        for point in 0.. {
            let file = format!("{fate:?} at {point}");
            let first = fixture.proxy.calls().len();
            fixture.proxy.plan(move |call| match call.number - first {
                number if number < point => Fate::Pass,
                number if number == point => fate,
                _ => Fate::DiedBefore,
            });
            let mut enqueued = Vec::new();
            let died = split(&fixture, &file, &mut enqueued).await;
            fixture.proxy.calm();
            if died.is_err() {
                deaths += 1;
                fixture.advance(TimeDelta::minutes(15));
            }
            let run = match split(&fixture, &file, &mut enqueued).await.expect("all goes well") {
                RunClaim::Known(run) => run,
                other => panic!("{file}: {other:?}"),
            };
            assert_eq!((run.state, run.rows_read), (RunState::Posting, 30), "{file}");
            assert_eq!(run.rows_enqueued, pending.len() as u64, "{file}");
            let settled = BTreeMap::from([(Outcome::Skipped, 3), (Outcome::Rejected, 3)]);
            assert_eq!(run.settled_at_split, settled, "{file}");
            assert_eq!(enqueued.into_iter().collect::<BTreeSet<_>>(), pending, "{file}");
            let mut open = fixture.ledger.open_rows(&run);
            for row in &pending {
                assert_eq!(open.next().await.expect("a row").map(|open| open.row), Some(*row));
            }
            assert!(open.next().await.expect("the end").is_none());
            if died.is_ok() {
                break;
            }
        }
    }
    assert!(deaths > 30, "only {deaths}");
}

/// Posters that claim, die, give back and settle at random, under lost answers, conflicts and throttling: every row
/// settles, what they were told is what the table says, and progress is the number of rows with each outcome.
#[tokio::test]
async fn many_posters_under_many_faults_settle_every_row_once() {
    for seed in 0..2 {
        let fixture = Fixture::new().await;
        let rows: Vec<NewRow> = (2..=25).map(pending).collect();
        let run = fixture.posting(new_run("file", "a"), &rows).await;
        let mut faults = StdRng::seed_from_u64(seed);
        fixture.proxy.plan(move |call| match (faults.random_range(0..10), call.operation) {
            (0..=2, "TransactWriteItems") => Fate::Conflict,
            (3, _) => Fate::AnswerLost,
            (4, _) => Fate::Throttled,
            _ => Fate::Pass,
        });
        for round in 0.. {
            assert!(round < 50, "does not end");
            join_all((0..6).map(|poster| post(&fixture, &run, seed * 1000 + round * 10 + poster))).await;
            // Whoever died has left a claim that expires.
            fixture.advance(TimeDelta::minutes(16));
            if is_complete(&run, &fixture.ledger.progress(&run).await.expect("progress")) && round > 2 {
                break;
            }
        }
        fixture.proxy.calm();
        let mut outcomes: BTreeMap<Outcome, u64> = BTreeMap::new();
        let rows = fixture.report_rows(&run).await;
        assert!(rows.iter().map(|(row, _)| *row).eq(2..=25), "seed {seed}");
        for (_, outcome) in rows {
            *outcomes.entry(outcome).or_default() += 1;
        }
        assert_eq!(fixture.settled(&run).await, outcomes, "seed {seed}");
    }
}

/// One poster that tries every third row, and meets every fate.
async fn post(fixture: &Fixture, run: &Run, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    for row in (2..=25).filter(|_| random.random_ratio(1, 3)).collect::<Vec<_>>() {
        let RowClaim::Mine(mut row) = fixture.claim_row(run, row).await else { continue };
        match random.random_range(0..8) {
            0 => {}
            1 => row.give_back(GiveBack::Untouched).await.expect("given back"),
            2 => {
                let help_request_id = Some(row.record.attempts.into());
                let known = DeliveryProgress { help_request_id, ..DeliveryProgress::default() };
                row.note_progress(known).await.expect("written");
            }
            choice => {
                let outcomes = [Outcome::Created, Outcome::AlreadyKnown, Outcome::DeadLettered, Outcome::Uncertain];
                let outcome = outcomes[choice % outcomes.len()];
                row.settle(Settlement::new(outcome)).await.expect("settled");
            }
        }
    }
}
